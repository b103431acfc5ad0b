import { expect } from "chai";
import { spawnSync } from "node:child_process";

const docs = (...args: string[]) =>
  spawnSync(process.execPath, ["packages/workbench/src/pipeline/docs/cli.ts", ...args], {
    encoding: "utf8",
  });

describe("npm run docs", () => {
  it("--check is silent where every page is current", () => {
    const { status, stdout, stderr } = docs("--check");

    expect([status, stdout, stderr]).to.deep.equal([0, "", ""]);
  });

  it("an option that it does not know is refused in a sentence", () => {
    const { status, stdout, stderr } = docs("--chekc");

    expect([status, stdout]).to.deep.equal([2, ""]);
    expect(stderr).to.equal("--chekc is not an option of docs. Use --check, or none to write.\n");
  });

  it("--help says what it writes", () => {
    const { status, stdout } = docs("--help");

    expect(status).to.equal(0);
    expect(stdout.split("\n").slice(0, 2)).to.deep.equal([
      "Writes what files take from the program: the keys in Pulumi.yaml, docs/configuration.md, plan and outputs in README.md,",
      "and the diagram in docs/architecture.md.",
    ]);
  });
});
