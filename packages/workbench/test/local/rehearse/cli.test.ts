import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { ROOT } from "../../../src/local/session.ts";
import { HELP } from "../../../src/local/rehearse/arguments.ts";
import { IS_SAMPLE_APP } from "../../../../../test/helpers/sample-app.ts";

describe("npm run rehearse", function () {
  const run = (...args: string[]): [number | null, string, string] => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["packages/workbench/src/local/rehearse/cli.ts", ...args],
      { cwd: ROOT, encoding: "utf8" },
    );
    return [status, stdout, stderr];
  };

  it("helps, and refuses a wrong command line in a sentence", () => {
    expect(run("--help")).to.deep.equal([0, HELP, ""]);
    expect(run()).to.deep.equal([2, "", "Which stack? Try npm run rehearse -- prod.\n"]);
  });

  it("passes on what the stack's configuration refuses", () => {
    const [status, stdout, stderr] = run("dev", "--strategy", "canary");
    expect([status, stdout]).to.deep.equal([1, ""]);
    expect(stderr.split("\n").slice(0, 1)).to.deep.equal(["dev: 1 problem in Pulumi.dev.yaml"]);
  });

  it("refuses requests that the old version refuses, before it deploys anything", function () {
    // Another app may answer anything.
    if (!IS_SAMPLE_APP) this.skip();
    expect(run("dev", "--tasks", "1", "--path", "/nowhere")).to.deep.equal([
      1,
      "",
      "The old version answers /nowhere with 404, so a rehearsal with it would show nothing: name another path with --path.\n",
    ]);
  });
});
