import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand, type RunCommand } from "../../tools/delivery/command.ts";
import { deployedCommit, refuseOvertaken, type Update } from "../../tools/delivery/order.ts";
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
    commits = ["first", "second", "third"].map((message) => {
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    });
    git("checkout", "--quiet", "-b", "other", "HEAD~1");
    git("commit", "--quiet", "--allow-empty", "--message", "beside");
    commits.push(git("rev-parse", "HEAD"));
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

  it("refuses a commit that the deployed one descends from", async () => {
    const [first = "", , third = ""] = commits;
    expect(await failure(deploy(first, [update("succeeded", third)]))).to.equal(
      `Stack prod was deployed from commit ${third.slice(0, 7)}, which is later than ${first.slice(0, 7)}. Run the workflow on main to deploy the newest commit; to go back, revert on main or use npm run rollback.`,
    );
  });

  it("lets the same, a later and an unrelated commit through", async () => {
    const [, second, third, beside] = commits;
    await deploy(second, [update("succeeded", second)]);
    await deploy(third, [update("succeeded", second)]);
    await deploy(beside, [update("succeeded", third)]);
  });

  it("lets everything through where nothing tells what was deployed", async () => {
    const [first] = commits;
    await deploy(first, []);
    await deploy(first, [update("succeeded")]);
    await deploy(first, [update("succeeded", "0".repeat(40))]);
  });

  it("reads the newest deployment that succeeded, and no refresh or destroy", () => {
    expect(
      deployedCommit([
        update("in-progress", "e"),
        update("succeeded", "d", "refresh"),
        update("failed", "c"),
        update("succeeded", "b"),
        update("succeeded", "a"),
      ]),
    ).to.equal("b");
    expect(deployedCommit([update("failed", "a")])).to.equal(undefined);
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
