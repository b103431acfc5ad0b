import { expect } from "chai";
import { tool } from "../../../../../test/helpers/tool.ts";

const docs = (...args: string[]) => tool("packages/workbench/src/pipeline/docs/cli.ts", args);

describe("npm run docs", () => {
  it("--check is silent where every page is current", async () => {
    const { code, stdout, stderr } = await docs("--check");

    expect([code, stdout, stderr]).to.deep.equal([0, "", ""]);
  });

  it("an option that it does not know is refused in a sentence", async () => {
    const { code, stdout, stderr } = await docs("--chekc");

    expect([code, stdout]).to.deep.equal([2, ""]);
    expect(stderr).to.equal("--chekc is not an option of docs. Use --check, or none to write.\n");
  });

  it("--help says what it writes", async () => {
    const { code, stdout } = await docs("--help");

    expect(code).to.equal(0);
    expect(stdout.split("\n").slice(0, 2)).to.deep.equal([
      "Writes what files take from the program: the keys in Pulumi.yaml, docs/configuration.md, plan and outputs in README.md,",
      "the diagram in docs/architecture.md and, where the project is a folder of a larger repository, the workflows at its root.",
    ]);
  });
});
