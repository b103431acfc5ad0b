import { createInterface } from "node:readline/promises";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { messageOf } from "./words.ts";

/** What went wrong, in sentences that say all there is to say: no stack helps. */
export class ToolError extends Error {
  override readonly name: string = "ToolError";
}

/** A command line that cannot be understood. */
export class UsageError extends ToolError {
  override readonly name = "UsageError";
}

export const FLAG = { type: "boolean", default: false } as const;
export const TEXT = { type: "string" } as const;
export const TEXTS = { type: "string", multiple: true, default: [] as string[] } as const;

/**
 * Reads a command line.
 * @param command what lists its options by `--help`
 * @param allowPositionals @default false
 * @throws UsageError in one sentence
 */
export function readLine<T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals, options });
  } catch (error) {
    // The first sentence says what is wrong; the rest explains how to pass it as a positional argument.
    const [reason = ""] = messageOf(error).split(/[.\n] ?/);
    throw new UsageError(`${reason}. ${command} --help lists the options.`);
  }
}

/** A whole number within limits, both included. @throws UsageError that names the option and what it allows */
export function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}, but must be a whole number from ${low} to ${high}.`,
  );
}

/** The two sides of `name=value`; the value may be empty. @throws UsageError that names the option */
export function nameAndValue(option: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}, but must be written ${option} name=value.`,
  );
}

/**
 * Runs a tool with the arguments of this process, and sets its exit code: what `main` returns (nothing: 0), 2 where the command
 * line is wrong, 1 for any other error, which goes to stderr.
 * @param help what `--help` and `-h` print, in place of running it
 */
export async function runTool(
  main: (args: string[]) => Promise<number | undefined>,
  help?: string,
): Promise<void> {
  const args = process.argv.slice(2);
  if (help !== undefined && args.some((arg) => arg === "--help" || arg === "-h")) {
    process.stdout.write(help);
    return;
  }
  try {
    process.exitCode = (await main(args)) ?? 0;
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
