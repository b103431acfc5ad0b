import { readFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { mermaid } from "../../review/diagram/mermaid.ts";
import { planStack } from "../../plan/evaluate.ts";
import { stackNames } from "../../plan/project.ts";
import type { Plan } from "../../plan/types.ts";
import { costPage } from "../../review/cost/page.ts";
import { summary } from "../../review/summary.ts";
import { ToolError } from "../../lib/command-line.ts";
import { loadWorkbenchConfig } from "../../project/workbench-config.ts";
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
  const read = (name: string): Promise<string> => readFile(path.join(root, name), "utf8");
  const plans = await allPlans(root);
  // The stack that shows all boxes.
  const prod = plans.find(({ stack }) => stack === "prod");
  if (prod === undefined) throw new ToolError("The pages show the stack prod: there is none.");
  const outputs = documentedProperties(await read("outputs.ts"), "StackOutputs");
  const readme = await read("README.md");
  // How long it took when the page was first written: that differs by machine.
  const seconds = Number(/planned in ([\d.]+) s/.exec(readme)?.[1] ?? 1);
  const example = fenced("text", summary(prod, seconds).trim());
  const filled = replaceBetween(readme, "README.md", "outputs", outputsTable(outputs));
  const architecture = "docs/architecture.md";
  const diagram = fenced("mermaid", mermaid(prod));
  return Promise.all([
    page(root, "README.md", replaceBetween(filled, "README.md", "plan", example)),
    page(
      root,
      architecture,
      replaceBetween(await read(architecture), architecture, "diagram", diagram),
    ),
    page(root, "docs/cost.md", costPage(plans)),
  ]);
}

const fenced = (language: string, text: string): string =>
  ["```" + language, text, "```"].join("\n");

async function allPlans(root: string): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const stack of await stackNames(root)) plans.push(await planStack({ stack, root }));
  return plans;
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
