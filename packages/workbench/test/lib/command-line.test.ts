import { expect } from "chai";
import { parseArgs } from "node:util";
import {
  ask,
  FLAG,
  readLine,
  runTool,
  TEXT,
  TEXTS,
  ToolError,
  UsageError,
} from "../../src/lib/command-line.ts";
import { asProcess } from "../../../../test/helpers/tool.ts";

/** Runs a tool whose main is this. */
const tool = (main: (args: string[]) => number | undefined | Promise<unknown>) =>
  asProcess(["--word"], () => runTool(async (args) => (await main(args)) as number | undefined));
const throwing = (error: unknown) =>
  tool(() => {
    throw error;
  });

describe("A tool", () => {
  it("gets its arguments, and ends with the exit code that it returns", async () => {
    const told = (args: string[]): number => {
      process.stdout.write(args.join());
      return 3;
    };
    expect(await tool(told)).to.deep.equal({ code: 3, stdout: "--word", stderr: "" });
    expect((await tool(() => undefined)).code).to.equal(0);
  });

  it("prints its help in place of running, wherever that is asked for", async () => {
    const never = () => runTool(() => Promise.reject(new Error("ran")), "Does this.\n");
    for (const args of [["--help"], ["dev", "-h"]])
      expect(await asProcess(args, never)).to.deep.equal({
        code: 0,
        stdout: "Does this.\n",
        stderr: "",
      });
  });

  it("reads flags, texts and lists of texts, and words where it takes any", () => {
    const options = { json: FLAG, root: TEXT, config: TEXTS };
    const { values } = readLine("plan", ["--json", "--config", "a=1", "--config", "b=2"], options);
    expect({ ...values }).to.deep.equal({ json: true, config: ["a=1", "b=2"] });
    expect({ ...readLine("plan", [], options).values }).to.deep.equal({ json: false, config: [] });
    expect(readLine("plan", ["dev"], options, true).positionals).to.deep.equal(["dev"]);
    for (const [args, sentence] of [
      [["dev"], "Unexpected argument 'dev'. plan --help lists the options."],
      [["--jsn"], "Unknown option '--jsn'. plan --help lists the options."],
      [["--root"], "Option '--root <value>' argument missing. plan --help lists the options."],
    ] as const)
      expect(() => readLine("plan", args, options)).to.throw(UsageError, sentence);
  });

  it("says a wrong command line in a sentence, with exit code 2", async () => {
    const usage = await throwing(new UsageError("Say which."));
    expect(usage).to.deep.equal({ code: 2, stdout: "", stderr: "Say which.\n" });
    const option = await tool((args) => parseArgs({ args, options: {} }) as never);
    expect(option).to.deep.equal({ code: 2, stdout: "", stderr: "Unknown option '--word'\n" });
  });

  it("does not ask where there is no terminal", async () => {
    const { isTTY } = process.stdin;
    process.stdin.isTTY = false;
    try {
      const asked = await tool(() => ask("Which? ", "Give --which."));
      expect(asked).to.deep.equal({ code: 2, stdout: "", stderr: "Give --which.\n" });
    } finally {
      process.stdin.isTTY = isTTY;
    }
  });

  it("says other errors that are sentences without a stack, with exit code 1", async () => {
    for (const error of [
      new ToolError("No."),
      new (class extends ToolError {})("No."),
      Object.assign(new Error("No."), { __pulumiRunError: true }),
      "No.",
    ])
      expect(await throwing(error)).to.deep.equal({ code: 1, stdout: "", stderr: "No.\n" });
  });

  it("shows the stack of any other error, a TypeError with a code among them", async () => {
    for (const main of [
      () => {
        throw new Error("No.");
      },
      () => new URL("x") as never,
    ]) {
      const { code, stderr } = await tool(main);
      expect(code).to.equal(1);
      expect(stderr).to.match(/\n {4}at /);
    }
  });
});
