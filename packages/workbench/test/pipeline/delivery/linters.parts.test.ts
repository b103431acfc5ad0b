import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isOnPath } from "../../../../../test/helpers/parts.ts";
import { putInPlace } from "./act.ts";
import { REPOSITORY } from "./workflow-files.ts";

/** What an auditor would like, and why it is otherwise here. */
const MEANT: Readonly<Record<string, string>> = {
  "anonymous-definition": "a job is called by its key: checks that main requires go by that name",
  "undocumented-permissions":
    "each is what its job visibly does; what is not visible has a comment",
  "concurrency-limits":
    "deploy.yml and control.yml queue by stack, in their jobs: a run waits for approvals, and a limit on it would hide newer ones",
};

/** Exit code and findings of a linter. */
function lint(
  command: string,
  args: readonly string[],
  cwd = REPOSITORY,
): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, output: status === 0 && !args.includes("json") ? "" : stdout + stderr };
}

describe("Linters of the workflows", function () {
  const clean = { status: 0, output: "" };

  it("actionlint finds nothing", function () {
    if (!isOnPath("actionlint")) this.skip();
    expect(lint("actionlint", ["-no-color"])).to.deep.equal(clean);
  });

  it("actionlint and zizmor find nothing in the workflows of a folder, where GitHub reads them", function () {
    if (!isOnPath("actionlint") || !isOnPath("zizmor")) this.skip();
    const root = mkdtempSync(path.join(tmpdir(), "placed-"));
    try {
      putInPlace({ folder: "services/a", project: "a", folders: ["services/a"] }, root);
      const rules = readFileSync(path.join(REPOSITORY, ".github/zizmor.yml"), "utf8");
      writeFileSync(
        path.join(root, ".github/zizmor.yml"),
        rules.replace("- fork-comment.yml", "- a-fork-comment.yml"),
      );
      spawnSync("git", ["init", "--quiet"], { cwd: root });
      expect(lint("actionlint", ["-no-color"], root)).to.deep.equal(clean);
      const options = ["--offline", "--color=never", "--quiet", ".github"];
      expect(lint("zizmor", options, root)).to.deep.equal(clean);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("zizmor finds nothing", function () {
    if (!isOnPath("zizmor")) this.skip();
    expect(lint("zizmor", ["--offline", "--color=never", "--quiet", ".github"])).to.deep.equal(
      clean,
    );
  });

  it("zizmor finds nothing as an auditor but what is meant to be so", function () {
    if (!isOnPath("zizmor")) this.skip();
    const { output } = lint("zizmor", [
      ...["--offline", "--quiet", "--persona", "auditor"],
      ...["--format", "json", "--no-exit-codes", ".github"],
    ]);
    const found = JSON.parse(output) as { ident: string }[];
    expect(Object.keys(MEANT)).to.include.members([...new Set(found.map(({ ident }) => ident))]);
  });

  it("hadolint finds nothing", function () {
    if (!isOnPath("hadolint")) this.skip();
    expect(lint("hadolint", ["Dockerfile"])).to.deep.equal(clean);
  });
});
