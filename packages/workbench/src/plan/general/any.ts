import type { Plan } from "../types.ts";
import type { ProgramRequest } from "./channel.ts";
import { addNames, loadWorkbenchConfig } from "../../project/workbench-config.ts";

const RUNS_TASKS = /^aws:(?:ecs\/service:Service|scheduler\/schedule:Schedule)$/;

/**
 * Plans a program as its `workbench.config.ts` says: in this process, or in one of its own. What a program there prints
 * goes to `print`.
 * @throws PlanError, or what a program in this process throws
 */
export async function planAny(
  request: ProgramRequest,
  print?: (text: string) => void,
): Promise<Plan> {
  const declared = await loadWorkbenchConfig(request.root);
  const { inProcess = false, lookups, outputs, containers = {} } = declared;
  const plan = await (inProcess ? planHere(request) : planElsewhere(request, print));
  addNames(plan.config, lookups);
  addNames(plan.outputs, outputs);
  for (const resource of plan.resources) {
    const container = RUNS_TASKS.test(resource.type) ? containers[resource.name] : undefined;
    if (container !== undefined) resource.ownContainer = container;
  }
  return plan;
}

// Half a second of CPU goes into loading the SDK: only where it is evaluated.
async function planHere(request: ProgramRequest): Promise<Plan> {
  const { planStack } = await import("../evaluate.ts");
  return planStack(request);
}

async function planElsewhere(
  request: ProgramRequest,
  print: ((text: string) => void) | undefined,
): Promise<Plan> {
  const { planProgram } = await import("./plan.ts");
  return planProgram(request, print);
}
