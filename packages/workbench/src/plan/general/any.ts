import type { Plan } from "../types.ts";
import type { ProgramRequest } from "./channel.ts";
import { loadWorkbenchConfig } from "./config.ts";

/**
 * Plans a program as its `workbench.config.ts` says: in this process, or in one of its own. What a program there prints
 * goes to `print`.
 * @throws PlanError, or what a program in this process throws
 */
export async function planAny(
  request: ProgramRequest,
  print?: (text: string) => void,
): Promise<Plan> {
  const { inProcess = false, lookups = {} } = await loadWorkbenchConfig(request.root);
  const plan = await (inProcess ? planHere(request) : planElsewhere(request, print));
  const { config } = plan;
  for (const [key, own] of Object.entries(lookups))
    if (config[own] !== undefined) config[key] = config[own];
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
