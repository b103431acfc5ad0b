import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { defined } from "../../lib/defined.ts";
import { excused, isNamed } from "../../lib/excused.ts";
import { awsErrorText } from "./aws-errors.ts";
import type { Clients } from "./clients.ts";
import { describeService, type ServiceAddress } from "./ecs-reader.ts";
import type { Evidence, Expectations, FailedTask, UnhealthyTargets } from "./evidence.ts";
import type { Observation } from "./observation.ts";
import { ownContainer } from "../../ecs/own-container.ts";
import { failedTask, failedTasks } from "./tasks.ts";

const LOG_LINES = 50;

/**
 * Gathers what explains a failed deployment. What cannot be read becomes a gap of the evidence: a missing permission
 * must not hide the failure itself.
 * @param asked - ARN of the task definition that was asked for
 */
export async function readEvidence(
  clients: Clients,
  address: ServiceAddress,
  asked: string,
  observation: Observation,
): Promise<Evidence> {
  const gaps: string[] = [];
  const attempt = async <T>(what: string, otherwise: T, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      gaps.push(`${what} could not be read: ${awsErrorText(error)}`);
      return otherwise;
    }
  };
  const { deployment } = observation;
  const target = deployment?.target.taskDefinition ?? asked;
  const since = deployment?.createdAt ?? 0;

  const definition = await attempt("the task definition", undefined, async () => {
    const answer = await clients.ecs.describeTaskDefinition({ taskDefinition: target });
    return answer.taskDefinition;
  });
  const service = await attempt("the service", undefined, () => describeService(clients, address));
  const tasks = await attempt("the stopped tasks", [], async () => {
    const failed = await failedTasks(clients, address, target, since);
    return failed
      .map((task) => failedTask(task, address.containerName))
      .sort((a, b) => b.stoppedAt - a.stoppedAt);
  });
  const targetGroup = deployment?.target.targetGroup ?? service?.loadBalancers?.[0]?.targetGroupArn;
  const health = await attempt("the target health", [], async () => {
    if (targetGroup === undefined) return [];
    const answer = await clients.elb.describeTargetHealth({ TargetGroupArn: targetGroup });
    return answer.TargetHealthDescriptions ?? [];
  });
  return {
    tasks,
    logLines: await attempt("the log of the failed task", [], () =>
      lastLines(clients, address, definition, tasks[0]),
    ),
    unhealthy: unhealthyTargets(health),
    healthyTargets: health.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length,
    events: (service?.events ?? [])
      .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since)
      .flatMap(({ message }) => message ?? []),
    triggeredAlarms: deployment?.triggeredAlarms ?? [],
    expected: await attempt("the target group", expectations(definition, address), async () => ({
      ...expectations(definition, address),
      ...(await healthCheck(clients, targetGroup)),
    })),
    gaps,
  };
}

/** Where the log driver of the service's own container writes the log of a task. */
export function logStream(
  definition: TaskDefinition,
  { containerName }: Pick<ServiceAddress, "containerName">,
  task: string,
): { logGroupName: string; logStreamName: string } | undefined {
  const container = ownContainer(definition.containerDefinitions, containerName);
  const options = container?.logConfiguration?.options;
  const group = options?.["awslogs-group"];
  const prefix = options?.["awslogs-stream-prefix"];
  return group === undefined || prefix === undefined
    ? undefined
    : { logGroupName: group, logStreamName: `${prefix}/${container?.name ?? ""}/${task}` };
}

async function lastLines(
  { logs }: Clients,
  address: ServiceAddress,
  definition: TaskDefinition | undefined,
  task: FailedTask | undefined,
): Promise<string[]> {
  const stream =
    definition === undefined || task === undefined
      ? undefined
      : logStream(definition, address, task.id);
  if (stream === undefined) return [];
  const answer = await logs
    .getLogEvents({ ...stream, startFromHead: false, limit: LOG_LINES })
    .catch(excused(isMissing, undefined));
  return (answer?.events ?? []).flatMap(({ message }) => message ?? []);
}

/** Of a log stream: it appears with the first line, and a task that never started has none. */
export const isMissing = isNamed("ResourceNotFoundException");

/** States that say nothing bad: on the way in, on the way out, or not used at all. */
const UNDECIDED = new Set(["healthy", "initial", "draining", "unused"]);

function unhealthyTargets(health: readonly TargetHealthDescription[]): UnhealthyTargets[] {
  const failing = health.flatMap(({ TargetHealth }) =>
    TargetHealth === undefined || UNDECIDED.has(TargetHealth.State ?? "") ? [] : [TargetHealth],
  );
  const byReason = Map.groupBy(failing, ({ Reason, Description }) =>
    JSON.stringify([Reason ?? "unhealthy", Description ?? ""]),
  );
  return [...byReason].map(([key, group]) => {
    const [reason, description] = JSON.parse(key) as [string, string];
    return { count: group.length, reason, description };
  });
}

function expectations(
  definition: TaskDefinition | undefined,
  { containerName }: ServiceAddress,
): Expectations {
  const container = ownContainer(definition?.containerDefinitions, containerName);
  const memory = Number(definition?.memory);
  return defined({
    containerPort: container?.portMappings?.[0]?.containerPort,
    cpuArchitecture: definition?.runtimePlatform?.cpuArchitecture,
    memoryMiB: Number.isNaN(memory) ? undefined : memory,
  });
}

async function healthCheck(
  { elb }: Clients,
  targetGroup: string | undefined,
): Promise<Expectations> {
  if (targetGroup === undefined) return {};
  const answer = await elb.describeTargetGroups({ TargetGroupArns: [targetGroup] });
  const group = answer.TargetGroups?.[0];
  return defined({
    healthPath: group?.HealthCheckPath,
    healthTimeoutSeconds: group?.HealthCheckTimeoutSeconds,
  });
}
