import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pages, stale } from "./pages.ts";

const HELP = `Writes what files take from the program: the keys in Pulumi.yaml, docs/configuration.md, plan and outputs in README.md,
and the diagram in docs/architecture.md.

  npm run docs               writes the pages that are out of date
  npm run docs -- --check    says which these are, and fails when there is one
`;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = args.find((argument) => argument !== "--check");
  if (unknown !== undefined) {
    process.stderr.write(`${unknown} is not an option of docs. Use --check, or none to write.\n`);
    return 2;
  }
  const root = path.resolve(import.meta.dirname, "../..");
  const outdated = stale(await pages(root));
  if (args.includes("--check")) {
    for (const page of outdated)
      process.stderr.write(`${page.path} is out of date. Run: npm run docs\n`);
    return outdated.length === 0 ? 0 : 1;
  }
  for (const page of outdated) {
    const file = path.join(root, page.path);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, page.content);
    process.stderr.write(`${page.path} written\n`);
  }
  if (outdated.length === 0) process.stderr.write("Every page is up to date.\n");
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
