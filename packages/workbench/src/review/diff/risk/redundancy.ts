import { list, record } from "../../../plan/plan-reader.ts";
import type { ResourceChange } from "../types.ts";
import { changedSettings, fewer, off, valueAt, type Setting, type Value } from "./settings.ts";

const SERVICE = "aws:ecs/service:Service";
const TARGET = "aws:appautoscaling/target:Target";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

const subnets = (before: string, after: string): string =>
  `is in ${after} instead of ${before} subnets`;

const SETTINGS: readonly Setting[] = [
  [
    SERVICE,
    "desiredCount",
    fewer,
    (before, after) => `is asked for ${after} instead of ${before} tasks`,
  ],
  [
    TARGET,
    "minCapacity",
    fewer,
    (before, after) => `keeps at least ${after} instead of ${before} tasks`,
  ],
  [
    TARGET,
    "maxCapacity",
    fewer,
    (before, after) => `grows to ${after} instead of ${before} tasks at most`,
  ],
  [SERVICE, "networkConfiguration.subnets", fewer, subnets],
  ["aws:lb/loadBalancer:LoadBalancer", "subnets", fewer, subnets],
  [
    SERVICE,
    "deploymentCircuitBreaker.rollback",
    off,
    () => "does not go back by itself when tasks of a deployment fail",
  ],
  [
    SERVICE,
    "alarms.rollback",
    off,
    () => "does not go back by itself when alarms fire during a deployment",
  ],
  ["aws:rds/instance:Instance", "multiAz", off, () => "has no stand-by in another zone any more"],
  [CACHE, "automaticFailoverEnabled", off, () => "does not fail over by itself any more"],
  [CACHE, "numCacheClusters", fewer, (before, after) => `has ${after} instead of ${before} nodes`],
  [
    "aws:dynamodb/table:Table",
    "replicas",
    fewer,
    (before, after) => `has ${after} instead of ${before} replicas in other regions`,
  ],
];

/** What a change leaves with less to fall back on, as facts without their subject. */
export function lessRedundant(change: ResourceChange, all: readonly ResourceChange[]): string[] {
  const { type, operation, before, after } = change;
  if (type === NAT && sharesTheRest(change, all))
    return [
      "is deleted: private tasks of its zone use another's, and lose their way out with that one",
    ];
  if (operation !== "update" && operation !== "replace") return [];
  const facts = changedSettings(SETTINGS, change);
  const spot = type === SERVICE && !onSpot(before) && onSpot(after);
  return [...facts, ...(spot ? ["may run on Spot capacity alone"] : [])];
}

const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";

/** Whether the routes to a NAT gateway that goes lead to another one now. */
export function sharesTheRest(
  { type, operation }: ResourceChange,
  all: readonly ResourceChange[],
): boolean {
  if (type !== NAT || operation !== "delete") return false;
  const routes = all.filter((other) => other.type === ROUTE);
  return (
    routes.some(({ properties }) => properties.some(({ path }) => path === "natGatewayId")) &&
    routes.every((route) => route.operation !== "delete")
  );
}

/** No task is sure to run on capacity that AWS does not take away. */
function onSpot(inputs: Readonly<Record<string, Value>> = {}): boolean {
  const strategies = list(inputs["capacityProviderStrategies"]).map(record);
  const owned = strategies.filter((one) => one["capacityProvider"] !== "FARGATE_SPOT");
  const sure = owned.some((one) => Number(valueAt(one, "base") ?? 0) > 0);
  const shared = owned.some((one) => Number(valueAt(one, "weight") ?? 0) > 0);
  return strategies.length > 0 && !sure && !shared;
}
