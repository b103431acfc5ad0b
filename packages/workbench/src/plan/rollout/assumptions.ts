import { counted } from "../../lib/words.ts";
import { rulesFor, type EcsRule } from "../../ecs/rules.ts";
import type { RolloutInputs } from "./inputs.ts";

/** How fast the parts of a deployment go that no setting decides, in seconds. */
export interface Pace {
  /** From the request for a task to its running container. */
  taskStart: number;
  /** From the running container to the app that answers. */
  appStart: number;
  /** Wait for the first health check, as a share of the interval. */
  firstCheck: number;
  /** What the app takes to end once it has served on for its drain delay. */
  exit: number;
}

/** AWS's own benchmark of scaling shows 23 s for provisioning a task; others report up to 30 s. */
export const WORST: Pace = { taskStart: 30, appStart: 1, firstCheck: 1, exit: 1 };
export const TYPICAL: Pace = { taskStart: 23, appStart: 1, firstCheck: 0.5, exit: 0.3 };

/** What a rollout rests on: a number that no setting gives, or a rule of ECS. */
export interface Assumption {
  id: string;
  text: string;
  source: string;
  status: EcsRule["status"];
  /** As of a rule. */
  settledBy?: string;
}

const START: Assumption = {
  id: "task-start",
  text: `A task runs ${WORST.taskStart} s after it was asked for at the latest, typically after ${TYPICAL.taskStart} s, and its app answers ${WORST.appStart} s later.`,
  source:
    "AWS, Faster service auto scaling with high-resolution metrics (2026): 109 s with provisioning, 86 s without; the app's start is measured",
  status: "assumed",
  settledBy: "rollout",
};

const STAGES: Assumption = {
  id: "stages-without-pause",
  text: "ECS goes from one stage to the next at once; what it takes for that is published nowhere and not counted.",
  source: "Amazon ECS Developer Guide, Amazon ECS service deployment stages, names no durations",
  status: "assumed",
  settledBy: "shift",
};

const STEP_BAKES: Assumption = {
  id: "no-bake-after-last-step",
  text: "A linear deployment bakes after each step but the one that reaches 100 %.",
  source: "AWS, Amazon ECS API Reference, LinearConfiguration",
  status: "verified",
};

const ALARM_BAKE: Assumption = {
  id: "rolling-alarm-bake",
  text: "After a rolling deployment ECS goes on watching its alarms for a time that it derives from them; taken here as the longest of their windows and one period more.",
  source:
    "AWS, Amazon ECS Developer Guide, How CloudWatch alarms detect Amazon ECS deployment failures: the bake time cannot be set, its length is not given",
  status: "assumed",
  settledBy: "rollout",
};

const METRIC_DELAY: Assumption = {
  id: "alarm-one-period-late",
  text: "An alarm fires one period after its last bad datapoint began at the latest: bad answers may begin in mid-period.",
  source: "AWS, Amazon CloudWatch User Guide, Evaluating an alarm",
  status: "assumed",
  settledBy: "failing version",
};

/** All numbers that a rollout may rest on. */
export const NUMBERS: readonly Assumption[] = [START, STAGES, STEP_BAKES, ALARM_BAKE, METRIC_DELAY];

/** What the numbers of a rollout rest on, besides the rules of ECS. */
export function numericAssumptions(
  inputs: Pick<RolloutInputs, "strategy" | "alarms">,
): Assumption[] {
  const alarms = inputs.alarms.length > 0;
  return [
    START,
    ...(inputs.strategy === "rolling" ? [] : [STAGES]),
    ...(inputs.strategy === "linear" ? [STEP_BAKES] : []),
    ...(inputs.strategy === "rolling" && alarms ? [ALARM_BAKE] : []),
    ...(alarms ? [METRIC_DELAY] : []),
  ];
}

/** The ECS rules that a strategy relies on and that nobody has verified. */
export function assumedRules(strategy: RolloutInputs["strategy"]): readonly EcsRule[] {
  return rulesFor(strategy).filter(({ status }) => status === "assumed");
}

/** `assumes 2 ECS rules, --assumptions`; empty when it assumes none. */
export function assumesWords(strategy: RolloutInputs["strategy"]): string {
  const count = assumedRules(strategy).length;
  return count === 0 ? "" : `assumes ${counted(count, "ECS rule")}, --assumptions`;
}

/** Everything that a strategy's rollout rests on, as text; the assumed ones first. */
export function assumptionsText(inputs: Pick<RolloutInputs, "strategy" | "alarms">): string {
  const rules = rulesFor(inputs.strategy).map(({ rule, ...rest }) => ({ ...rest, text: rule }));
  const block = (title: string, rows: readonly Assumption[]): string[] =>
    rows.length === 0
      ? []
      : [
          title,
          ...rows.map(
            ({ id, text, source, settledBy }) =>
              `  ${id}\n    ${text}\n    ${source}${settledBy === undefined ? "" : `\n    settled by npm run smoke:aws: ${settledBy}`}`,
          ),
          "",
        ];
  const of = (status: Assumption["status"], rows: readonly Assumption[]): Assumption[] =>
    rows.filter((row) => row.status === status);
  const numbers = numericAssumptions(inputs);
  return [
    ...block(`ECS rules that ${inputs.strategy} relies on, assumed`, of("assumed", rules)),
    ...block("numbers, assumed", of("assumed", numbers)),
    ...block("verified in AWS's documents", [...of("verified", rules), ...of("verified", numbers)]),
  ]
    .join("\n")
    .trimEnd();
}
