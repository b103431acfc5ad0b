import { runTool, UsageError } from "../../lib/command-line.ts";
import { updatePages } from "./pages.ts";

const HELP = `Writes what files take from the program: the keys in Pulumi.yaml, docs/configuration.md, plan and outputs in README.md,
the diagram in docs/architecture.md and, where the project is a folder of a larger repository, the workflows at its root.

  npm run docs               writes the pages that are out of date
  npm run docs -- --check    says which these are, and fails when there is one
`;

await runTool(async (args) => {
  const unknown = args.find((argument) => argument !== "--check");
  if (unknown !== undefined)
    throw new UsageError(`${unknown} is not an option of docs. Use --check, or none to write.`);
  const check = args.includes("--check");
  const outdated = await updatePages(process.cwd(), { check });
  for (const name of outdated)
    process.stderr.write(`${name} ${check ? "is out of date. Run: npm run docs" : "written"}\n`);
  if (!check && outdated.length === 0) process.stderr.write("Every page is up to date.\n");
  return check && outdated.length > 0 ? 1 : 0;
}, HELP);
