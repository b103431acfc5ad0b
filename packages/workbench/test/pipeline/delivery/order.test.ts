import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand, type RunCommand } from "../../../src/lib/command.ts";
import {
  commitsToDeploy,
  deployedCommits,
  lastDeployed,
  refuseOvertaken,
} from "../../../src/pipeline/delivery/history.ts";
import type { Update } from "../../../src/live/stack-history.ts";
import { failure } from "./fakes.ts";

const update = (result: string, head?: string, kind = "update"): Update => ({
  kind,
  result,
  ...(head === undefined ? {} : { environment: { "git.head": head } }),
});

describe("Order of deployments", () => {
  let repository = "";
  let commits: string[] = [];

  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: repository,
      encoding: "utf8",
    }).trim();

  before(() => {
    repository = mkdtempSync(path.join(tmpdir(), "order-"));
    git("init", "--quiet", "--initial-branch=main");
    const commit = (message: string): string => {
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    };
    commits = ["first", "second", "third"].map(commit);
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    // A branch of the newest commit, pushed as well.
    git("checkout", "--quiet", "-b", "feature");
    commits.push(commit("feature"));
    git("update-ref", "refs/remotes/origin/feature", "HEAD");
  });

  after(() => {
    rmSync(repository, { recursive: true });
  });

  /** Deploys a commit to a stack with this history, by the real git. */
  async function deploy(commit: string | undefined, history: readonly Update[]): Promise<void> {
    git("checkout", "--quiet", "--detach", commit ?? "");
    const run: RunCommand = (command, args, options) =>
      command === "pulumi"
        ? Promise.resolve({ code: 0, stdout: JSON.stringify(history), stderr: "" })
        : runCommand(command, args, options);
    await refuseOvertaken({ run, cwd: repository }, "prod");
  }

  const refused = (deployed = ""): string =>
    `Stack prod was deployed from commit ${deployed.slice(0, 7)}, which is later on main than this one. Run the workflow on main to deploy the newest commit; to go back, revert on main or use npm run rollback.`;
  const unknown = "0".repeat(40);

  it("refuses a commit of main when a later one is deployed", async () => {
    const [first, second, third] = commits;
    expect(await failure(deploy(first, [update("succeeded", third)]))).to.equal(refused(third));
    expect(await failure(deploy(first, [update("succeeded", second)]))).to.equal(refused(second));
  });

  it("lets the same and a later commit through", async () => {
    const [, second, third] = commits;
    await deploy(second, [update("succeeded", second)]);
    await deploy(third, [update("succeeded", second)]);
  });

  it("goes by the newest deployment from main: those from elsewhere neither refuse nor hide it", async () => {
    const [first, second, third, feature] = commits;
    await deploy(third, [update("succeeded", feature), update("succeeded", third)]);
    await deploy(third, [update("succeeded", unknown), update("succeeded", second)]);
    for (const elsewhere of [feature, unknown])
      expect(
        await failure(deploy(second, [update("succeeded", elsewhere), update("succeeded", third)])),
      ).to.equal(refused(third));
    // Somebody went back from a laptop: what came before counts no more.
    await deploy(second, [update("succeeded", first), update("succeeded", third)]);
  });

  it("takes a branch that was merged later for no later commit of main", async () => {
    const [, , third, feature = ""] = commits;
    git("checkout", "--quiet", "--detach", third ?? "");
    git("commit", "--quiet", "--allow-empty", "--message", "fourth");
    const fourth = git("rev-parse", "HEAD");
    git("merge", "--quiet", "--no-edit", feature);
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    await deploy(fourth, [update("succeeded", feature), update("succeeded", fourth)]);
    git("update-ref", "refs/remotes/origin/main", third ?? "");
  });

  it("lets everything through where nothing tells what was deployed", async () => {
    const [first] = commits;
    await deploy(first, []);
    await deploy(first, [update("succeeded")]);
    await deploy(first, [update("succeeded", unknown)]);
  });

  it("reads the deployments that succeeded since the last destroy, and no refresh", () => {
    expect(
      deployedCommits([
        update("in-progress", "g"),
        update("succeeded", "f", "refresh"),
        update("failed", "e"),
        update("succeeded", "d"),
        update("succeeded"),
        update("failed", "c", "destroy"),
        update("succeeded", "b"),
        update("succeeded", "b", "destroy"),
        update("succeeded", "a"),
      ]),
    ).to.deep.equal(["d", "b"]);
  });

  it("is told to the approver: the commits since the one that is deployed, of several merges as well", async () => {
    const [first = "", second = "", third = ""] = commits;
    git("checkout", "--quiet", "--detach", third);
    const list = async (history: readonly Update[]): Promise<string[]> => {
      const run: RunCommand = (command, args, options) =>
        command === "pulumi"
          ? Promise.resolve({ code: 0, stdout: JSON.stringify(history), stderr: "" })
          : runCommand(command, args, options);
      const project = { run, cwd: repository };
      return commitsToDeploy(project, "prod", await lastDeployed(project, "prod"));
    };
    const line = (commit: string, title: string): string =>
      `${git("rev-parse", "--short", commit)} ${title} (a)`;
    expect(await list([update("succeeded", first)])).to.deep.equal([
      line(third, "third"),
      line(second, "second"),
    ]);
    expect(await list([update("succeeded", third)])).to.deep.equal([
      "prod was last deployed from this commit.",
    ]);
    expect(await list([])).to.deep.equal(["prod was not deployed before."]);
    expect(await list([update("succeeded", unknown)])).to.deep.equal([
      "prod was last deployed from 0000000, which is no commit of this repository.",
    ]);
  });

  it("says so where the checkout has no main", async () => {
    git("update-ref", "-d", "refs/remotes/origin/main");
    try {
      expect(await failure(deploy(commits[0], [update("succeeded", commits[2])]))).to.equal(
        "The commits of main cannot be read, for which the checkout needs its whole history (fetch-depth: 0): fatal: bad revision 'HEAD..refs/remotes/origin/main'",
      );
    } finally {
      git("update-ref", "refs/remotes/origin/main", commits[2] ?? "");
    }
  });

  it("leaves a stack that does not exist to others, and says what cannot be read", async () => {
    const fails = (code: number): RunCommand => {
      return () => Promise.resolve({ code, stdout: "", stderr: "AccessDenied" });
    };
    await refuseOvertaken({ run: fails(6) }, "prod");
    expect(await failure(refuseOvertaken({ run: fails(1) }, "prod"))).to.equal(
      "The history of stack prod cannot be read: AccessDenied",
    );
  });
});
