import { expect } from "chai";
import { Copy } from "../helpers/copy.ts";
import { tool } from "../helpers/tool.ts";
import { CHANGES, IS_TEMPLATE } from "./changes.ts";

/** What `npm run plan` runs. */
const PLAN = "packages/workbench/src/review/cli.ts";

/** What the program's owner can break without meaning to: the rest of the tests knows no stack file and no component. */
const TESTS = [
  "test/config.test.ts",
  "test/own-stacks.test.ts",
  "test/stacks/{structure,iam,names}.test.ts",
  "test/components/observability/alarms.test.ts",
];

describe("A fork on its first day, with all that its owner does", function () {
  let copy: Copy;

  before(function () {
    if (!IS_TEMPLATE) this.skip();
    copy = new Copy("linked");
    copy.commit();
    for (const { make } of CHANGES) make(copy);
  });
  after(() => {
    // Unset where the tests were skipped.
    (copy as Copy | undefined)?.remove();
  });

  it("plans without a placeholder left or a permission that lacks, also against the commit before", async () => {
    const plan = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await tool(PLAN, args, { cwd: copy.folder });
      expect(code, stderr).to.equal(0);
      return `${stdout}${stderr}`;
    };
    expect(await plan("prod")).not.to.match(/^warnings/m);

    const against = await plan("dev", "--against", "HEAD");
    expect(against).to.include("the project changes from koa-fargate to ");
    expect(against).not.to.include("permission row");
  });

  it("passes the tests of its stacks and components", () => {
    const { code, text } = copy.run("node", "node_modules/mocha/bin/mocha.js", ...TESTS);
    expect(code, text.slice(-20_000)).to.equal(0);
  });
});
