import { createInterface } from "node:readline/promises";

/** What went wrong, in sentences that say all there is to say: no stack helps. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

/** A command line that cannot be understood. */
export class UsageError extends ToolError {
  override readonly name = "UsageError";
}

/**
 * Runs a tool with the arguments of this process, and sets its exit code: what `main` returns (nothing: 0), 2 where the command
 * line is wrong, 1 for any other error, which goes to stderr.
 */
export async function runTool(
  main: (args: string[]) => Promise<number | undefined>,
): Promise<void> {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    const usage = error instanceof UsageError || isParseError(error);
    process.stderr.write(`${usage ? error.message : describe(error)}\n`);
    process.exitCode = usage ? 2 : 1;
  }
}

/** What parseArgs of node:util throws. */
const isParseError = (error: unknown): error is Error =>
  error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof ToolError || "__pulumiRunError" in error
    ? error.message
    : (error.stack ?? error.message);
}

/**
 * Asks for a line on the terminal.
 * @param instead what to do where there is none, in a sentence
 * @throws UsageError where there is none
 */
export async function ask(question: string, instead: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UsageError(instead);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
