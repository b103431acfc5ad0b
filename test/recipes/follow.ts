import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { EXIT } from "@koa-fargate/workbench/live/errors.ts";
import { main } from "@koa-fargate/workbench/live/cli.ts";
import type { Dependencies } from "@koa-fargate/workbench/live/command.ts";
import { readOptions } from "@koa-fargate/workbench/local/options.ts";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { loadWorkbenchConfig } from "@koa-fargate/workbench/config";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { planGaps } from "@koa-fargate/workbench/pipeline/permissions/rows.ts";
import { parse } from "yaml";
import { ROOT } from "../helpers/app.ts";
import type { Copy } from "../helpers/copy.ts";
import { readRecipes, type Promise as Promised, type Recipe, type Step } from "./page.ts";

export const recipesOf = (page: string): Recipe[] =>
  readRecipes(readFileSync(path.join(ROOT, "docs", page), "utf8"));

/**
 * Does in a copy what a section says, word by word.
 * @param before sections that it builds on, which are followed without looking
 * @throws AssertionError where the page is not true
 */
export async function follow(
  copy: Copy,
  { steps }: Recipe,
  before: readonly Recipe[] = [],
): Promise<void> {
  for (const step of before.flatMap((section) => section.steps))
    if (changes(step)) await take(copy, step, undefined);
  let stack = "dev";
  let plan: Plan | undefined;
  for (const step of steps) {
    if (step.kind === "set") stack = step.stacks[0] ?? stack;
    // One plan for all that is said of it.
    if (step.kind === "has" || step.kind === "lacks") plan ??= await planned(copy, stack);
    else plan = undefined;
    await take(copy, step, plan);
  }
  // What was not planned yet has to be possible all the same.
  plan ??= await planned(copy, stack);
}

/** Whether a step makes another copy of it. */
const changes = (step: Step): boolean =>
  step.kind === "run"
    ? /^(?:cp|npm install|npm pkg|npm run rename|pulumi config) /.test(step.command)
    : step.kind !== "has" && step.kind !== "lacks";

async function take(copy: Copy, step: Step, plan: Plan | undefined): Promise<void> {
  switch (step.kind) {
    case "write":
      copy.write(step.file, step.text);
      break;
    case "change":
      copy.edit(step.file, ...step.edits);
      break;
    case "set":
      for (const stack of step.stacks) copy.configure(stack, step.values);
      break;
    case "run":
      await command(copy, step.command);
      break;
    case "has":
      for (const promise of step.promises) holds(plan, promise);
      break;
    case "lacks":
      expect(plan?.resources.filter(({ type }) => type === step.type)).to.deep.equal([]);
  }
}

/** The plan of a stack, without a gap in the pipeline's permissions. The program of each copy is a module of its own. */
async function planned({ folder }: Copy, stack: string): Promise<Plan> {
  // Paths of apps are relative to where Pulumi runs.
  process.chdir(folder);
  try {
    const plan = await planStack({ stack, root: folder });
    expect(planGaps(plan, await loadWorkbenchConfig(folder))).to.deep.equal([]);
    return plan;
  } finally {
    process.chdir(ROOT);
  }
}

function holds(plan: Plan | undefined, { type, name, inputs }: Promised): void {
  const found = plan?.resources.find(
    (resource) => resource.type === type && resource.name === name,
  );
  expect(found, `${type} ${name}`).not.to.equal(undefined);
  for (const { input, whole, text } of inputs) {
    const value = found?.inputs[input];
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    if (whole) expect(shown, `${name} ${input}`).to.equal(text);
    else expect(shown, `${name} ${input}`).to.include(text);
  }
}

/** Commands that change nothing but the copy are run. Of the others, which ask AWS, the command line has to be one that is understood. */
async function command(copy: Copy, line: string): Promise<void> {
  const [program, script = "", ...args] = line.split(" ");
  if (/^(?:npm run rename|npm pkg set|cp -r|npm start -- --run) /.test(line))
    ran(copy, "sh", "-c", line);
  else if (line.startsWith("npm install ")) install(copy, line);
  else if (line.startsWith("pulumi config set --path ")) configure(copy, line);
  else if (program === "npm" && script === "start") readOptions(args.slice(1), {});
  else if (program === "npm" && script === "run") {
    const [name = "", , ...rest] = args;
    const { scripts } = JSON.parse(copy.read("package.json")) as {
      scripts: Record<string, string>;
    };
    expect(line).to.match(/^npm run \S+ -- (?:dev|prod)\b/);
    expect(Object.keys(scripts)).to.include(name);
    if (scripts[name]?.includes("/live/cli.ts") === true)
      expect(await main([name, ...words(rest)], NOBODY), line).not.to.equal(EXIT.usage);
  } else
    expect(line).to.match(/^(?:aws [a-z]+ [a-z-]+ --|pulumi (?:up|destroy) --stack (?:dev|prod)$)/);
}

/** Words of a command line, of which one in quotes may hold spaces. */
const words = (parts: readonly string[]): string[] =>
  [...parts.join(" ").matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

function ran(copy: Copy, ...parts: [command: string, ...args: string[]]): void {
  const { code, text } = copy.run(...parts);
  expect(code, text).to.equal(0);
}

const nobody = (): never => {
  throw new Error("nobody is asked");
};

/** For commands that are not to come further than their command line. */
const NOBODY: Dependencies = {
  pulumi: new Proxy({} as Dependencies["pulumi"], { get: () => nobody }),
  connect: nobody,
  scalableTarget: nobody,
  commitTime: nobody,
  resolve: nobody,
  clock: { now: () => 0, sleep: nobody },
  now: () => new Date(),
  print: () => undefined,
  note: () => undefined,
  signal: new AbortController().signal,
  interactive: false,
};

/** As the Pulumi CLI does it. */
function configure(copy: Copy, line: string): void {
  const [, key = "", name = "", setting = "", value = "", stack = ""] =
    /^pulumi config set --path (\w+)\.(\w+)\.(\w+) (\S+) --stack (\w+)$/.exec(line) ?? [];
  expect(stack, line).not.to.equal("");
  copy.configureAt(stack, [key, name, setting], parse(value));
}

/** What is installed comes from a registry, which no test asks: packages that have the names which the page imports. */
function install(copy: Copy, line: string): void {
  const [, folder = "", name = ""] =
    /^npm install --prefix (\w+) --save-exact (\S+)$/.exec(line) ?? [];
  expect(folder, line).not.to.equal("");
  const at = `${folder}/node_modules/${name}`;
  copy.write(
    `${at}/package.json`,
    JSON.stringify({ name, version: "1.0.0", type: "module", main: "index.js" }),
  );
  const names = recipesOf("recipes.md")
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.kind === "write" ? [step.text] : []))
    .flatMap(
      (text) => new RegExp(`^import \\{ (.+) \\} from "${name}";`, "m").exec(text)?.[1] ?? [],
    )
    .flatMap((list) => list.split(", "));
  expect(names, `imports of ${name}`).not.to.deep.equal([]);
  copy.write(`${at}/index.js`, names.map((each) => `export class ${each} {}\n`).join(""));
}
