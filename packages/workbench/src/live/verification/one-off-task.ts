import type { NetworkConfiguration, Task } from "@aws-sdk/client-ecs";
import { OpsError } from "../errors.ts";
import { excused } from "../../lib/excused.ts";
import { isMomentary } from "./aws-errors.ts";
import type { Clients } from "./clients.ts";
import { describeService, type ServiceAddress } from "./ecs-reader.ts";
import { isMissing, logStream } from "./evidence-reader.ts";
import { ownContainer } from "../../ecs/own-container.ts";
import { failedTask, taskId } from "./tasks.ts";
import type { Clock } from "./watch.ts";

/** A command that runs once, in the service's image, network and role. */
export interface OneOff extends ServiceAddress {
  /** ARN of the task definition. */
  taskDefinitionArn: string;
  /** Arguments for the image's entry point. */
  command: readonly string[];
  /** Where the task runs. @default - where the tasks of the service do */
  networkConfiguration?: NetworkConfiguration;
}

export interface OneOffHooks {
  clock: Clock;
  /** The task was accepted by ECS. */
  started: (taskId: string) => void;
  /** A line of the task's log. */
  line: (text: string) => void;
}

export interface OneOffResult {
  taskId: string;
  /** Absent when the container never ran. */
  exitCode?: number;
  /** ECS's sentence about the end. */
  reason: string;
}

/** The task could not be started; the message is a sentence. */
export class NotStartedError extends OpsError {}

const POLL_SECONDS = 2;
/** Lines reach CloudWatch a moment after the container is gone. */
const LOG_SETTLES_SECONDS = 5;

/**
 * Runs a command as a task of its own and follows it to its end.
 * @throws NotStartedError when ECS does not start the task
 */
export async function runOneOff(
  clients: Clients,
  oneOff: OneOff,
  { clock, started, line }: OneOffHooks,
): Promise<OneOffResult> {
  const networkConfiguration =
    oneOff.networkConfiguration ?? (await networkOfService(clients, oneOff));
  const definition = await clients.ecs.describeTaskDefinition({
    taskDefinition: oneOff.taskDefinitionArn,
  });
  const { name: container = "", entryPoint = [] } =
    ownContainer(definition.taskDefinition?.containerDefinitions, oneOff.containerName) ?? {};
  const command = argumentsFor(entryPoint, oneOff.command);
  const task = await start(clients, { ...oneOff, command }, networkConfiguration, container);
  const id = taskId(task.taskArn ?? "");
  started(id);
  const stream =
    definition.taskDefinition === undefined
      ? undefined
      : logStream(definition.taskDefinition, oneOff, id);
  const log = stream === undefined ? undefined : new LogTail(clients, stream, line);
  for (;;) {
    const now = await describe(clients, oneOff.clusterName, task.taskArn ?? "");
    await log?.read();
    if (now?.lastStatus === "STOPPED") {
      await clock.sleep(LOG_SETTLES_SECONDS * 1000);
      await log?.read();
      const { exitCode, stoppedReason, containerReason } = failedTask(now, container);
      return {
        taskId: id,
        ...(exitCode === undefined ? {} : { exitCode }),
        reason: containerReason ?? stoppedReason ?? "",
      };
    }
    await clock.sleep(POLL_SECONDS * 1000);
  }
}

/** What goes to the entry point: `node x.js` is `x.js` where the entry point is node already. */
export function argumentsFor(entryPoint: readonly string[], command: readonly string[]): string[] {
  const [program, ...rest] = command;
  const last = entryPoint.at(-1);
  const same = last !== undefined && program === last.slice(last.lastIndexOf("/") + 1);
  return same && rest.length > 0 ? rest : [...command];
}

async function networkOfService(
  clients: Clients,
  address: ServiceAddress,
): Promise<NetworkConfiguration | undefined> {
  const service = await describeService(clients, address);
  if (service === undefined)
    throw new NotStartedError(`The service ${address.serviceName} does not exist.`);
  return service.networkConfiguration;
}

async function start(
  { ecs }: Clients,
  { clusterName, taskDefinitionArn, command }: OneOff,
  networkConfiguration: NetworkConfiguration | undefined,
  container: string,
): Promise<Task> {
  const answer = await ecs.runTask({
    cluster: clusterName,
    taskDefinition: taskDefinitionArn,
    count: 1,
    // On demand: a command that Spot may take away halfway would have to be written for it.
    launchType: "FARGATE",
    networkConfiguration,
    ...(command.length === 0
      ? {}
      : { overrides: { containerOverrides: [{ name: container, command: [...command] }] } }),
    enableECSManagedTags: true,
    propagateTags: "TASK_DEFINITION",
    startedBy: "koa-fargate/run-task",
  });
  const [task] = answer.tasks ?? [];
  if (task !== undefined) return task;
  const why = (answer.failures ?? []).map(({ reason, detail }) =>
    [reason, detail].filter((part) => part !== undefined).join(": "),
  );
  throw new NotStartedError(
    `ECS did not start the task: ${why.length === 0 ? "it gave no reason" : why.join("; ")}.`,
  );
}

async function describe(
  { ecs }: Clients,
  cluster: string,
  taskArn: string,
): Promise<Task | undefined> {
  const answer = await ecs
    .describeTasks({ cluster, tasks: [taskArn] })
    // The task runs on whether we see it or not.
    .catch(excused(isMomentary, undefined));
  return answer?.tasks?.[0];
}

/** Reads a log stream on from where the last read ended. */
class LogTail {
  readonly #clients: Clients;
  readonly #stream: { logGroupName: string; logStreamName: string };
  readonly #line: (text: string) => void;
  #token: string | undefined;

  constructor(
    clients: Clients,
    stream: { logGroupName: string; logStreamName: string },
    line: (text: string) => void,
  ) {
    this.#clients = clients;
    this.#stream = stream;
    this.#line = line;
  }

  async read(): Promise<void> {
    try {
      for (;;) {
        const answer = await this.#clients.logs.getLogEvents({
          ...this.#stream,
          startFromHead: true,
          ...(this.#token === undefined ? {} : { nextToken: this.#token }),
        });
        for (const { message } of answer.events ?? [])
          if (message !== undefined) this.#line(message);
        // The end of the stream gives back the token that was sent.
        if (answer.nextForwardToken === this.#token || answer.events?.length === 0) {
          this.#token = answer.nextForwardToken ?? this.#token;
          return;
        }
        this.#token = answer.nextForwardToken;
        if (this.#token === undefined) return;
      }
    } catch (error) {
      // The stream appears with the first line.
      if (!isMissing(error) && !isMomentary(error)) throw error;
    }
  }
}
