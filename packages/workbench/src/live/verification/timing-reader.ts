import { awsErrorKind } from "./aws-errors.ts";
import { ownContainer } from "../../ecs/own-container.ts";
import { defined } from "../../lib/defined.ts";
import type { Clients } from "./clients.ts";
import { describeService, type ServiceAddress } from "./ecs-reader.ts";
import { DEFAULT_TIMING, type Timing } from "../../ecs/timing.ts";

/** The settings of the live service that decide how long a deployment takes; AWS's defaults where they are not readable. */
export async function readTiming(clients: Clients, address: ServiceAddress): Promise<Timing> {
  const service = await describeService(clients, address);
  if (service === undefined) return DEFAULT_TIMING;
  const configuration = service.deploymentConfiguration;
  const { canaryConfiguration, linearConfiguration, alarms } = configuration ?? {};
  return {
    ...DEFAULT_TIMING,
    strategy: configuration?.strategy ?? "ROLLING",
    desired: service.desiredCount ?? 1,
    bakeMinutes: configuration?.bakeTimeInMinutes ?? 0,
    canaryBakeMinutes: canaryConfiguration?.canaryBakeTimeInMinutes ?? 0,
    stepPercent: linearConfiguration?.stepPercent ?? 100,
    stepBakeMinutes: linearConfiguration?.stepBakeTimeInMinutes ?? 0,
    alarms: alarms?.enable ?? false,
    healthCheckGraceSeconds: service.healthCheckGracePeriodSeconds ?? 0,
    ...(await optional(() => targetGroup(clients, service.loadBalancers?.[0]?.targetGroupArn))),
    ...(await optional(() => stopTimeout(clients, service.taskDefinition, address))),
  };
}

async function targetGroup({ elb }: Clients, arn: string | undefined): Promise<Partial<Timing>> {
  if (arn === undefined) return { healthCheckIntervalSeconds: 0, deregistrationDelaySeconds: 0 };
  const groups = await elb.describeTargetGroups({ TargetGroupArns: [arn] });
  const group = groups.TargetGroups?.[0];
  const attributes = await elb.describeTargetGroupAttributes({ TargetGroupArn: arn });
  const delay = attributes.Attributes?.find(
    ({ Key }) => Key === "deregistration_delay.timeout_seconds",
  )?.Value;
  return defined({
    healthCheckIntervalSeconds: group?.HealthCheckIntervalSeconds,
    healthyThreshold: group?.HealthyThresholdCount,
    unhealthyThreshold: group?.UnhealthyThresholdCount,
    deregistrationDelaySeconds: delay === undefined ? undefined : Number(delay),
  });
}

async function stopTimeout(
  { ecs }: Clients,
  taskDefinition: string | undefined,
  { containerName }: ServiceAddress,
): Promise<Partial<Timing>> {
  if (taskDefinition === undefined) return {};
  const answer = await ecs.describeTaskDefinition({ taskDefinition });
  const seconds = ownContainer(
    answer.taskDefinition?.containerDefinitions,
    containerName,
  )?.stopTimeout;
  return seconds === undefined ? {} : { stopTimeoutSeconds: seconds };
}

/** A deadline from defaults is better than none; throttling and missing credentials concern the caller. */
async function optional(read: () => Promise<Partial<Timing>>): Promise<Partial<Timing>> {
  try {
    return await read();
  } catch (error) {
    if (["throttled", "credentials"].includes(awsErrorKind(error))) throw error;
    return {};
  }
}
