import { parseArgs } from "node:util";
import { awsErrorKind, awsErrorText } from "./verification/aws-errors.ts";
import { ToolError } from "../lib/command-line.ts";
import { invocation, RUNNER } from "../lib/beside.ts";
import { EXIT, OpsError } from "./errors.ts";
import { systemDependencies, type Command, type Dependencies } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/**
 * Runs one command.
 * @param args - the command line after the script: the command, then what belongs to it
 * @returns the exit code
 */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const [name, ...rest] = args;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const asked = name === undefined || name === "--help";
    if (asked) dependencies.print(overview());
    else dependencies.note(`${name} is not a command.\n\n${overview()}`);
    return asked ? EXIT.ok : EXIT.usage;
  }
  if (rest.slice(0, beforeTerminator(rest)).some((arg) => arg === "--help" || arg === "-h")) {
    dependencies.print(help(command));
    return EXIT.ok;
  }
  try {
    const { values, positionals } = parse(command, rest);
    return await command.run({ ...dependencies, values, positionals });
  } catch (error) {
    return explain(error, command, dependencies);
  }
}

const beforeTerminator = (args: readonly string[]): number =>
  args.includes("--") ? args.indexOf("--") : args.length;

function parse(command: Command, args: readonly string[]) {
  const options = [...command.usage.matchAll(/\[--([\w-]+)( \S+)?\]/g)].map(
    ([, name = "", value]) =>
      [name, { type: value === undefined ? "boolean" : "string" } as const] as const,
  );
  const names = command.usage.replaceAll(/\[.*?\]/g, "").match(/[A-Z]+/g) ?? [];
  const optional = command.usage.match(/\[[A-Z]+\]/g) ?? [];
  const most = command.usage.includes("...") ? Infinity : names.length + optional.length;
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: Object.fromEntries(options),
      allowPositionals: true,
    });
  } catch (error) {
    // Node's sentence goes on with advice that fits other programs.
    const [first = ""] = (error as Error).message.split(". ");
    throw new OpsError(`${first}. Usage: ${usage(command)}`, EXIT.usage);
  }
  const { positionals } = parsed;
  if (positionals.length < names.length || positionals.length > most)
    throw new OpsError(`Usage: ${usage(command)}`, EXIT.usage);
  return parsed;
}

function explain(error: unknown, command: Command, dependencies: Dependencies): number {
  if (error instanceof ToolError) {
    dependencies.note(error.message);
    return error instanceof OpsError ? error.exitCode : EXIT.failed;
  }
  const kind = awsErrorKind(error);
  const text = awsErrorText(error);
  if (kind === "credentials") {
    dependencies.note(
      `AWS took no credentials: ${text}. Log in, or choose a profile with AWS_PROFILE.`,
    );
    return EXIT.credentials;
  }
  if (kind === "denied") {
    dependencies.note(`The credentials do not allow ${command.name}: ${text}`);
    return EXIT.credentials;
  }
  if (kind === "throttled" || kind === "passing") {
    dependencies.note(`AWS did not answer: ${text}. Try again.`);
    return EXIT.undecided;
  }
  dependencies.note(error instanceof Error && error.stack !== undefined ? error.stack : text);
  return EXIT.failed;
}

const usage = (command: Command): string => `${invocation(command.name)} ${command.usage}`;

const help = (command: Command): string => `${usage(command)}\n\n${command.help}`;

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    "Commands for a deployed stack, each with --help:",
    ...COMMANDS.map(({ name, summary }) => `  ${RUNNER} ${name.padEnd(width)}${summary}`),
  ].join("\n");
}

/** Runs a verb for this process; Ctrl-C ends it. */
export async function run(args: readonly string[]): Promise<void> {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort();
  });
  process.exitCode = await main(args, systemDependencies(controller.signal));
}

if (import.meta.main) await run(process.argv.slice(2));
