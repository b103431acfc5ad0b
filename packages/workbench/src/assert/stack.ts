import { AssertionError } from "node:assert";
import { planAny } from "../plan/general/any.ts";
import { findRoot } from "../plan/project.ts";
import type { Overrides } from "../plan/stack-config.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";
import { differences, show, type Expected, type Mismatch } from "./matchers.ts";

/** Inputs of a resource, as far as they matter. */
export type Inputs = Readonly<Record<string, Expected>>;
/** Everything else about it, such as `{ name: "api", options: { protect: true } }`. */
export type About = Readonly<Partial<Record<keyof PlannedResource, Expected>>>;

export interface PlanOptions {
  /** Configuration in place of the stack file's. @default none */
  config?: Overrides;
  /** Folder of Pulumi.yaml. @default the one around the working directory */
  root?: string;
}

/**
 * Plans a stack offline, to assert on what it would create.
 * @throws PlanError where it cannot be planned
 */
export async function planStack(stack: string, options: PlanOptions = {}): Promise<PlannedStack> {
  const { config = {}, root = findRoot(process.cwd()) } = options;
  return new PlannedStack(await planAny({ stack, overrides: config, root }));
}

/** The plan of a stack, with assertions that say on failure what comes closest and how it differs. */
export class PlannedStack {
  readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** Resources of a type that fit; inputs that are not named may be anything. */
  findResources(type: string, inputs: Inputs = {}, about: About = {}): PlannedResource[] {
    return this.#of(type).filter((resource) => mismatches(resource, inputs, about).length === 0);
  }

  count(type: string, inputs: Inputs = {}, about: About = {}): number {
    return this.findResources(type, inputs, about).length;
  }

  /** Asserts that at least one resource of the type fits, and returns the first. */
  hasResource(type: string, inputs: Inputs = {}, about: About = {}): PlannedResource {
    const [found] = this.findResources(type, inputs, about);
    if (found !== undefined) return found;
    const all = this.#of(type);
    const [nearest] = all
      .map((resource) => ({ resource, wrong: mismatches(resource, inputs, about) }))
      .sort((a, b) => a.wrong.length - b.wrong.length);
    if (nearest === undefined) throw failure(`${this.#name} has no ${type}.${this.#similar(type)}`);
    throw failure(
      `No ${type} of ${this.#name} fits. The closest of ${all.length} is ${JSON.stringify(nearest.resource.name)}:`,
      nearest.wrong,
    );
  }

  /** Asserts that every resource of the type fits, and that there is one. */
  allResources(type: string, inputs: Inputs, about: About = {}): void {
    const all = this.#of(type);
    if (all.length === 0) throw failure(`${this.#name} has no ${type}.${this.#similar(type)}`);
    for (const resource of all) {
      const wrong = mismatches(resource, inputs, about);
      if (wrong.length > 0)
        throw failure(
          `${type} ${JSON.stringify(resource.name)} of ${this.#name} does not fit:`,
          wrong,
        );
    }
  }

  /** Asserts how many resources of the type fit. */
  resourceCountIs(type: string, count: number, inputs: Inputs = {}, about: About = {}): void {
    const found = this.findResources(type, inputs, about).map(({ name }) => name);
    if (found.length === count) return;
    const names = found.length === 0 ? "" : `: ${found.sort().join(", ")}`;
    throw failure(`${this.#name} has ${found.length} ${type} that fit, not ${count}${names}.`);
  }

  /** Asserts the value of a stack output. */
  hasOutput(name: string, value: Expected): void {
    const wrong = differences(value, this.plan.outputs[name], name);
    if (wrong.length > 0) throw failure(`Output ${name} of ${this.#name} does not fit:`, wrong);
  }

  get #name(): string {
    return `${this.plan.project}/${this.plan.stack}`;
  }

  #of(type: string): PlannedResource[] {
    return this.plan.resources.filter((resource) => resource.type === type);
  }

  /** Types with the same last word, for a token that is not quite right. */
  #similar(type: string): string {
    const word = (token: string) => token.split(/[:/]/).at(-1)?.toLowerCase();
    const types = new Set(this.plan.resources.map((resource) => resource.type));
    const alike = [...types].filter((other) => word(other) === word(type)).sort();
    return alike.length === 0 ? "" : ` It has ${alike.join(", ")}.`;
  }
}

function mismatches(resource: PlannedResource, inputs: Inputs, about: About): Mismatch[] {
  return [...differences(inputs, resource.inputs), ...differences(about, resource)];
}

function failure(sentence: string, wrong: readonly Mismatch[] = []): AssertionError {
  const lines = wrong.map(
    ({ path, expected, actual }) => `  ${path}: expected ${expected}, is ${show(actual)}`,
  );
  return new AssertionError({ message: [sentence, ...lines].join("\n") });
}
