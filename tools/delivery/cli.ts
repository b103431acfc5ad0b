import { parseArgs } from "node:util";
import { VERBS, type Options, type Verb } from "./verbs.ts";

/** Errors that say all there is to say; of any other the stack helps. */
const SENTENCES = new Set([
  "AttestationError",
  "CommandError",
  "DeploymentError",
  "GitHubError",
  "ImageError",
  "PlanError",
  "PushError",
  "SmokeError",
  "UsageError",
]);

class UsageError extends Error {
  override readonly name = "UsageError";
}

function help(): string {
  const lines = Object.entries(VERBS).map(([name, { summary, required, optional = [] }]) => {
    const options = [
      ...required.map((option) => `--${option} ...`),
      ...optional.map((option) => `[--${option} ...]`),
    ];
    return `  ${name} ${options.join(" ")}\n      ${summary}`;
  });
  return `The steps of the workflows in .github/workflows; docs/delivery.md tells how they fit together.\n\n${lines.join("\n")}\n`;
}

function read(name: string, verb: Verb, args: readonly string[]): Options {
  const names = [...verb.required, ...(verb.optional ?? [])];
  let values: Record<string, string | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((option) => [option, { type: "string" as const }])),
    }));
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const options = Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const missing = verb.required.filter((option) => options[option] === undefined);
  if (missing.length > 0)
    throw new UsageError(`${name} needs ${missing.map((option) => `--${option}`).join(" and ")}.`);
  return options;
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === "--help") {
    process.stdout.write(help());
    return;
  }
  const verb = VERBS[name];
  if (verb === undefined)
    throw new UsageError(`There is no ${name}. The verbs are ${Object.keys(VERBS).join(", ")}.`);
  await verb.run(read(name, verb, args));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const known =
    error instanceof Error && (SENTENCES.has(error.name) || "__pulumiRunError" in error);
  const text = error instanceof Error ? (known ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? ""}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
