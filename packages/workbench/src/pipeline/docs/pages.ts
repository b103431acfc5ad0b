import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { format, getFileInfo, resolveConfig } from "prettier";
import { mermaid } from "../../review/diagram/mermaid.ts";
import { planStack } from "../../plan/evaluate.ts";
import { stackNames } from "../../plan/project.ts";
import type { Plan } from "../../plan/types.ts";
import { costPage } from "../../review/cost/page.ts";
import { summary } from "../../review/summary.ts";
import { ToolError } from "../../lib/command-line.ts";
import { runCommand } from "../../lib/command.ts";
import { loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { misplaced, placeOf } from "../delivery/placed.ts";
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
  return {
    path: name,
    // So that neither undoes the other.
    content: await formatted(root, name, text),
    current: await readFile(path.join(root, name), "utf8").catch(() => undefined),
  };
}

/** A file's text as the formatter writes it; as it is where the formatter leaves it alone. */
export async function formatted(root: string, name: string, text: string): Promise<string> {
  const file = path.join(root, name);
  const { ignored } = await getFileInfo(file, { ignorePath: path.join(root, ".prettierignore") });
  return ignored ? text : format(text, { ...(await resolveConfig(file)), filepath: file });
}

/** Pages that do not say what they have to. */
export function stale(all: readonly Page[]): Page[] {
  return all.filter(({ content, current }) => content !== current);
}

/**
 * Writes the pages that are out of date, or with `check` finds them alone.
 * @returns their paths
 */
export async function updatePages(root: string, { check = false } = {}): Promise<string[]> {
  const outdated: string[] = [];
  for (const pages of [configuredPages, plannedPages]) {
    // Without the new keys in Pulumi.yaml nothing could be planned.
    if (check && outdated.length > 0) break;
    for (const { path: name, content } of stale(await pages(root))) {
      outdated.push(name);
      if (!check) await writeFile(path.join(root, name), content);
    }
  }
  return [...outdated, ...misplaced(await placeOf(runCommand, root), root, !check)];
}
