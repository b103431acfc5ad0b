import { expect } from "chai";
import { targetOf, type Wanted } from "../../../src/pipeline/delivery/control.ts";
import type { Update } from "../../../src/live/stack-history.ts";
import { keptDeployments } from "../../../src/pipeline/delivery/history.ts";
import { workflow } from "./workflow-files.ts";
import { failure, fakeCommands } from "./fakes.ts";

const KEY = "koa-fargate:image";
const [A, B, C, D] = ["a", "b", "c", "d"].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = (letter: string): string => `registry@${digest(letter)}`;

const update = (commit: string, letter: string, minute = 0): Update => ({
  ...{ kind: "update", result: "succeeded", environment: { "git.head": commit } },
  config: { [KEY]: { value: image(letter) } },
  endTime: `2026-11-22T12:0${minute}:00.000Z`,
});

describe("keptDeployments", () => {
  const kept = (...history: Update[]): string[] =>
    keptDeployments(history, KEY).map((one) => `${one.commit.charAt(0)} ${one.image.slice(-1)}`);

  it("are pairs of program and image, newest first, since the stack was destroyed", () => {
    expect(
      kept(
        update(C, "3"),
        { ...update(C, "3"), result: "failed" },
        { ...update(B, "2"), kind: "refresh" },
        { kind: "update", result: "succeeded", environment: { "git.head": B }, config: {} },
        update(A, "1"),
        { ...update(A, "1"), kind: "destroy" },
        update(A, "0"),
      ),
    ).to.deep.equal(["c 3", "a 1"]);
  });

  it("leave out what was taken back right after, which a failed smoke test is", () => {
    // b with 2 failed its smoke test, so b went back to 1; then c was deployed.
    expect(kept(update(C, "3"), update(B, "1"), update(B, "2"), update(A, "1"))).to.deep.equal([
      "c 3",
      "a 1",
    ]);
    // As long as nothing came after, the way back is what runs.
    expect(kept(update(B, "1"), update(B, "2"), update(A, "1"))).to.deep.equal(["b 1", "a 1"]);
  });
});

describe("targetOf", () => {
  const HISTORY = [update(D, "4", 4), update(C, "3", 3), update(B, "2", 2), update(A, "1", 1)];
  const target = (
    wanted: Partial<Wanted>,
    history = HISTORY,
    ancestor = 0,
    repository = "registry",
  ) =>
    targetOf(
      fakeCommands({
        "pulumi stack history": { stdout: JSON.stringify(history) },
        "git merge-base": { code: ancestor, stderr: ancestor > 1 ? "bad object" : "" },
      }),
      { action: "restore", stack: "prod", digest: "", commit: "", reason: "why", ...wanted },
      { key: KEY, head: D, repository: repository === "" ? undefined : repository },
    );

  it("restore: the program of the deployment before, or of a commit that the stack ran, with its image", async () => {
    const before = { commit: C, digest: digest("3"), image: image("3") };
    expect(await target({})).to.deep.equal(before);
    expect(await target({ commit: "b".repeat(7) })).to.deep.equal({
      commit: B,
      digest: digest("2"),
      image: image("2"),
    });
    // After a failed deployment its infrastructure is still there: the commit before, with the image that runs.
    const failed = [update(D, "3"), update(D, "4"), ...HISTORY.slice(1)];
    expect(await target({}, failed)).to.deep.equal(before);
  });

  it("restore: says what there is to go back to, and runs nothing that main does not have", async () => {
    expect(await failure(target({ commit: "1234567" }))).to.equal(
      [
        "The record of prod has no other deployment of 1234567. It has:",
        "ccccccc  2026-11-22 12:03 UTC  sha256:333333333333",
        "bbbbbbb  2026-11-22 12:02 UTC  sha256:222222222222",
        "aaaaaaa  2026-11-22 12:01 UTC  sha256:111111111111",
      ].join("\n"),
    );
    expect(await failure(target({ commit: "main" }))).to.equal(
      "commit is main, but it has to be a hash of at least 7 digits, or empty for the deployment before.",
    );
    expect(await failure(target({}, HISTORY.slice(0, 1)))).to.equal(
      "The record of prod has no deployment before this one, so there is nothing to go back to.",
    );
    expect(await failure(target({}, HISTORY, 1))).to.equal(
      "Commit ccccccc, which prod ran, is not on main: it was deployed from elsewhere, and the pipeline runs main's program alone.",
    );
    expect(await failure(target({}, HISTORY, 128))).to.equal(
      "Commit ccccccc, which prod ran, is not in this repository any more: bad object",
    );
  });

  it("another image: by digest, in the stack's own repository, under the newest program", async () => {
    for (const action of ["deploy-image", "break-glass"])
      expect(await target({ action, digest: digest("1") }), action).to.deep.equal({
        commit: D,
        digest: digest("1"),
        image: image("1"),
      });
    expect(await failure(target({ action: "deploy-image", digest: "latest" }))).to.equal(
      "digest is latest, but deploy-image needs one of an image in the repository of prod: sha256: and 64 hexadecimal digits. npm run status -- prod lists those of the last deployments.",
    );
    expect(
      await failure(target({ action: "deploy-image", digest: digest("1") }, HISTORY, 0, "")),
    ).to.equal("prod has no repository yet, so there is no image to go to: deploy it.");
    expect(
      await failure(target({ action: "break-glass", digest: digest("1"), commit: A })),
    ).to.equal("commit is of restore: break-glass deploys the newest program of main.");
  });

  it("promote: what dev runs, which the repository gets first", async () => {
    expect(await target({ action: "promote", digest: digest("4") })).to.deep.equal({
      commit: D,
      digest: digest("4"),
      image: "",
    });
  });

  it("nothing without a reason, and no other action", async () => {
    expect(await failure(target({ reason: " " }))).to.equal(
      "reason is empty, but who looks at the run later has to know why: say it in a few words.",
    );
    expect(await failure(target({ action: "destroy" }))).to.equal(
      "There is no action destroy. The actions are promote, deploy-image, restore, break-glass.",
    );
  });
});

describe("control.yml", () => {
  const { jobs, on } = workflow("control.yml");
  const step = (job: string, name: string) =>
    jobs[job]?.steps.find((one) => one.name === name || one.id === name);

  it("deploys by the same commands, queue and rules as a merge", () => {
    expect(jobs["apply"]?.concurrency).to.deep.equal({
      group: "deploy-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
    expect(jobs["apply"]?.environment).to.equal("${{ inputs.stack }}");
    const prod = workflow("deploy.yml").jobs["prod"];
    for (const name of ["up", "smoke"]) {
      const [here, there] = [step("apply", name), prod?.steps.find(({ id }) => id === name)];
      expect(here?.run, name).to.include(there?.run);
      expect(here?.["timeout-minutes"], name).to.equal(there?.["timeout-minutes"]);
    }
  });

  it("acts on main alone, and a break-glass not without its audit", () => {
    for (const name of ["source", "resolve"])
      expect(jobs[name]?.if, name).to.include(
        "vars.DELIVERY == 'on' && github.ref == 'refs/heads/main'",
      );
    expect(jobs["apply"]?.needs).to.deep.equal(["source", "resolve", "supersede", "audit"]);
    expect(jobs["apply"]?.if).to.include(
      "(inputs.action != 'break-glass' || needs.audit.result == 'success')",
    );
    expect(jobs["audit"]?.if).to.include("inputs.action == 'break-glass'");
  });

  it("verifies the signature of all but a break-glass, before it deploys", () => {
    expect(step("apply", "Verify the signature")?.if).to.equal(
      "vars.ATTESTATIONS != 'off' && inputs.action != 'break-glass'",
    );
    const names = jobs["apply"]?.steps.map(({ name }) => name) ?? [];
    expect(names.indexOf("Verify the signature")).to.be.below(names.indexOf("Deploy"));
  });

  it("previews the program that it deploys", () => {
    const ref = (job: string) =>
      jobs[job]?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")).at(-1)?.with?.[
        "ref"
      ];
    expect(ref("resolve")).to.equal("${{ steps.resolve.outputs.commit }}");
    expect(ref("apply")).to.equal("${{ needs.resolve.outputs.commit }}");
  });

  it("asks for a reason always", () => {
    const { inputs } = on["workflow_dispatch"] as {
      inputs: Record<string, { required?: boolean; options?: string[] }>;
    };
    expect(inputs["reason"]?.required).to.equal(true);
    expect(inputs["action"]?.options).to.deep.equal([
      ...["promote", "deploy-image", "restore", "break-glass"],
    ]);
  });
});
