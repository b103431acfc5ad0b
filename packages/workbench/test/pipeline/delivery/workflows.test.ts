import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { pinnedBase } from "../../../../../components/registry/base-image.ts";
import { REQUIRED_CHECKS } from "../../../src/pipeline/bootstrap/rules.ts";
import { COMMANDS } from "../../../src/pipeline/delivery/commands.ts";
import { ACTION_INPUTS } from "./action-inputs.ts";
import {
  jobs,
  localActions,
  REPOSITORY,
  sources,
  steps,
  workflow,
  workflows,
} from "./workflow-files.ts";

const { scripts, dependencies } = JSON.parse(
  readFileSync(path.join(REPOSITORY, "package.json"), "utf8"),
) as { scripts: Record<string, string>; dependencies: Record<string, string> };

const external = steps.filter(({ step }) => step.uses?.startsWith("./") === false);
const local = steps.filter(({ step }) => step.uses?.startsWith("./") === true);

describe("Workflows", () => {
  it("are the eight, and start on what they should", () => {
    expect(
      Object.fromEntries(workflows.map(({ file, on }) => [file, Object.keys(on)])),
    ).to.deep.equal({
      "control.yml": ["workflow_dispatch"],
      "deploy.yml": ["push", "workflow_dispatch"],
      "drift.yml": ["schedule", "workflow_dispatch"],
      "fork-comment.yml": ["workflow_run"],
      "nightly.yml": ["schedule", "workflow_dispatch"],
      "pr.yml": ["pull_request", "merge_group"],
      "release.yml": ["schedule", "workflow_dispatch"],
      "security.yml": ["pull_request", "push", "schedule"],
    });
    for (const { file, on } of workflows.filter(({ on }) => "push" in on))
      expect(on["push"], file).to.deep.equal({ branches: ["main"] });
  });

  it("pin every action to a commit and name its version beside it", () => {
    const lines = sources.flatMap(({ file, text }) =>
      text
        .split("\n")
        .filter((line) => /^\s*(- )?uses:/.test(line))
        .filter((line) => !line.includes("uses: ./"))
        .map((line) => `${file}: ${line.trim()}`),
    );

    expect(lines).to.have.lengthOf(external.length);
    expect(
      lines.filter((line) => !/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).to.deep.equal([]);
  });

  it("pin each action to one commit everywhere", () => {
    const commits = new Map<string, Set<string>>();
    for (const { step } of external) {
      const [action = "", commit = ""] = step.uses?.split("@") ?? [];
      const owner = action.split("/").slice(0, 2).join("/");
      commits.set(owner, (commits.get(owner) ?? new Set()).add(commit));
    }
    expect([...commits].filter(([, used]) => used.size > 1)).to.deep.equal([]);
  });

  it("set only inputs that the actions have", () => {
    const unknown = external.flatMap(({ where, step }) => {
      const action = step.uses?.split("@")[0] ?? "";
      const inputs = ACTION_INPUTS[action];
      return inputs === undefined
        ? [`${where}: ${action} is not listed`]
        : Object.keys(step.with ?? {})
            .filter((input) => !inputs.includes(input))
            .map((input) => `${where}: ${action} has no ${input}`);
    });
    expect(unknown).to.deep.equal([]);

    const used = new Set(external.map(({ step }) => step.uses?.split("@")[0]));
    expect(Object.keys(ACTION_INPUTS).filter((action) => !used.has(action))).to.deep.equal([]);
  });

  it("set only inputs that the local actions have", () => {
    const unknown = local.flatMap(({ where, step }) => {
      const action = localActions.find(({ folder }) => folder === step.uses);
      return action === undefined
        ? [`${where}: ${step.uses ?? ""} does not exist`]
        : Object.keys(step.with ?? {})
            .filter((input) => !action.inputs.includes(input))
            .map((input) => `${where}: ${action.folder} has no ${input}`);
    });
    expect(unknown).to.deep.equal([]);
  });

  it("grant nothing by default, and to each job by name", () => {
    for (const { file, permissions } of workflows)
      expect(permissions, `${file} permissions`).to.deep.equal({});
    for (const { where, job } of jobs)
      expect(Object.keys(job.permissions ?? {}), where).to.include("contents");
  });

  it("let no job hold credentials of the cloud together with rights to write on GitHub", () => {
    const both = jobs
      .filter(({ job }) => job.permissions?.["id-token"] === "write")
      .map(({ where, job }) => [
        where,
        Object.entries(job.permissions ?? {})
          .filter(([, grant]) => grant === "write")
          .map(([name]) => name)
          .sort(),
      ]);
    expect(Object.fromEntries(both)).to.deep.equal({
      "control.yml apply": ["id-token"],
      "control.yml resolve": ["id-token"],
      "control.yml source": ["id-token"],
      "deploy.yml dev": ["attestations", "id-token"],
      "deploy.yml prod": ["id-token"],
      "deploy.yml propose": ["id-token"],
      "drift.yml compare": ["id-token"],
      "drift.yml scan": ["id-token"],
      "pr.yml preview": ["id-token"],
      // Signs by its identity, and assumes no role.
      "release.yml release": ["attestations", "contents", "id-token"],
    });
    const assumes = jobs
      .filter(({ job }) => job.steps.some(({ uses }) => uses === "./.github/actions/cloud"))
      .map(({ where }) => where);
    expect(assumes).to.deep.equal([
      "control.yml source",
      "control.yml resolve",
      "control.yml apply",
      "deploy.yml dev",
      "deploy.yml propose",
      "deploy.yml prod",
      "drift.yml compare",
      "drift.yml scan",
      "pr.yml preview",
    ]);
  });

  it("end every job in time, on a named runner image", () => {
    for (const { where, job } of jobs) {
      expect(job["timeout-minutes"], where).to.be.within(1, 110);
      expect(job["runs-on"], where).to.equal("ubuntu-24.04");
    }
  });

  it("end a deployment that hangs early enough for the way back: a job that runs out of time takes none", () => {
    const limits = (name: string) => {
      const job = workflow("deploy.yml").jobs[name];
      const step = (id: string) => job?.steps.find((candidate) => candidate.id === id);
      return {
        job: job?.["timeout-minutes"],
        pulumi: Number(/ --minutes (\d+)$/.exec(step("up")?.run ?? "")?.[1]),
        up: step("up")?.["timeout-minutes"],
        smoke: step("smoke")?.["timeout-minutes"],
      };
    };
    expect(limits("dev")).to.deep.equal({ job: 80, pulumi: 35, up: 40, smoke: 10 });
    expect(limits("prod")).to.deep.equal({ job: 110, pulumi: 65, up: 70, smoke: 10 });
  });

  it("run pull requests without the rights of the target branch", () => {
    const privileged = workflows.filter(
      ({ on }) => "pull_request_target" in on || "workflow_run" in on,
    );
    expect(privileged.map(({ file }) => file)).to.deep.equal(["fork-comment.yml"]);
    // It has the code of main alone, no environment, and may read runs and write to pull requests.
    const { comment, ...others } = workflow("fork-comment.yml").jobs;
    expect([others, comment?.environment]).to.deep.equal([{}, undefined]);
    expect(comment?.permissions).to.deep.equal({
      ...{ actions: "read", contents: "read", "pull-requests": "write" },
    });
    const checkouts = comment?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts?.map((step) => step.with)).to.deep.equal([{ "persist-credentials": false }]);
    expect(comment?.steps.at(-1)?.run).to.include(" --unverified ");
    for (const { file, text } of sources)
      expect(text, file).to.not.match(/allow-unsafe-pr-checkout/);
    // Roles are assumed by identity, and github.token does the rest.
    const secrets = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bsecrets\s*[.[)].*$/gm)].map(([use]) => `${file}: ${use}`),
    );
    expect(secrets).to.deep.equal([]);
  });

  it("check out without leaving credentials behind", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts).to.have.length.above(10);
    for (const { where, step } of checkouts)
      expect(step.with?.["persist-credentials"], where).to.equal(false);
  });

  it("hand values to scripts by environment, never inside the script", () => {
    for (const { where, step } of steps) expect(step.run ?? "", where).to.not.match(/\$\{\{/);
  });

  it("cover every stack, and no other", () => {
    const stacks = readdirSync(REPOSITORY)
      .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
      .filter((stack) => stack !== undefined)
      .sort();
    const matrices = jobs.filter(({ job }) => job.strategy?.matrix["stack"] !== undefined);

    expect(matrices.map(({ where }) => where)).to.deep.equal([
      "drift.yml compare",
      "drift.yml scan",
      "pr.yml plan",
      "pr.yml preview",
    ]);
    // Those that need the stack to be set up take what the variable STACKS names, by default all.
    const matrix = (value: string[] | string = []): string[] =>
      typeof value === "string"
        ? (JSON.parse(
            /^\$\{\{ fromJSON\(vars\.STACKS \|\| '(.*)'\) \}\}$/.exec(value)?.[1] ?? "",
          ) as string[])
        : value;
    for (const { where, job } of matrices) {
      const value = job.strategy?.matrix["stack"];
      expect(matrix(value).toSorted(), where).to.deep.equal(stacks);
      expect(typeof value, where).to.equal(job.environment === undefined ? "object" : "string");
    }
    const deployed = Object.values(workflow("deploy.yml").jobs).flatMap(({ environment, steps }) =>
      steps.some(({ id }) => id === "up") ? (environment ?? "") : [],
    );
    expect(deployed.toSorted()).to.deep.equal(stacks);
  });

  it("have the checks that bootstrap requires of main, and a queue gets them all", () => {
    const { jobs } = workflow("pr.yml");
    const names = Object.entries(jobs)
      .filter(([, job]) => job.if === undefined)
      .flatMap(([name, { strategy }]) => {
        const [values = []] = Object.values(strategy?.matrix ?? {});
        return values.length === 0 ? [name] : [values].flat().map((value) => `${name} (${value})`);
      });
    expect(names.toSorted()).to.deep.equal(REQUIRED_CHECKS.toSorted());
  });

  it("run every shard of the parts", () => {
    const shards = workflow("pr.yml").jobs["parts"]?.strategy?.matrix["shard"] ?? [];
    if (typeof shards === "string") throw new Error("The shards are written out.");
    expect(shards.length).to.be.above(1);
    expect(shards).to.deep.equal(shards.map((_, index) => `${index + 1}/${shards.length}`));
  });

  it("give each job the role that it needs: previews read, deployments write", () => {
    const environments = Object.fromEntries(
      jobs.flatMap(({ where, job }) =>
        job.environment === undefined ? [] : [[where, job.environment]],
      ),
    );
    expect(environments).to.deep.equal({
      "control.yml apply": "${{ inputs.stack }}",
      "control.yml resolve": "preview-${{ inputs.stack }}",
      "control.yml source": "preview-dev",
      "deploy.yml dev": "dev",
      "deploy.yml prod": "prod",
      "deploy.yml propose": "preview-prod",
      "drift.yml compare": "preview-${{ matrix.stack }}",
      "drift.yml scan": "preview-${{ matrix.stack }}",
      "pr.yml preview": "preview-${{ matrix.stack }}",
    });
  });

  it("count as deployments on GitHub what deploys, and no preview", () => {
    for (const { where, job } of jobs)
      if (job.environment !== undefined)
        expect(job.deployment, where).to.equal(!job.environment.startsWith("preview-"));
  });

  it("show on GitHub where each deployment answers", () => {
    const urls = jobs.flatMap(({ where, job }) =>
      job.url === undefined ? [] : [[where, job.url]],
    );
    const smoke = "${{ steps.smoke.outputs.url }}";
    expect(Object.fromEntries(urls)).to.deep.equal({
      "control.yml apply": smoke,
      "deploy.yml dev": smoke,
      "deploy.yml prod": smoke,
    });
  });

  it("deploy main alone, whatever branch a run was started on by hand", () => {
    const { dev, prod } = workflow("deploy.yml").jobs;
    for (const job of [dev, prod])
      expect(job?.if).to.equal("vars.DELIVERY == 'on' && github.ref == 'refs/heads/main'");
  });

  it("ask for prod only where something changes, after everything that the approver reads", () => {
    const { propose, supersede, prod } = workflow("deploy.yml").jobs;
    expect(prod?.needs).to.deep.equal(["image", "dev", "propose", "supersede"]);
    expect(propose?.if).to.equal(
      `contains(fromJSON(vars.STACKS || '["dev", "prod"]'), 'prod') && vars.PROMOTION != 'by-hand'`,
    );
    expect(supersede?.if).to.equal("needs.propose.outputs.changes == 'true'");
    // What is previewed is what dev ran, and so what prod deploys.
    const digest = (job: typeof prod, id: string) =>
      job?.steps.find((step) => step.id === id)?.env?.["DIGEST"];
    expect(digest(propose, "propose")).to.equal(digest(prod, "push"));
  });

  it("never cancel a deployment midway", () => {
    const { concurrency, jobs } = workflow("deploy.yml");
    expect(concurrency).to.equal(undefined);
    expect(jobs["dev"]?.concurrency).to.deep.equal({
      group: "deploy-dev",
      "cancel-in-progress": false,
    });
    expect(jobs["prod"]?.concurrency).to.deep.equal({
      group: "deploy-prod",
      "cancel-in-progress": false,
    });
  });

  it("scan the folder that the build writes, and push that folder", () => {
    for (const file of ["pr.yml", "deploy.yml"]) {
      const { steps } = workflow(file).jobs["image"] ?? { steps: [] };
      const written = /build-image --layout (\S+)$/.exec(
        steps.find(({ id }) => id === "build")?.run ?? "",
      )?.[1];
      const scans = steps.filter(({ with: inputs }) => inputs?.["input"] !== undefined);
      expect(written, file).to.equal("image");
      expect(
        scans.map((scan) => scan.with?.["input"]),
        file,
      ).to.deep.equal(["image", "image"]);
      expect(
        scans.map(({ with: inputs }) => [
          inputs?.["format"],
          inputs?.["output"],
          inputs?.["exit-code"],
        ]),
        file,
      ).to.deep.equal([
        ["table", undefined, "1"],
        ["cyclonedx", "image.cdx.json", undefined],
      ]);
    }
    const { dev, prod } = workflow("deploy.yml").jobs;
    for (const job of [dev, prod])
      expect(job?.steps.find(({ id }) => id === "push")?.run).to.include(" --layout image ");
    // An artifact of one folder holds what is in it; of several paths, what they have in common stays outside.
    const handed = (job: typeof dev, action: string) =>
      job?.steps
        .filter(({ uses }) => uses?.startsWith(`actions/${action}-artifact@`))
        .map((step) => [step.with?.["name"], step.with?.["path"]]);
    expect(handed(workflow("deploy.yml").jobs["image"], "upload")).to.deep.equal([
      ["image", "image/\nimage.cdx.json\napp.spdx.json\n"],
    ]);
    expect(handed(dev, "download")).to.deep.equal([["image", "."]]);
    expect(handed(dev, "upload")).to.deep.equal([
      ["tested-image", "image/"],
      ["deployment-dev", "deployment/"],
    ]);
    expect(handed(prod, "download")).to.deep.equal([["tested-image", "image"]]);
  });

  it("hand on what was scanned by digest, from the build to both stacks, whatever a base is by then", () => {
    const { image, dev, prod } = workflow("deploy.yml").jobs;
    expect(image?.outputs).to.deep.equal({
      tag: "${{ steps.build.outputs.tag }}",
      digest: "${{ steps.build.outputs.digest }}",
    });
    const env = (job: typeof dev, id: string) => job?.steps.find((step) => step.id === id)?.env;
    // push-image refuses a folder that holds another digest, and up deploys what push-image says.
    expect(env(dev, "push")?.["DIGEST"]).to.equal("${{ needs.image.outputs.digest }}");
    expect(dev?.outputs).to.deep.equal({ digest: "${{ steps.push.outputs.digest }}" });
    expect(env(prod, "push")?.["DIGEST"]).to.equal("${{ needs.dev.outputs.digest }}");
    for (const job of [dev, prod])
      for (const id of ["up", "smoke"])
        expect(env(job, id)?.["IMAGE"], id).to.equal("${{ steps.push.outputs.image }}");
    // Nothing is built but once.
    const builds = Object.values(workflow("deploy.yml").jobs).flatMap(({ steps }) =>
      steps.filter(({ run = "" }) => run.includes("build-image")),
    );
    expect(builds).to.have.lengthOf(1);
  });

  it("deploy no image of an earlier run that was not scanned anew, in the folder that prod gets", () => {
    const { steps = [] } = workflow("deploy.yml").jobs["dev"] ?? {};
    const [scan, ...others] = steps.filter(({ uses }) => uses?.includes("/trivy-action@"));
    expect(others).to.deep.equal([]);
    expect(scan?.if).to.equal("steps.push.outputs.attested == 'true'");
    expect(scan?.with).to.deep.equal({
      input: "image",
      format: "table",
      severity: "HIGH,CRITICAL",
      "ignore-unfixed": true,
      "exit-code": "1",
      trivyignores: ".trivyignore",
      cache: "false",
    });
    const at = (id: string): number => steps.findIndex((step) => step.id === id);
    expect(steps.indexOf(scan ?? { name: "" })).to.be.within(at("push") + 1, at("up") - 1);
  });

  it("scan without a cache, which others write, by the one list of what is let through", () => {
    const scans = steps.filter(({ step }) => step.uses?.includes("/trivy-action@"));
    expect(scans).to.have.lengthOf(10);
    for (const { where, step } of scans) {
      expect(step.with?.["cache"], where).to.equal("false");
      const lists = ["cyclonedx", "spdx-json"].includes(String(step.with?.["format"]));
      expect(step.with?.["trivyignores"], where).to.equal(lists ? undefined : ".trivyignore");
    }
  });

  it("sign what two SBOMs say by two types, or the one would pass for the other", () => {
    for (const file of ["pr.yml", "deploy.yml"]) {
      const { steps } = workflow(file).jobs["image"] ?? { steps: [] };
      const list = steps.find(({ name }) => name === "List what the app is bundled from");
      expect(list?.with).to.deep.equal({
        ...{ "scan-type": "fs", "scan-ref": "app", format: "spdx-json" },
        ...{ output: "app.spdx.json", cache: "false" },
      });
    }
  });

  it("scan every night by digest what each stack runs", () => {
    const { steps = [] } = workflow("drift.yml").jobs["scan"] ?? {};
    const scan = steps.find(({ uses }) => uses?.includes("/trivy-action@"));
    expect(scan?.with?.["image-ref"]).to.equal("${{ steps.running.outputs.image }}");
    expect(steps.find(({ id }) => id === "running")?.run).to.match(/ running --stack "\$STACK"$/);
  });

  it("ignore no weakness without a reason and a last day within 90 days", () => {
    const lines = readFileSync(path.join(REPOSITORY, ".trivyignore"), "utf8").split("\n");
    const problems = lines.filter((line, index) => {
      if (line === "" || line.startsWith("#")) return false;
      const [, day = ""] = /^[A-Z]+-\S+ exp:(\d{4}-\d{2}-\d{2})$/.exec(line) ?? [];
      const reasoned = /^# \S/.test(lines[index - 1] ?? "");
      return !reasoned || !(Date.parse(day) - Date.now() < 90 * 86_400_000);
    });
    expect(problems).to.deep.equal([]);
  });

  it("raise the base of bundled apps by Dependabot, which reads a literal FROM alone", () => {
    const { updates } = parse(
      readFileSync(path.join(REPOSITORY, ".github/dependabot.yml"), "utf8"),
    ) as { updates: { "package-ecosystem": string; directory?: string }[] };
    const docker = updates.find((update) => update["package-ecosystem"] === "docker");
    const file = path.join(REPOSITORY, docker?.directory ?? "", "base.Dockerfile");
    expect(readFileSync(file, "utf8")).to.include(`\nFROM ${pinnedBase()}\n`);
    // With a tag beside the digest it knows which line of images to follow.
    expect(pinnedBase()).to.match(/^[^:@]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it("sign in dev what the run built, and nothing that it found; prod takes nothing that it finds", () => {
    const { dev, prod } = workflow("deploy.yml").jobs;
    const signatures = dev?.steps.filter(({ uses }) => uses?.startsWith("actions/attest@")) ?? [];
    expect(signatures.map((step) => step.with?.["sbom-path"])).to.deep.equal([
      undefined,
      "image.cdx.json",
      "app.spdx.json",
    ]);
    expect(signatures.map((step) => [step.if, step.with?.["subject-digest"]])).to.deep.equal(
      Array.from({ length: 3 }, () => [
        "vars.ATTESTATIONS != 'off' && steps.push.outputs.attested == 'false'",
        "${{ steps.push.outputs.digest }}",
      ]),
    );
    const push = (job: typeof dev) => job?.steps.find(({ id }) => id === "push");
    expect(push(dev)?.run).to.include(' --attestations "$ATTESTATIONS"');
    expect(push(prod)?.run).to.not.include("--attestations");
    const names = prod?.steps.map(({ name }) => name) ?? [];
    expect(names.indexOf("Verify the signature")).to.equal(names.indexOf("Deploy") - 2);
    expect(prod?.steps.some(({ uses }) => uses?.startsWith("actions/attest@"))).to.equal(false);
  });

  it("deploy to dev and prod by the same steps", () => {
    const { dev, prod } = workflow("deploy.yml").jobs;
    const shape = (names: (string | undefined)[]) => names.filter((name) => name !== undefined);
    expect(shape(dev?.steps.map(({ id }) => id) ?? [])).to.deep.equal(
      shape(prod?.steps.map(({ id }) => id) ?? []),
    );
    const rollback = (job: typeof dev) => job?.steps.find(({ name }) => name === "Roll back");
    expect(rollback(dev)).to.deep.equal(rollback(prod));
    expect(rollback(dev)?.if).to.equal(
      "${{ failure() && (steps.up.outcome == 'failure' || steps.smoke.outcome == 'failure') }}",
    );
  });

  it("keep previews from forks and Dependabot, which get checks and the offline plan", () => {
    const { jobs } = workflow("pr.yml");
    expect(Object.keys(jobs)).to.deep.equal([
      "check",
      "parts",
      "plan",
      "image",
      "preview",
      "early-comment",
      "comment",
      "data-loss",
    ]);
    for (const name of ["check", "parts", "plan", "image"])
      expect([jobs[name]?.if, jobs[name]?.permissions], name).to.deep.equal([
        undefined,
        { contents: "read" },
      ]);
    for (const name of ["preview", "early-comment", "comment"]) {
      expect(jobs[name]?.if, name).to.include(
        "github.event.pull_request.head.repo.full_name == github.repository",
      );
      expect(jobs[name]?.if, name).to.include(
        "github.event.pull_request.user.login != 'dependabot[bot]'",
      );
    }
  });

  it("comment by the code of the target branch", () => {
    for (const name of ["early-comment", "comment"]) {
      const checkout = workflow("pr.yml").jobs[name]?.steps[0];
      expect(checkout?.with?.["ref"]).to.equal("${{ github.event.pull_request.base.sha }}");
    }
    // Without a checkout, and without a right to write.
    const check = workflow("pr.yml").jobs["data-loss"];
    expect(check?.steps.filter(({ uses }) => uses !== undefined)).to.deep.equal([]);
    expect(check?.permissions).to.deep.equal({ contents: "read", "pull-requests": "read" });
  });

  it("call only scripts and commands that exist, with the options that they take", () => {
    const problems: string[] = [];
    const called = new Set<string>();
    for (const { where, step } of steps)
      for (const line of (step.run ?? "").split("\n")) {
        const script = /npm (?:run (?:--silent )?|(?=test))([\w:-]+)/.exec(line)?.[1];
        if (script !== undefined && !(script in scripts))
          problems.push(`${where}: npm run ${script}`);
        const [, name = "", rest = ""] =
          /node \S*\/delivery\/cli\.ts ([\w-]+)(.*)/.exec(line) ?? [];
        if (name === "") continue;
        called.add(name);
        const command = COMMANDS[name];
        const options = [...rest.matchAll(/ --([\w-]+)/g)].map(([, option = ""]) => option);
        const known = [...(command?.required ?? []), ...(command?.optional ?? [])];
        if (command === undefined) problems.push(`${where}: ${name} is no command`);
        for (const option of options)
          if (!known.includes(option)) problems.push(`${where}: ${name} has no --${option}`);
        for (const option of command?.required ?? [])
          if (!options.includes(option)) problems.push(`${where}: ${name} needs --${option}`);
      }
    expect(problems).to.deep.equal([]);
    expect([...called].sort()).to.deep.equal(Object.keys(COMMANDS).sort());
  });

  it("run the Pulumi CLI of the SDK's version, and the Node of the repository", () => {
    const cloud = localActions.find(({ folder }) => folder.endsWith("/cloud"));
    const setup = localActions.find(({ folder }) => folder.endsWith("/setup"));
    const parts = localActions.find(({ folder }) => folder.endsWith("/parts"));
    for (const action of [cloud, parts])
      expect(action?.steps[0]?.with?.["pulumi-version"]).to.equal(dependencies["@pulumi/pulumi"]);
    expect(setup?.steps[0]?.with?.["node-version-file"]).to.equal(".node-version");
    expect(existsSync(path.join(REPOSITORY, ".node-version"))).to.equal(true);
  });
});
