import { ownContainer } from "../ecs/own-container.ts";
import { byArn, list, ofType, record, text, type Values } from "./plan-reader.ts";
import type { Json, Plan, PlannedResource } from "./types.ts";

/** An ECS service of a plan with what it runs. */
export interface PlannedService {
  /** Logical name, by which the verbs know it too. */
  name: string;
  resource: PlannedResource;
  /** Absent where the plan does not hold it. */
  taskDefinition?: PlannedResource;
  /** Its first entry of `loadBalancers`; empty for a service without a load balancer. */
  target: Values;
  /** Its own container; empty where the definitions are secret, unknown or hold none. */
  container: Values;
  /** What stands beside that one. */
  sideCars: Values[];
}

/**
 * The services of a plan, the main one first: the one that the output `serviceName` names, else the one called as its
 * cluster, else one behind a load balancer. The others follow as the plan has them.
 */
export function plannedServices(plan: Plan): PlannedService[] {
  const clusters = new Set(ofType(plan, "aws:ecs/cluster:Cluster").map(({ name }) => name));
  const rank = ({ name, resource, target }: PlannedService): number =>
    resource.outputs["name"] === plan.outputs["serviceName"]
      ? 0
      : clusters.has(name)
        ? 1
        : "targetGroupArn" in target
          ? 2
          : 3;
  return ofType(plan, "aws:ecs/service:Service")
    .map((resource) => plannedService(plan, resource))
    .sort((a, b) => rank(a) - rank(b));
}

function plannedService(plan: Plan, resource: PlannedResource): PlannedService {
  const target = record(list(resource.inputs["loadBalancers"])[0]);
  const arn = resource.inputs["taskDefinition"];
  const taskDefinition = byArn(plan, "aws:ecs/taskDefinition:TaskDefinition", arn);
  const containers = containerDefinitions(taskDefinition?.inputs["containerDefinitions"]);
  const container = ownContainer(containers, text(target["containerName"]));
  return {
    name: resource.name,
    resource,
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    target,
    container: container ?? {},
    sideCars: containers.filter((candidate) => candidate !== container),
  };
}

/** The containers of a task definition; none where they are secret as a whole, or unknown until a deployment. */
export function containerDefinitions(
  json: Json | undefined,
): (Values & { name?: string; essential?: boolean })[] {
  try {
    return typeof json === "string" ? list(JSON.parse(json) as Json).map(record) : [];
  } catch {
    return [];
  }
}
