import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { architecturePage } from "../../review/diagram/docs.ts";
import { planStack } from "../../plan/evaluate.ts";
import { stackNames } from "../../plan/project.ts";
import type { Plan } from "../../plan/types.ts";
import { costPage } from "../../review/cost/page.ts";
import { summary } from "../../review/summary.ts";
import { loadWorkbenchConfig } from "../../plan/general/config.ts";
import { readConfiguration } from "./configuration.ts";
import { documentedProperties, outputsTable, replaceBetween } from "./readme.ts";

/** A page that is generated, or holds a generated part. */
export interface Page {
  /** Relative to the project. */
  path: string;
  /** What it has to say. */
  content: string;
  /** What it says now; undefined where there is no such file. */
  current: string | undefined;
}

/** The pages that `workbench.config.ts` makes of the configuration: they come first, since a plan reads Pulumi.yaml. */
export async function configuredPages(root: string): Promise<Page[]> {
  const { pages: own = () => ({}) } = await loadWorkbenchConfig(root);
  const generated: Record<string, string> = own(await readConfiguration(root));
  return Promise.all(Object.entries(generated).map(([name, text]) => page(root, name, text)));
}

/** The pages that take something from a plan. */
export async function plannedPages(root: string): Promise<Page[]> {
  const outputs = documentedProperties(
    await readFile(path.join(root, "outputs.ts"), "utf8"),
    "StackOutputs",
  );
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const filled = replaceBetween(readme, "README.md", "outputs", outputsTable(outputs));
  return [
    await page(
      root,
      "README.md",
      replaceBetween(filled, "README.md", "plan", await planExample(readme)),
    ),
    await architecturePage(root),
    await page(root, "docs/cost.md", costPage(await allPlans(root))),
  ];
}

async function allPlans(root: string): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const stack of await stackNames(root)) plans.push(await planStack({ stack, root }));
  return plans;
}

/** What `npm run plan -- prod` prints, and how long it took when the page was first written: that differs by machine. */
async function planExample(readme: string): Promise<string> {
  const started = performance.now();
  const plan = await planStack({ stack: "prod" });
  const known = /planned in ([\d.]+) s/.exec(readme)?.[1];
  const seconds = known === undefined ? (performance.now() - started) / 1000 : Number(known);
  return ["```text", summary(plan, seconds).trim(), "```"].join("\n");
}

async function page(root: string, name: string, text: string): Promise<Page> {
  const file = path.join(root, name);
  const options = await resolveConfig(file);
  return {
    path: name,
    // As the formatter writes it, so that neither undoes the other.
    content: await format(text, { ...options, parser: name.endsWith(".md") ? "markdown" : "yaml" }),
    current: await readFile(file, "utf8").catch(() => undefined),
  };
}

/** Pages that do not say what they have to. */
export function stale(all: readonly Page[]): Page[] {
  return all.filter(({ content, current }) => content !== current);
}
