import { writeFile } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { runTool, UsageError } from "../lib/command-line.ts";
import { HELP, readArguments, type Arguments } from "./arguments.ts";
import type { Style } from "./section.ts";
import { invocation } from "../lib/beside.ts";

// Most of the time goes into compiling the SDKs: the second run takes about half as long as the first.
enableCompileCache();

const FORMATS = { title: "bold", name: "cyan", warning: "yellow", hint: "dim" } as const;

/** Colours on a terminal only; `NO_COLOR` and `FORCE_COLOR` are heeded. */
const style: Style = (part, text) => styleText(FORMATS[part], text, { stream: process.stdout });

async function main(line: string[]): Promise<undefined> {
  const args = readArguments(line);
  const print = (text: string) => void process.stderr.write(text);
  const { findRoot, stackNames } = await import("../plan/project.ts");
  const root = args.root === undefined ? findRoot(process.cwd()) : resolve(args.root);
  if (args.stack === undefined) throw new UsageError(missingStack(await stackNames(root)));

  const { loadWorkbenchConfig } = await import("../project/workbench-config.ts");
  const declared = await loadWorkbenchConfig(root);
  if (args.against !== undefined) {
    const { planAgainst } = await import("./diff/against.ts");
    const { stack, against: ref, overrides } = args;
    const found = await planAgainst({ stack, ref, overrides, root }, print);
    const made = found.changes.resources.flatMap(({ after, ...it }) =>
      after === undefined ? [] : [{ ...it, inputs: after }],
    );
    found.notes.push(...((await declared.gaps?.(made, [], declared)) ?? []));
    await output(args, found, async () => {
      const { differenceView } = await import("./diff/view.ts");
      return differenceView(found, performance.now() / 1000, style);
    });
    return;
  }

  const { planAny } = await import("../plan/general/any.ts");
  const plan = await planAny({ stack: args.stack, overrides: args.overrides, root }, print);
  const created = plan.resources.filter(({ custom }) => custom);
  const functions = plan.invokes.map(({ token }) => token);
  plan.warnings.push(...((await declared.gaps?.(created, functions, declared)) ?? []));
  const seconds = performance.now() / 1000;

  await output(args, plan, async () => {
    if (args.diagram) return (await import("./diagram/mermaid.ts")).mermaid(plan);
    if (args.dashboard) return (await import("./dashboard/page.ts")).dashboardPage(plan);
    if (args.cost) return (await import("./cost/view.ts")).costView(plan, args.load, style);
    if (args.rollout || args.assumptions)
      return (await import("./rollout-picture.ts")).rolloutView(plan, args);
    const { header, summary } = await import("./summary.ts");
    const { tree } = await import("./tree.ts");
    return args.tree
      ? `${header(plan, seconds, style)}\n\n${tree(plan, style)}`
      : summary(plan, seconds, style);
  });
  const { overBudget } = await import("./cost/view.ts");
  for (const sentence of overBudget(plan)) {
    process.stderr.write(`${plan.stack} costs more than it may: ${sentence}.\n`);
    process.exitCode = 1;
  }
}

/** JSON into the file of `--output`; JSON or the text onto stdout. */
async function output(
  args: Pick<Arguments, "json" | "output">,
  value: object,
  text: () => Promise<string>,
): Promise<void> {
  const json = () => `${JSON.stringify(value, null, 2)}\n`;
  if (args.output !== undefined) {
    await save(args.output, json());
    process.stderr.write(`Written to ${args.output}.\n`);
  }
  if (!args.json) process.stdout.write(`${await text()}\n`);
  else if (args.output === undefined) process.stdout.write(json());
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--output ${path} cannot be written (${code ?? String(error)}).`);
  }
}

function missingStack(names: readonly string[]): string {
  return `Which stack? Try ${invocation("plan")} ${names[0] ?? "dev"} (there ${names.length === 1 ? "is" : "are"} ${names.join(" and ") || "no stack file, so any name does"}).`;
}

await runTool(main, HELP);
