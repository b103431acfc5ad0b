import { list, number, ofType, pairs, record, text } from "../plan-reader.ts";
import { defined } from "../../lib/defined.ts";
import {
  plannedDeployment,
  plannedServices,
  plannedTargetGroup,
  targetGroupsOf,
  type PlannedService,
} from "../services.ts";
import type { Json, Plan, PlannedResource } from "../types.ts";
import { firstShare, type DeploymentStrategy } from "../../ecs/deployment.ts";
import { rollbackAlarm, rollbackAlarms, type RollbackAlarm } from "./rollback-alarms.ts";

/** What decides how a deployment goes, read from the inputs of the planned resources. Seconds, as in ECS. */
export interface RolloutInputs {
  stack: string;
  /** Logical name of the ECS service. */
  service: string;
  strategy: DeploymentStrategy;
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  healthCheckGraceSeconds: number;
  circuitBreaker: boolean;
  /** Alarms that roll back; empty when alarms are off. */
  alarms: RollbackAlarm[];
  bakeSeconds: number;
  canaryPercent: number;
  canaryBakeSeconds: number;
  stepPercent: number;
  stepBakeSeconds: number;
  /** Longest wait for a person; 0 without approval. */
  approvalSeconds: number;
  check: { intervalSeconds: number; timeoutSeconds: number; unhealthyThreshold: number };
  deregistrationDelaySeconds: number;
  stopTimeoutSeconds: number;
  idleTimeoutSeconds: number;
  /** Longest time that the app takes for a request; absent when the configuration names none. */
  requestTimeoutSeconds?: number;
  /** From the container's environment; absent where a foreign platform does not set them. */
  keepAliveSeconds?: number;
  drainDelaySeconds?: number;
  shutdownDeadlineSeconds?: number;
  /** Size of a task. */
  vcpu: number;
  memoryGb: number;
  architecture: "arm64" | "amd64";
  region?: string;
}

/**
 * Reads the ECS services of a plan with what they depend on, the main one first. Where an input is not set, the default of
 * the AWS API stands in. Only a service behind a target group has a rollout to compute.
 */
export function rolloutInputs(plan: Plan): RolloutInputs[] {
  return plannedServices(plan).flatMap((service) => serviceInputs(plan, service) ?? []);
}

function serviceInputs(
  plan: Plan,
  { name, resource: service, taskDefinition, target, container }: PlannedService,
): RolloutInputs | undefined {
  const groups = targetGroupsOf(plan, { target });
  const group = groups.find(({ outputs }) => outputs["arn"] === target["targetGroupArn"]);
  const task = taskDefinition?.inputs;
  if (group === undefined || task === undefined) return undefined;
  const { healthCheck: check, deregistrationDelaySeconds } = plannedTargetGroup(group);
  const loadBalancer = ofType(plan, "aws:lb/loadBalancer:LoadBalancer")[0]?.inputs;
  const environment = pairs(container["environment"]);
  const rollout = deployment(service);
  return {
    stack: plan.stack,
    service: name,
    ...rollout,
    alarms: rollbackAlarms(plan, service).map((alarm) =>
      rollbackAlarm(
        plan,
        alarm,
        groups.map((one) => one.name),
        firstShare({ ...rollout, deploymentStrategy: rollout.strategy }),
      ),
    ),
    check,
    deregistrationDelaySeconds,
    stopTimeoutSeconds: number(container["stopTimeout"]) ?? 30,
    idleTimeoutSeconds: number(loadBalancer?.["idleTimeout"]) ?? 60,
    ...defined({
      requestTimeoutSeconds: number(plan.config["requestTimeoutSeconds"]),
      keepAliveSeconds: number(environment["KEEP_ALIVE_TIMEOUT_SECONDS"]),
      drainDelaySeconds: number(environment["DRAIN_DELAY_SECONDS"]),
      shutdownDeadlineSeconds: number(environment["SHUTDOWN_DEADLINE_SECONDS"]),
      region: text(plan.config["aws:region"]),
    }),
    vcpu: (number(task["cpu"]) ?? 0) / 1024,
    memoryGb: (number(task["memory"]) ?? 0) / 1024,
    architecture:
      text(record(task["runtimePlatform"])["cpuArchitecture"]) === "ARM64" ? "arm64" : "amd64",
  };
}

const minutes = (value: Json | undefined, fallback = 0): number => (number(value) ?? fallback) * 60;

function deployment(service: PlannedResource) {
  const settings = record(service.inputs["deploymentConfiguration"]);
  const canary = record(settings["canaryConfiguration"]);
  const linear = record(settings["linearConfiguration"]);
  const pauses = list(settings["lifecycleHooks"])
    .map(record)
    .filter((hook) => hook["targetType"] === "PAUSE");
  return {
    ...plannedDeployment(service),
    circuitBreaker: record(service.inputs["deploymentCircuitBreaker"])["enable"] === true,
    bakeSeconds: minutes(settings["bakeTimeInMinutes"]),
    // Defaults of the API where a strategy leaves its numbers out.
    canaryPercent: number(canary["canaryPercent"]) ?? 5,
    canaryBakeSeconds: minutes(canary["canaryBakeTimeInMinutes"], 10),
    stepPercent: number(linear["stepPercent"]) ?? 10,
    stepBakeSeconds: minutes(linear["stepBakeTimeInMinutes"], 6),
    approvalSeconds: pauses.reduce(
      (sum, hook) => sum + minutes(record(hook["timeoutConfiguration"])["timeoutInMinutes"], 1440),
      0,
    ),
  };
}
