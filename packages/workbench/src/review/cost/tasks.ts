import { byArn, number } from "../../plan/plan-reader.ts";
import { scalableTarget } from "../../plan/services.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { atRest } from "./awake.ts";
import { requestsPerTask, type Load } from "./load.ts";

/** Inputs of a service's task definition; empty where the plan does not hold it. */
export function taskInputs(plan: Plan, { inputs }: PlannedResource): PlannedResource["inputs"] {
  const arn = inputs["taskDefinition"];
  return byArn(plan, "aws:ecs/taskDefinition:TaskDefinition", arn)?.inputs ?? {};
}

/** Size of a service's tasks; 0 where it is not known. */
export function taskSize(plan: Plan, service: PlannedResource): { vcpu: number; memoryGb: number } {
  const { cpu, memory } = taskInputs(plan, service);
  return { vcpu: (number(cpu) ?? 0) / 1024, memoryGb: (number(memory) ?? 0) / 1024 };
}

/** Tasks that autoscaling would keep: what the load needs, between its bounds. Only a service behind a load balancer grows. */
export function tasksUnder(
  plan: Plan,
  service: PlannedResource,
  { requestsPerSecond }: Load,
): number {
  const { tasks } = atRest(plan, service);
  const { vcpu } = taskSize(plan, service);
  if (requestsPerSecond === 0 || vcpu === 0 || service.inputs["loadBalancers"] === undefined)
    return tasks;
  const needed = Math.ceil(requestsPerSecond / requestsPerTask(vcpu));
  const most = number(scalableTarget(plan, service)?.inputs["maxCapacity"]) ?? tasks;
  return Math.min(Math.max(tasks, needed), Math.max(most, tasks));
}
