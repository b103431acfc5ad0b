import { parseArgs } from "node:util";
import { runTool, UsageError } from "../../lib/command-line.ts";
import { messageOf } from "../../lib/words.ts";
import type { Command, Options } from "./command.ts";
import { COMMANDS } from "./commands.ts";

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary, required, optional = [] }]) => {
    const options = [
      ...required.map((option) => `--${option} ...`),
      ...optional.map((option) => `[--${option} ...]`),
    ];
    return `  ${name} ${options.join(" ")}\n      ${summary}`;
  });
  return `The steps of the workflows in .github/workflows; docs/delivery.md tells how they fit together.\n\n${lines.join("\n")}\n`;
}

function read(name: string, { required, optional = [] }: Command, args: string[]): Options {
  const names = [...required, ...optional].map((option) => [option, { type: "string" }] as const);
  let values: Readonly<Record<string, string | undefined>>;
  try {
    ({ values } = parseArgs({ args, options: Object.fromEntries(names) }));
  } catch (error) {
    throw new UsageError(`${name}: ${messageOf(error)}`);
  }
  const missing = required.filter((option) => values[option] === undefined);
  if (missing.length > 0)
    throw new UsageError(`${name} needs ${missing.map((option) => `--${option}`).join(" and ")}.`);
  return values;
}

await runTool(async ([name = "--help", ...args]) => {
  if (name === "--help") {
    process.stdout.write(help());
    return 0;
  }
  const command = COMMANDS[name];
  if (command === undefined)
    throw new UsageError(
      `There is no ${name}. The commands are ${Object.keys(COMMANDS).join(", ")}.`,
    );
  await command.run(read(name, command, args));
  return 0;
});
