import type { Plan } from "../plan/types.ts";
import { assumedRules, numericAssumptions, TYPICAL, WORST } from "../plan/rollout/assumptions.ts";
import { startSeconds, stopSeconds, type Stage, type Timeline } from "../plan/rollout/timeline.ts";
import { clockTime, counted, duration, enumerated, timeAxis } from "../lib/words.ts";
import { floors, type Floor } from "../plan/rollout/detection.ts";
import { firstShare } from "../ecs/deployment.ts";
import type { RolloutInputs } from "../plan/rollout/inputs.ts";
import { assumptionsOf, noRollout, rollouts, type Rollout } from "../plan/rollout/rollout.ts";
import { reach, span } from "./rollout-section.ts";

/** Cells of the time axis. */
const WIDTH = 56;

/** The rollout of a plan with all its numbers and a picture of its timeline, for a terminal. */
export function rolloutText(plan: Plan): string {
  const all = rollouts(plan);
  if (all.length === 0) return noRollout(plan);
  return all.map((one) => oneText(plan, one, all.length > 1)).join("\n\n");
}

function oneText(plan: Plan, computed: Rollout, several: boolean): string {
  const { inputs, worst, typical, problems } = computed;
  return [
    `${plan.project} / ${plan.stack}${several ? ` / ${inputs.service}` : ""}   ${inputs.strategy}, ${duration(worst.seconds)} at worst, ${duration(typical.seconds)} typically`,
    "",
    ...picture(worst),
    "",
    ...rows(computed),
    ...(problems.length === 0 ? [] : ["", ...problems.map((problem) => `problem    ${problem}`)]),
  ].join("\n");
}

/** What the flags `--rollout` and `--assumptions` ask for. */
export function rolloutView(plan: Plan, asked: { rollout: boolean; assumptions: boolean }): string {
  return [
    ...(asked.rollout ? [rolloutText(plan)] : []),
    ...(asked.assumptions ? [assumptionsOf(plan)] : []),
  ].join("\n\n");
}

/** A bar for each stage, then the traffic of the new version and the tasks over the same time. */
export function picture(timeline: Timeline): string[] {
  const { stages, seconds } = timeline;
  if (seconds === Infinity || seconds === 0) return ["(nothing moves)"];
  const names = Math.max(...stages.map(({ name }) => name.length), "new version".length);
  const cell = (at: number): number => Math.round((at / seconds) * WIDTH);
  const bars = stages.map(({ name, from, to, percent, tasks }) => {
    const start = Math.min(cell(from), WIDTH - 1);
    const length = Math.max(1, cell(to) - start);
    const bar = `${" ".repeat(start)}${"█".repeat(length)}`.padEnd(WIDTH);
    return `${name.padEnd(names)}  ${bar}  ${clockTime(from)} - ${clockTime(to)}   ${share(percent)} to new, ${tasks} tasks`;
  });
  const line = (title: string, level: (stage: Stage) => number): string =>
    `${title.padEnd(names)}  ${columns(stages, seconds, level)}`;
  const most = Math.max(...stages.map(({ tasks }) => tasks));
  return [
    ...bars,
    "",
    line("new version", ({ percent }) => percent / 100),
    line("tasks", ({ tasks }) => tasks / most),
    `${"".padEnd(names)}  ${timeAxis(0, seconds, WIDTH)}`,
  ];
}

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

function columns(
  stages: readonly Stage[],
  seconds: number,
  level: (stage: Stage) => number,
): string {
  return Array.from({ length: WIDTH }, (_, index) => {
    const at = ((index + 0.5) / WIDTH) * seconds;
    const stage = stages.find(({ from, to }) => at >= from && at < to);
    const height = stage === undefined ? 0 : level(stage);
    return LEVELS[Math.round(height * (LEVELS.length - 1))] ?? LEVELS[0];
  }).join("");
}

function rows(computed: Rollout): string[] {
  const { inputs, detection, capacity, extra, worst } = computed;
  const start = startSeconds(inputs, WORST);
  const stop = stopSeconds(inputs, WORST);
  const failed = `${detection.failedTasks} failed tasks, counted by the ${detection.countedBy}`;
  const { alarms } = detection;
  return [
    `start      ${duration(start)}: ${WORST.taskStart} s for the task, ${WORST.appStart} s for the app, up to ${inputs.check.intervalSeconds} s until its first check (typically ${duration(startSeconds(inputs, TYPICAL))})`,
    `stop       ${duration(stop)}: ${inputs.deregistrationDelaySeconds} s to drain, ${stop - inputs.deregistrationDelaySeconds} s to end, killed after ${inputs.stopTimeoutSeconds} s`,
    `capacity   ${capacity.fewestServing} to ${capacity.mostRunning} tasks for ${inputs.desiredCount} desired, ${worst.seconds === Infinity ? "no end" : `${extra.taskHours.toFixed(2)} task-hours more (${extra.usd.toFixed(4)} USD)`}`,
    `crash      given up after ${duration(detection.crashSeconds)}, no request reaches it: ${failed}`,
    `never up   given up after ${duration(detection.neverHealthySeconds)}, no request reaches it: ${failed}`,
    `unhealthy  out after ${duration(detection.unhealthySeconds)}: ${inputs.check.unhealthyThreshold} checks, one every ${inputs.check.intervalSeconds} s`,
    alarms === undefined
      ? "answers    no alarm watches them: wrong answers roll nothing back"
      : `answers    wrong or slow ones raise an alarm after ${span(alarms)}; until then ${reach(detection.reachPercent)}, together as many as arrive in ${duration(detection.exposedSeconds)}`,
    ...floorRows(inputs),
    ...(computed.alarmBakeSeconds > 0
      ? [`alarms     watched for ${duration(computed.alarmBakeSeconds)} more (assumed)`]
      : []),
    ...(inputs.approvalSeconds > 0
      ? [
          `approval   waits for a person, up to ${duration(inputs.approvalSeconds)} more; then rolled back`,
        ]
      : []),
    `assumed    ${assumed(inputs)}: --assumptions`,
  ];
}

/** What each alarm needs to fire at all, while the new version has its first share of the traffic and once it has all. */
function floorRows(inputs: RolloutInputs): string[] {
  const words = ({ requests, alarms }: Floor): string => {
    const names = enumerated(alarms);
    return Number.isFinite(requests)
      ? `below ${requests} requests a minute ${names} cannot fire`
      : `${names} cannot fire at any traffic`;
  };
  const first = floors(inputs, "first").map(words);
  const all = floors(inputs, "all").map(words);
  const later = all.filter((line) => !first.includes(line));
  const share = firstShare({ ...inputs, deploymentStrategy: inputs.strategy });
  return [
    ...first.map((line) => (share < 100 ? `${line} while the new version has ${share} %` : line)),
    ...later.map((line) => `${line} once the new version has all traffic`),
  ].map((line, index) => (index === 0 ? "floors" : "").padEnd(11) + line);
}

/** `2 ECS rules and 3 numbers`. */
function assumed(inputs: RolloutInputs): string {
  const numbers = numericAssumptions(inputs).filter(({ status }) => status === "assumed");
  const rules = assumedRules(inputs.strategy).length;
  return [
    ...(rules === 0 ? [] : [counted(rules, "ECS rule")]),
    ...(numbers.length === 0 ? [] : [counted(numbers.length, "number")]),
  ].join(" and ");
}

const share = (percent: number): string => `${Math.round(percent)} %`;
