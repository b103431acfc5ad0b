import type { Task } from "@aws-sdk/client-ecs";
import { observe } from "../verification/ecs-reader.ts";
import { primaryRollout, revisionNumber, type Observation } from "../verification/observation.ts";
import { runningTasks, taskId } from "../verification/tasks.ts";
import { defined } from "../../lib/defined.ts";
import { counted, duration } from "../../lib/words.ts";
import { projectName } from "../../project/namespaces.ts";
import { delivery, type Delivery } from "../delivery.ts";
import { domainGap, frontOf } from "../domain.ts";
import { deploymentHistory, imageOf, type PastDeployment } from "../history.ts";
import { flag, serviceName, stackName } from "../options.ts";
import { shortDigest } from "../release/pins.ts";
import { readServices, readStack, type Stack } from "../stack.ts";
import { alignColumns, minute } from "../text.ts";
import type { Command, Invocation } from "../command.ts";

const HISTORY = 5;

export const statusCommand: Command = {
  name: "status",
  summary: "show what runs, how healthy it is, and the last deployments",
  usage: "STACK [SERVICE] [--json]",
  help: `  --json   one JSON object on standard output

  npm run status -- prod
  npm run --silent status -- prod --json | jq .running`,
  run: async (invocation) => {
    const service = serviceName(invocation);
    const name = stackName(invocation);
    const stacks =
      service === undefined
        ? await readServices(invocation.pulumi, name)
        : [await readStack(invocation.pulumi, name, service)];
    const json = flag(invocation, "json");
    const parts: string[] = [];
    for (const stack of stacks)
      parts.push(
        stack.schedule === undefined
          ? (json ? statusJson : statusText)(await statusOf(invocation, stack))
          : (json ? scheduleJson : scheduleText)(stack),
      );
    const [main = "", ...others] = parts;
    invocation.print(
      !json
        ? parts.join("\n\n")
        : others.length === 0
          ? main
          : `${main.slice(0, -1)},"services":[${others.join(",")}]}`,
    );
    return 0;
  },
};

async function statusOf(invocation: Invocation, stack: Stack): Promise<Status> {
  // Services beside the main one are deployed with it.
  const record = stack.name === stack.called ? deliveryOf(invocation, stack) : undefined;
  const clients = invocation.connect(stack.region);
  const observation = await observe(clients, stack);
  const taskDefinition = primaryRollout(observation)?.taskDefinition;
  return {
    stack,
    observation,
    image:
      taskDefinition === undefined ? undefined : await imageOf(clients.ecs, taskDefinition, stack),
    tasks: (await runningTasks(clients, stack)).map(taskStatus),
    history: await deploymentHistory(clients.ecs, stack, HISTORY),
    ...defined({
      delivery: await record,
      gap: await domainGap(stack.url, frontOf(stack), invocation.resolve),
    }),
  };
}

/** By the stack's record, which Pulumi keeps; undefined where it, the project or its commits cannot be read. Never rejects. */
async function deliveryOf(
  { pulumi, commitTime, now }: Invocation,
  { name }: Stack,
): Promise<Delivery | undefined> {
  try {
    const history = await pulumi.history(name);
    return await delivery(history, { key: `${projectName(".")}:image`, now: now(), commitTime });
  } catch {
    return undefined;
  }
}

/** A scheduled task has nothing that runs by itself. */
const scheduleText = ({ called, schedule }: Stack): string =>
  `${called}   starts at ${schedule?.expression ?? ""}`;

const scheduleJson = ({ name, service, schedule, taskDefinitionArn }: Stack): string =>
  JSON.stringify({
    stack: name,
    service,
    schedule: schedule?.expression,
    asked: revisionNumber(taskDefinitionArn),
  });

export interface Status {
  stack: Stack;
  observation: Observation;
  image: string | undefined;
  tasks: readonly TaskStatus[];
  history: readonly PastDeployment[];
  delivery?: Delivery;
  /** Where the name of the service leads, if not here. */
  gap?: string;
}

export interface TaskStatus {
  id: string;
  revision: string;
  /** `RUNNING`, `PENDING`, ... */
  status: string;
  /** Of the check inside the container: `HEALTHY`, `UNHEALTHY`, `UNKNOWN`. */
  health: string;
  zone: string;
  /** `FARGATE` or `FARGATE_SPOT`. */
  capacity: string;
  /** Milliseconds since 1970. */
  startedAt?: number;
}

function taskStatus(task: Task): TaskStatus {
  return {
    id: taskId(task.taskArn ?? ""),
    revision: revisionNumber(task.taskDefinitionArn ?? ""),
    status: task.lastStatus ?? "UNKNOWN",
    health: task.healthStatus ?? "UNKNOWN",
    zone: task.availabilityZone ?? "",
    capacity: task.capacityProviderName ?? task.launchType ?? "",
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt.getTime() }),
  };
}

export function statusText(status: Status): string {
  const { stack, observation, image, tasks, history } = status;
  const running = revisionNumber(primaryRollout(observation)?.taskDefinition ?? "");
  const asked = revisionNumber(stack.taskDefinitionArn);
  const { deployment } = observation;
  const where = [stack.url, stack.region, `account ${stack.accountId}`]
    .filter((part) => part !== undefined)
    .join("   ");
  const rows = observation.active
    ? {
        runs: `revision ${running}: ${counts(observation)}`,
        image: image && shortImage(image),
        asked:
          running === asked
            ? undefined
            : `revision ${asked}, which does not run: npm run verify -- ${stack.called} says why`,
        awaits: deployment?.pause && `npm run approve -- ${stack.called}, or reject`,
        record: deliveryText(status.delivery),
        name: status.gap,
      }
    : { runs: `nothing: the service ${stack.serviceName} does not exist` };
  const sections = [
    `${stack.called}   ${where}`,
    alignColumns(Object.entries(defined(rows)).map(([label, text]) => [`  ${label}`, text])),
    ...table("tasks", tasks.map(taskRow)),
    ...table(
      "deployments",
      history.map(({ revision, status, at, image: past }) => [
        `revision ${revision}`,
        status.toLowerCase().replaceAll("_", " "),
        minute(at),
        past === undefined ? "" : shortImage(past),
      ]),
    ),
  ];
  return sections.join("\n\n");
}

/** `12 deployments in 30 days, 1 failed; 14 min from commit to running; 6 min from failure to success` */
function deliveryText(of: Delivery | undefined): string | undefined {
  if (of === undefined || of.deployments === 0) return undefined;
  const { days, deployments, failed, leadTimeSeconds: lead, restoreSeconds: restore } = of;
  return [
    `${counted(deployments, "deployment")} in ${days} days, ${failed === 0 ? "none" : failed} failed`,
    ...(lead === undefined ? [] : [`${duration(lead)} from commit to running`]),
    ...(restore === undefined ? [] : [`${duration(restore)} from failure to success`]),
  ].join("; ");
}

function counts({ desired, running, healthyTargets }: Observation): string {
  if (desired === 0) return "asleep, no tasks";
  return `${running} of ${desired} tasks${healthyTargets === undefined ? "" : `, ${healthyTargets} healthy`}`;
}

const taskRow = (task: TaskStatus): string[] => [
  task.id.slice(0, 8),
  `revision ${task.revision}`,
  task.status.toLowerCase(),
  task.health === "UNKNOWN" ? "" : task.health.toLowerCase(),
  task.zone,
  task.capacity.toLowerCase().replace("_", " "),
  task.startedAt === undefined ? "" : `since ${minute(task.startedAt)}`,
];

const table = (title: string, rows: readonly string[][]): string[] =>
  rows.length === 0 ? [] : [`  ${title}\n${alignColumns(rows.map((row) => ["   ", ...row]))}`];

/** `registry-1a2b@abcdef123456`: the host says nothing that the stack does not. */
function shortImage(image: string): string {
  const [name = "", digest] = image.slice(image.indexOf("/") + 1).split("@");
  return digest === undefined ? name : `${name}@${shortDigest(digest)}`;
}

function statusJson({ stack, observation, image, tasks, history, delivery, gap }: Status): string {
  return JSON.stringify({
    stack: stack.name,
    ...(stack.name === stack.called ? {} : { service: stack.service }),
    url: stack.url,
    asked: revisionNumber(stack.taskDefinitionArn),
    running: revisionNumber(primaryRollout(observation)?.taskDefinition ?? ""),
    image,
    desired: observation.desired,
    runningTasks: observation.running,
    healthyTargets: observation.healthyTargets,
    awaitingApproval: observation.deployment?.pause !== undefined,
    tasks,
    deployments: history,
    delivery,
    nameGap: gap,
  });
}
