import { writeFile } from "node:fs/promises";
import path from "node:path";
import { runTool, UsageError } from "../../lib/command-line.ts";
import { configuredPages, plannedPages, stale } from "./pages.ts";

const HELP = `Writes what files take from the program: the keys in Pulumi.yaml, docs/configuration.md, plan and outputs in README.md,
and the diagram in docs/architecture.md.

  npm run docs               writes the pages that are out of date
  npm run docs -- --check    says which these are, and fails when there is one
`;

await runTool(async (args) => {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = args.find((argument) => argument !== "--check");
  if (unknown !== undefined)
    throw new UsageError(`${unknown} is not an option of docs. Use --check, or none to write.`);
  const check = args.includes("--check");
  const root = process.cwd();
  let outdated = 0;
  for (const pages of [configuredPages, plannedPages]) {
    // Without the new keys in Pulumi.yaml nothing could be planned.
    if (check && outdated > 0) break;
    for (const page of stale(await pages(root))) {
      outdated += 1;
      if (!check) await writeFile(path.join(root, page.path), page.content);
      process.stderr.write(
        `${page.path} ${check ? "is out of date. Run: npm run docs" : "written"}\n`,
      );
    }
  }
  if (!check && outdated === 0) process.stderr.write("Every page is up to date.\n");
  return check && outdated > 0 ? 1 : 0;
});
