import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { loadWorkbenchConfig } from "@koa-fargate/workbench/plan/general/config.ts";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { planGaps } from "@koa-fargate/workbench/pipeline/permissions/rows.ts";
import { IS_TEMPLATE } from "../fork/changes.ts";
import { ROOT } from "../helpers/app.ts";
import { Copy } from "../helpers/copy.ts";
import { readRecipes, type Promise as Promised, type Step } from "./page.ts";

const recipes = readRecipes(readFileSync(path.join(ROOT, "docs/recipes.md"), "utf8"));

describe("docs/recipes.md, followed in a copy", function () {
  this.timeout(600_000);
  let copy: Copy;

  beforeEach(function () {
    if (!IS_TEMPLATE) this.skip();
    copy = new Copy();
  });
  afterEach(() => {
    // Unset where the tests were skipped.
    (copy as Copy | undefined)?.remove();
  });

  it("has recipes, each with what the plan shows or what is to be run", () => {
    expect(recipes.length).to.be.at.least(10);
    for (const { title, steps } of recipes)
      expect(
        steps.filter(({ kind }) => kind === "has" || kind === "run"),
        title,
      ).not.to.deep.equal([]);
  });

  for (const { title, steps } of recipes)
    it(title, async () => {
      let stack = "dev";
      let plan: Plan | undefined;
      for (const step of steps) {
        if (step.kind === "set") stack = step.stacks[0] ?? stack;
        // One plan for all that is said of it.
        if (step.kind === "has" || step.kind === "lacks") plan ??= await planned(copy, stack);
        else if (step.kind !== "run") plan = undefined;
        follow(copy, step, plan);
      }
      // What was not planned yet has to be possible all the same.
      plan ??= await planned(copy, stack);
    });
});

function follow(copy: Copy, step: Step, plan: Plan | undefined): void {
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
      command(copy, step.command);
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

/** Commands that change nothing but the copy are run; of the others there has to be the script, and the stack's file. */
function command(copy: Copy, line: string): void {
  const script = /^npm run (\S+)/.exec(line)?.[1];
  if (script === "rename") {
    const { code, text } = copy.run("sh", "-c", line);
    expect(code, text).to.equal(0);
  } else if (line.startsWith("npm install ")) {
    install(copy, line);
  } else if (line.startsWith("npm start ")) {
    expect(line).to.match(/^npm start -- --run \w+$/);
  } else if (script !== undefined) {
    const { scripts } = JSON.parse(copy.read("package.json")) as { scripts: object };
    expect(Object.keys(scripts)).to.include(script);
    expect(line).to.match(/^npm run \S+ -- dev\b/);
  } else
    expect(line).to.match(/^(?:aws [a-z]+ [a-z-]+ --|pulumi (?:up|destroy) --stack (?:dev|prod)$)/);
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
  const names = recipes
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.kind === "write" ? [step.text] : []))
    .flatMap(
      (text) => new RegExp(`^import \\{ (.+) \\} from "${name}";`, "m").exec(text)?.[1] ?? [],
    )
    .flatMap((list) => list.split(", "));
  expect(names, `imports of ${name}`).not.to.deep.equal([]);
  copy.write(`${at}/index.js`, names.map((each) => `export class ${each} {}\n`).join(""));
}
