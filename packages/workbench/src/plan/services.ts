import { strategyOf } from "../ecs/deployment.ts";
import { mainRank } from "../ecs/main-service.ts";
import { ownContainer } from "../ecs/own-container.ts";
import { opened } from "../lib/json.ts";
import { byArn, list, number, ofType, record, text, type Values } from "./plan-reader.ts";
import type { Json, Plan, PlannedResource } from "./types.ts";

/** What a service or a scheduled task of a plan runs. */
export interface PlannedTask {
  /** Logical name, by which the commands know it too. */
  name: string;
  /** The service or the schedule. */
  resource: PlannedResource;
  /** Absent where the plan does not hold it. */
  taskDefinition?: PlannedResource;
  /** Its own container; empty where the definitions are secret, unknown or hold none. */
  container: Values;
  /** What stands beside that one. */
  sideCars: Values[];
}

/** An ECS service of a plan. */
export interface PlannedService extends PlannedTask {
  /** Its first entry of `loadBalancers`; empty for a service without a load balancer. */
  target: Values;
}

/**
 * The services of a plan, the main one first: the one that the output `serviceName` names, else the one called as its
 * cluster, else one behind a load balancer. The others follow as the plan has them.
 */
export function plannedServices(plan: Plan): PlannedService[] {
  const clusters = new Set(ofType(plan, "aws:ecs/cluster:Cluster").map(({ name }) => name));
  const rank = ({ name, resource, target }: PlannedService): number =>
    mainRank({
      named: resource.outputs["name"] === plan.outputs["serviceName"],
      asCluster: clusters.has(name),
      balanced: "targetGroupArn" in target,
    });
  return ofType(plan, "aws:ecs/service:Service")
    .map((resource) => {
      const target = record(list(resource.inputs["loadBalancers"])[0]);
      const name = text(target["containerName"]);
      return { ...plannedTask(plan, resource, resource.inputs["taskDefinition"], name), target };
    })
    .sort((a, b) => rank(a) - rank(b));
}

/** How many tasks a planned service has, and how a deployment replaces them; AWS's defaults where it does not say. */
export function plannedDeployment({ inputs }: Pick<PlannedResource, "inputs">) {
  const { strategy } = record(inputs["deploymentConfiguration"]);
  return {
    strategy: strategyOf(text(strategy)),
    desiredCount: number(inputs["desiredCount"]) ?? 1,
    minimumHealthyPercent: number(inputs["deploymentMinimumHealthyPercent"]) ?? 100,
    maximumPercent: number(inputs["deploymentMaximumPercent"]) ?? 200,
    healthCheckGraceSeconds: number(inputs["healthCheckGracePeriodSeconds"]) ?? 0,
  };
}

/** The target groups behind which a service stands: the production one and, with traffic shifting, the alternate. */
export function targetGroupsOf(plan: Plan, { target }: Pick<PlannedService, "target">) {
  const alternate = record(target["advancedConfiguration"])["alternateTargetGroupArn"];
  return [target["targetGroupArn"], alternate].flatMap(
    (arn) => byArn(plan, "aws:lb/targetGroup:TargetGroup", arn) ?? [],
  );
}

/** Settings of a planned target group, by their units; AWS's defaults where it does not say. */
export function plannedTargetGroup({ name, inputs }: PlannedResource) {
  const check = record(inputs["healthCheck"]);
  return {
    /** Logical, in the program. */
    name,
    healthCheck: {
      path: text(check["path"]) ?? "/",
      intervalSeconds: number(check["interval"]) ?? 30,
      timeoutSeconds: number(check["timeout"]) ?? 5,
      healthyThreshold: number(check["healthyThreshold"]) ?? 5,
      unhealthyThreshold: number(check["unhealthyThreshold"]) ?? 2,
      /** HTTP codes that pass, as the target group writes them: `200`, `200-299`, `200,202`. */
      matcher: text(check["matcher"]) ?? "200",
    },
    deregistrationDelaySeconds: number(inputs["deregistrationDelay"]) ?? 300,
  };
}

/** What scales a service; undefined where nothing does. */
export function scalableTarget(plan: Plan, service: PlannedResource): PlannedResource | undefined {
  const end = `/${text(service.outputs["name"]) ?? ""}`;
  return ofType(plan, "aws:appautoscaling/target:Target").find(({ inputs }) =>
    text(inputs["resourceId"])?.endsWith(end),
  );
}

/** The tasks that EventBridge Scheduler starts. */
export function scheduledTasks(plan: Plan): PlannedTask[] {
  return ofType(plan, "aws:scheduler/schedule:Schedule").flatMap((schedule) => {
    const arn = record(record(schedule.inputs["target"])["ecsParameters"])["taskDefinitionArn"];
    return arn === undefined ? [] : [plannedTask(plan, schedule, arn)];
  });
}

function plannedTask(
  plan: Plan,
  resource: PlannedResource,
  arn: Json | undefined,
  containerName?: string,
): PlannedTask {
  const taskDefinition = byArn(plan, "aws:ecs/taskDefinition:TaskDefinition", arn);
  const containers = containerDefinitions(taskDefinition?.inputs["containerDefinitions"]);
  const container = ownContainer(containers, resource.ownContainer ?? containerName);
  return {
    name: resource.name,
    resource,
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    container: container ?? {},
    sideCars: containers.filter((candidate) => candidate !== container),
  };
}

/** The containers of a task definition; none where they are secret as a whole, or unknown until a deployment. */
export function containerDefinitions(
  json: Json | undefined,
): (Values & { name?: string; essential?: boolean })[] {
  return list(opened(json)).map(record);
}
