import { probableCause } from "./causes.ts";
import type { Evidence, FailedTask } from "./evidence.ts";
import type { FailedState, WaitingFor } from "./judge.ts";
import { PLACE, saidLines } from "./log-line.ts";
import { revisionNumber, primaryRollout, type Observation } from "./observation.ts";
import { duration } from "../../ecs/timing.ts";
import { counted } from "../../lib/words.ts";

export interface PostMortem {
  /** Stack that the commands in the text name. */
  stack: string;
  serviceName: string;
  /** ARN of the task definition that was asked for. */
  asked: string;
  state: FailedState;
  /** What an unfinished deployment was waiting for. */
  waitingFor?: WaitingFor;
  /** Whether the verification itself asked for a rollback. */
  stopped: boolean;
  elapsedSeconds: number;
  observation: Observation;
  evidence: Evidence;
}

const LOG_LINES = 3;
const SHOWN_LIFETIMES = 3;

/** What a failed deployment tells its user: what happened, why, the probable cause, what to do next. Several lines. */
export function postMortem(subject: PostMortem): string {
  const lines: [string, string][] = [
    ...why(subject).map((text): [string, string] => ["why", text]),
    ["cause", cause(subject)],
    ...traffic(subject).map((text): [string, string] => ["traffic", text]),
    ...lastLogLines(subject.evidence).map((text): [string, string] => ["log", text]),
    ...subject.evidence.gaps.map((text): [string, string] => ["gap", text]),
    ["next", next(subject)],
    ["logs", logsCommand(subject)],
  ];
  return [headline(subject), ...lines.map(([label, text]) => `  ${label.padEnd(8)}${text}`)].join(
    "\n",
  );
}

/** The revision that the newest deployment asked for, and the one that runs. */
function revisions({ asked, observation }: PostMortem): { asked: string; running: string } {
  const { deployment } = observation;
  return {
    asked: revisionNumber(deployment?.target.taskDefinition ?? asked),
    running: revisionNumber(
      deployment?.source?.taskDefinition ?? primaryRollout(observation)?.taskDefinition ?? "",
    ),
  };
}

function headline(subject: PostMortem): string {
  const { asked, running } = revisions(subject);
  switch (subject.state) {
    case "rolled-back":
      return asked === running
        ? `the new deployment of revision ${asked} was rolled back: its new tasks are gone, the ones from before run.`
        : `the deployment was rolled back: revision ${asked} is not running, revision ${running} is.`;
    case "rollback-failed":
      return `the deployment of revision ${asked} failed, and so did the rollback to revision ${running}.`;
    case "stopped":
      return `the deployment was stopped and not rolled back: revision ${asked} is only partly there, beside revision ${running}.`;
    case "first-failed":
      return `the first deployment never became healthy: revision ${asked} does not run, and there is none before it to go back to.`;
    case "superseded":
      return `the service is not on what was asked for: revision ${revisionNumber(subject.asked)} was, but ${onto(subject)}.`;
    case "unstable":
      return `revision ${asked} does not stay up: ECS called its deployment done, but its tasks stop again. Now ${counts(subject.observation)}.`;
    case "undecided":
      return undecided(subject, asked);
    case "missing":
      return `the service ${subject.serviceName} does not exist, or was deleted.`;
  }
}

function onto({ observation }: PostMortem): string {
  const primary = primaryRollout(observation);
  const target = observation.deployment?.target.taskDefinition ?? primary?.taskDefinition;
  return target === undefined
    ? "it has no deployment"
    : `its newest deployment is of revision ${revisionNumber(target)}`;
}

/** `1 of 3 tasks runs, 0 are healthy`. */
function counts(observation: Observation): string {
  const running = primaryRollout(observation)?.running ?? 0;
  const { desired, healthyTargets } = observation;
  const health = healthyTargets === undefined ? "" : `, ${isAre(healthyTargets)} healthy`;
  return `${running} of ${count(desired, "task")} ${running === 1 ? "runs" : "run"}${health}`;
}

const isAre = (n: number): string => `${n} ${n === 1 ? "is" : "are"}`;

function undecided({ waitingFor, elapsedSeconds, observation }: PostMortem, asked: string): string {
  const time = duration(elapsedSeconds);
  const primary = primaryRollout(observation);
  const running = observation.deployment?.target.running ?? primary?.running ?? 0;
  const desired = observation.deployment?.target.requested ?? observation.desired;
  if (waitingFor === "rollback")
    return `undecided: the rollback of revision ${asked} did not finish in ${time}.`;
  return waitingFor === "stability"
    ? `undecided: revision ${asked} is deployed, but was not complete for long enough in ${time}. Now ${counts(observation)}.`
    : `undecided: the deployment did not finish in ${time}: ${running} of ${desired} tasks of revision ${asked} run. It was not stopped.`;
}

function why(subject: PostMortem): string[] {
  const { evidence, observation, stopped } = subject;
  const { asked } = revisions(subject);
  const failed = groups(evidence.tasks).map(
    ([text, tasks]) =>
      `${count(tasks.length, "task")} of revision ${asked} stopped: ${text}${lifetimes(tasks)}`,
  );
  const unhealthy = evidence.unhealthy.map(
    ({ count: n, reason, description }) =>
      `${count(n, "target")} of revision ${asked} ${n === 1 ? "is" : "are"} unhealthy: ${description === "" ? reason : `${description} (${reason})`}`,
  );
  const alarms =
    evidence.triggeredAlarms.length === 0
      ? []
      : [`alarm ${evidence.triggeredAlarms.join(", ")} went off`];
  const ours = stopped
    ? ["ECS has no circuit breaker for this strategy, so the verification asked for the rollback"]
    : [];
  const found = [...failed, ...unhealthy, ...alarms];
  if (found.length > 0) return [...found, ...ours];
  const said = observation.deployment?.reason ?? primaryRollout(observation)?.reason;
  return [...(said === undefined ? evidence.events.slice(0, 1) : [said]), ...ours];
}

/** Tasks that stopped in the same way, most of them first. */
function groups(tasks: readonly FailedTask[]): [string, FailedTask[]][] {
  const byText = Map.groupBy(tasks, describe);
  return [...byText].sort(([, a], [, b]) => b.length - a.length);
}

const STOP_CODES: Readonly<Record<string, string>> = {
  EssentialContainerExited: "essential container exited",
  TaskFailedToStart: "failed to start",
  ServiceSchedulerInitiated: "stopped by the service scheduler",
};

function describe(task: FailedTask): string {
  const reason = task.stoppedReason ?? "";
  const start = STOP_CODES[task.stopCode ?? ""] ?? task.stopCode ?? "stopped";
  const parts = [
    // The stop code says what ECS's default sentence says.
    task.stopCode === "EssentialContainerExited" || reason === "" ? start : withoutIds(reason),
    ...(task.exitCode === undefined || task.stopCode === "ServiceSchedulerInitiated"
      ? []
      : [`exit code ${task.exitCode}`]),
    ...(task.containerReason === undefined || reason.includes(task.containerReason)
      ? []
      : [task.containerReason]),
  ];
  return parts.join(", ");
}

/** Task and target names differ in each reason; without them the same failure reads the same. */
function withoutIds(reason: string): string {
  return reason
    .replaceAll(/\(target-group arn:[^)]*\)/g, "the target group")
    .replaceAll(/ ?arn:[\w-]+:elasticloadbalancing:\S+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function lifetimes(tasks: readonly FailedTask[]): string {
  const seconds = tasks.flatMap(({ lifetimeSeconds }) => lifetimeSeconds ?? []);
  if (seconds.length === 0) return "";
  const shown = seconds.slice(0, SHOWN_LIFETIMES).map((value) => `${value.toFixed(1)} s`);
  return ` (after ${shown.join(", ")}${seconds.length > SHOWN_LIFETIMES ? ", ..." : ""})`;
}

function cause({ evidence, state }: PostMortem): string {
  const found = probableCause(evidence);
  if (found !== undefined) return found;
  if (state === "superseded") return "somebody or something else deployed to the service meanwhile";
  if (state === "missing") return "it was deleted outside of this stack";
  return "unknown: no task failed, no target is unhealthy, and the log says nothing";
}

function traffic(subject: PostMortem): string[] {
  const { state, observation, evidence } = subject;
  const { running, asked } = revisions(subject);
  const source = observation.deployment?.source;
  const share = observation.deployment?.target.trafficPercent;
  switch (state) {
    case "rolled-back":
      return [
        `revision ${running} serves${observation.running === 0 ? " nothing: no task runs" : ` with ${count(observation.running, "task")}`}`,
      ];
    case "rollback-failed":
    case "stopped":
    case "unstable":
    case "undecided":
      return [
        source === undefined
          ? `${count(evidence.healthyTargets, "healthy target")} of revision ${asked}, and no other revision`
          : `revision ${revisionNumber(source.taskDefinition)} has ${count(source.running, "running task")}, revision ${asked} ${count(evidence.healthyTargets, "healthy target")}${share === undefined ? "" : ` and ${share} % of the traffic`}`,
      ];
    case "first-failed":
      return ["nothing serves"];
    case "superseded":
    case "missing":
      return [];
  }
}

/** The last lines that say something; what an app logs and Node prints once more is shown once. */
function lastLogLines({ logLines }: Evidence): string[] {
  const messages = saidLines(logLines);
  const bare = messages.map((message) => message.replace(PLACE, ""));
  return messages
    .filter((_, index) => bare.lastIndexOf(bare[index] ?? "") === index)
    .slice(-LOG_LINES);
}

function next(subject: PostMortem): string {
  const { stack, state, waitingFor, observation } = subject;
  const { running } = revisions(subject);
  const rollback = `\`npm run rollback -- ${stack}\``;
  switch (state) {
    case "rolled-back":
      return `fix it and run \`pulumi up\` again, or ${rollback} to make the state agree with revision ${running}`;
    case "rollback-failed":
    case "stopped":
      return `${rollback} deploys the last revision that worked; then fix it and run \`pulumi up\` again`;
    case "first-failed":
      return "fix it and run `pulumi up` again";
    case "superseded":
      return `\`npm run status -- ${stack}\` shows what runs; \`pulumi up --refresh\` deploys what the stack asks for`;
    case "unstable":
      return observation.deployment?.source === undefined
        ? "fix it and run `pulumi up` again"
        : `fix it and run \`pulumi up\` again, or ${rollback} to go back to the version before`;
    case "undecided":
      return waitingFor === "rollback"
        ? `\`npm run verify -- ${stack}\` goes on waiting`
        : `ECS goes on trying: \`npm run verify -- ${stack}\` goes on waiting, ${rollback} goes back`;
    case "missing":
      return "`pulumi up --refresh` creates it again";
  }
}

function logsCommand({ stack, evidence }: PostMortem): string {
  const task = evidence.tasks[0];
  return `npm run logs -- ${stack}${task === undefined ? " --since 15m" : ` --task ${task.id.slice(0, 6)} --tail 50`}`;
}

/** `1 task`, `3 tasks`, `no task`. */
function count(n: number, noun: string): string {
  return n === 0 ? `no ${noun}` : counted(n, noun);
}
