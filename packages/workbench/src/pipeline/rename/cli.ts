import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { readLine, runTool, UsageError } from "../../lib/command-line.ts";
import { renameEverywhere } from "./rename.ts";

const HELP = `Gives the project a name of its own, before its first deployment: in Pulumi.yaml, the stack files, bootstrap/,
package.json, the workflows and the documentation. Prints what it changed; a second run changes nothing.

  npm run rename -- <name>

Type tokens (koa-fargate:<folder>:<Class>) stay: they are part of what the components are called in a stack's state.
`;

const ROOT = process.cwd();

async function main(args: string[]): Promise<number> {
  const { positionals } = readLine("npm run rename --", args, {}, true);
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new UsageError(HELP);
  const { changed, left } = renameEverywhere(ROOT, name);
  if (changed.length > 0) await finish(changed);
  for (const file of changed) process.stdout.write(`changed  ${file}\n`);
  for (const line of left) process.stdout.write(`left     ${line} may mean the project\n`);
  process.stdout.write(
    changed.length === 0
      ? `The project is called ${name}; there was nothing to change.\n`
      : `The project is called ${name}. Look at it with git diff, then: npm run plan -- dev\n`,
  );
  return 0;
}

/** Pages that are made from the program, and the widths of tables in others. */
async function finish(changed: readonly string[]): Promise<void> {
  // Not before: what plans the program takes the name from Pulumi.yaml.
  const { formatted, updatePages } = await import("../docs/pages.ts");
  await updatePages(ROOT);
  for (const name of changed.filter((file) => file.endsWith(".md"))) {
    const file = path.join(ROOT, name);
    await writeFile(file, await formatted(ROOT, name, await readFile(file, "utf8")));
  }
}

await runTool(main, HELP);
