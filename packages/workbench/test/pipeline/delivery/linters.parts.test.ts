import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { isOnPath } from "../../../../../test/helpers/parts.ts";
import { REPOSITORY } from "./workflow-files.ts";

/** Exit code and findings of a linter. */
function lint(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: REPOSITORY,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, output: status === 0 ? "" : stdout + stderr };
}

describe("Linters of the workflows", function () {
  this.timeout(60_000);
  const clean = { status: 0, output: "" };

  it("actionlint finds nothing", function () {
    if (!isOnPath("actionlint")) this.skip();
    expect(lint("actionlint", "-no-color")).to.deep.equal(clean);
  });

  it("zizmor finds nothing", function () {
    if (!isOnPath("zizmor")) this.skip();
    expect(lint("zizmor", "--offline", "--color=never", "--quiet", ".github")).to.deep.equal(clean);
  });

  it("hadolint finds nothing", function () {
    if (!isOnPath("hadolint")) this.skip();
    expect(lint("hadolint", "Dockerfile")).to.deep.equal(clean);
  });
});
