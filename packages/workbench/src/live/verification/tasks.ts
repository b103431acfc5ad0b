import type { Task } from "@aws-sdk/client-ecs";
import { ownContainer } from "../../ecs/own-container.ts";
import { defined } from "../../lib/defined.ts";
import type { Clients } from "./clients.ts";
import { isFailure, type FailedTask } from "./evidence.ts";

/** DescribeTasks takes up to 100 tasks. */
const PAGE = 100;

type Address = Readonly<Record<"clusterName" | "serviceName", string>>;

/** Tasks of a revision that failed since a time, in the last hour at most: ECS keeps them no longer. */
export async function failedTasks(
  clients: Pick<Clients, "ecs">,
  address: Address,
  taskDefinition: string,
  since: number,
): Promise<Task[]> {
  const stopped = await tasks(clients, address, "STOPPED");
  return stopped.filter(
    (task) =>
      task.taskDefinitionArn === taskDefinition &&
      (task.createdAt?.getTime() ?? 0) >= since &&
      isFailure(task.stopCode, task.stoppedReason),
  );
}

/** Tasks of a service that run or are on their way to it. */
export const runningTasks = (clients: Pick<Clients, "ecs">, address: Address): Promise<Task[]> =>
  tasks(clients, address, "RUNNING");

async function tasks(
  { ecs }: Pick<Clients, "ecs">,
  { clusterName, serviceName }: Address,
  desiredStatus: "RUNNING" | "STOPPED",
): Promise<Task[]> {
  const listed = await ecs.listTasks({
    cluster: clusterName,
    serviceName,
    desiredStatus,
    maxResults: PAGE,
  });
  if (listed.taskArns === undefined || listed.taskArns.length === 0) return [];
  const described = await ecs.describeTasks({ cluster: clusterName, tasks: listed.taskArns });
  return described.tasks ?? [];
}

/** Private addresses, by which the load balancer knows them, of a revision's running tasks. */
export async function addressesOf(
  clients: Pick<Clients, "ecs">,
  address: Address,
  taskDefinition: string,
): Promise<ReadonlySet<string>> {
  const running = await runningTasks(clients, address);
  return new Set(
    running
      .filter(({ taskDefinitionArn }) => taskDefinitionArn === taskDefinition)
      .flatMap(({ attachments = [] }) => attachments)
      .flatMap(({ details = [] }) => details)
      .flatMap(({ name, value }) => (name === "privateIPv4Address" ? (value ?? []) : [])),
  );
}

/** `1f0c2d...` of `arn:aws:ecs:eu-west-1:123456789012:task/cluster/1f0c2d...`. */
export function taskId(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf("/") + 1);
}

/** @param containerName - the service's own container. @default - the first that failed, or else the first */
export function failedTask(task: Task, containerName?: string): FailedTask {
  const failed = task.containers?.filter(
    ({ exitCode, reason }) => (exitCode ?? 0) !== 0 || reason !== undefined,
  );
  // A side-car's code is worth nothing while the app has one.
  const container =
    ownContainer(failed, containerName) ?? ownContainer(task.containers, containerName);
  const stopped = task.executionStoppedAt ?? task.stoppingAt ?? task.stoppedAt;
  const lifetime =
    task.startedAt === undefined || stopped === undefined
      ? undefined
      : (stopped.getTime() - task.startedAt.getTime()) / 1000;
  return {
    id: taskId(task.taskArn ?? ""),
    ...defined({
      stopCode: task.stopCode,
      stoppedReason: task.stoppedReason,
      exitCode: container?.exitCode,
      containerReason: container?.reason,
      lifetimeSeconds: lifetime,
    }),
    stoppedAt: (task.stoppedAt ?? stopped)?.getTime() ?? 0,
  };
}
