import { parseArgs } from "node:util";
import { awsErrorKind, awsErrorText } from "./verification/aws-errors.ts";
import { EXIT, OpsError } from "./errors.ts";
import { systemWorld, type Verb, type World } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/**
 * Runs one verb.
 * @param args - the command line after the script: the verb, then what belongs to it
 * @returns the exit code
 */
export async function main(args: readonly string[], world: World): Promise<number> {
  const [name, ...rest] = args;
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined) {
    const asked = name === undefined || name === "--help";
    if (asked) world.print(overview());
    else world.note(`${name} is not a verb.\n\n${overview()}`);
    return asked ? EXIT.ok : EXIT.usage;
  }
  if (rest.slice(0, beforeTerminator(rest)).some((arg) => arg === "--help" || arg === "-h")) {
    world.print(help(verb));
    return EXIT.ok;
  }
  try {
    const { values, positionals } = parse(verb, rest);
    return await verb.run({ ...world, values, positionals });
  } catch (error) {
    return explain(error, verb, world);
  }
}

const beforeTerminator = (args: readonly string[]): number =>
  args.includes("--") ? args.indexOf("--") : args.length;

function parse(verb: Verb, args: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: verb.options, allowPositionals: true });
  } catch (error) {
    // Node's sentence goes on with advice that fits other programs.
    const [first = ""] = (error as Error).message.split(". ");
    throw new OpsError(`${first}. Usage: ${usage(verb)}`, EXIT.usage);
  }
  const { positionals } = parsed;
  const { min, max } = verb.arguments;
  if (positionals.length < min || positionals.length > max)
    throw new OpsError(`Usage: ${usage(verb)}`, EXIT.usage);
  return { positionals, values: parsed.values as Record<string, string | boolean | undefined> };
}

function explain(error: unknown, verb: Verb, world: World): number {
  if (error instanceof OpsError) {
    world.note(error.message);
    return error.exitCode;
  }
  const kind = awsErrorKind(error);
  const text = awsErrorText(error);
  if (kind === "credentials") {
    world.note(`AWS took no credentials: ${text}. Log in, or choose a profile with AWS_PROFILE.`);
    return EXIT.credentials;
  }
  if (kind === "denied") {
    world.note(`The credentials do not allow ${verb.name}: ${text}`);
    return EXIT.credentials;
  }
  if (kind === "throttled" || kind === "passing") {
    world.note(`AWS did not answer: ${text}. Try again.`);
    return EXIT.undecided;
  }
  world.note(error instanceof Error && error.stack !== undefined ? error.stack : text);
  return EXIT.failed;
}

const usage = (verb: Verb): string => `npm run ${verb.name} -- ${verb.usage}`;

const help = (verb: Verb): string => `${usage(verb)}\n\n${verb.help}`;

function overview(): string {
  const width = Math.max(...VERBS.map(({ name }) => name.length)) + 2;
  return [
    "Verbs for a deployed stack, each with --help:",
    ...VERBS.map(({ name, summary }) => `  npm run ${name.padEnd(width)}${summary}`),
  ].join("\n");
}

if (import.meta.main) {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort();
  });
  process.exitCode = await main(process.argv.slice(2), systemWorld(controller.signal));
}
