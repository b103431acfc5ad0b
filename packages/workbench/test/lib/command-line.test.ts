import { expect } from "chai";
import { spawnSync } from "node:child_process";
import path from "node:path";

const MODULE = path.resolve(import.meta.dirname, "../../src/lib/command-line.ts");

/** Runs a tool whose main is this expression of the module's parts. */
function tool(main: string) {
  const source = `import { ask, runTool, ToolError, UsageError } from ${JSON.stringify(MODULE)};
    import { parseArgs } from "node:util";
    await runTool(async (args) => { ${main} });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module-typescript", "--eval", source, "--", "tool.ts", "--word"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  return { status, stdout, stderr };
}

describe("A tool", function () {
  this.timeout(60_000);

  it("gets its arguments, and ends with the exit code that it returns", () => {
    const told = "process.stdout.write(args.join()); return 3;";
    expect(tool(told)).to.deep.equal({ status: 3, stdout: "--word", stderr: "" });
    expect(tool("").status).to.equal(0);
  });

  it("says a wrong command line in a sentence, with exit code 2", () => {
    const usage = tool('throw new UsageError("Say which.");');
    expect(usage).to.deep.equal({ status: 2, stdout: "", stderr: "Say which.\n" });
    const option = tool("parseArgs({ args, options: {} });");
    expect(option).to.deep.equal({ status: 2, stdout: "", stderr: "Unknown option '--word'\n" });
    const asked = tool('await ask("Which? ", "Give --which.");');
    expect(asked).to.deep.equal({ status: 2, stdout: "", stderr: "Give --which.\n" });
  });

  it("says other errors that are sentences without a stack, with exit code 1", () => {
    for (const error of [
      'new ToolError("No.")',
      'new (class extends ToolError {})("No.")',
      'Object.assign(new Error("No."), { __pulumiRunError: true })',
      '"No."',
    ])
      expect(tool(`throw ${error};`)).to.deep.equal({ status: 1, stdout: "", stderr: "No.\n" });
  });

  it("shows the stack of any other error, a TypeError with a code among them", () => {
    for (const error of [
      'new Error("No.")',
      '(() => { try { new URL("x") } catch (e) { return e } })()',
    ]) {
      const { status, stderr } = tool(`throw ${error};`);
      expect(status).to.equal(1);
      expect(stderr).to.match(/\n {4}at /);
    }
  });
});
