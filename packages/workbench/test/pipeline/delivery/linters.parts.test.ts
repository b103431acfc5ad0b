import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { isOnPath } from "../../../../../test/helpers/parts.ts";
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
function lint(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: REPOSITORY,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, output: status === 0 && !args.includes("json") ? "" : stdout + stderr };
}

describe("Linters of the workflows", function () {
  const clean = { status: 0, output: "" };

  it("actionlint finds nothing", function () {
    if (!isOnPath("actionlint")) this.skip();
    expect(lint("actionlint", "-no-color")).to.deep.equal(clean);
  });

  it("zizmor finds nothing", function () {
    if (!isOnPath("zizmor")) this.skip();
    expect(lint("zizmor", "--offline", "--color=never", "--quiet", ".github")).to.deep.equal(clean);
  });

  it("zizmor finds nothing as an auditor but what is meant to be so", function () {
    if (!isOnPath("zizmor")) this.skip();
    const { output } = lint(
      ...(["zizmor", "--offline", "--quiet", "--persona", "auditor"] as const),
      ...["--format", "json", "--no-exit-codes", ".github"],
    );
    const found = JSON.parse(output) as { ident: string }[];
    expect(Object.keys(MEANT)).to.include.members([...new Set(found.map(({ ident }) => ident))]);
  });

  it("hadolint finds nothing", function () {
    if (!isOnPath("hadolint")) this.skip();
    expect(lint("hadolint", "Dockerfile")).to.deep.equal(clean);
  });
});
