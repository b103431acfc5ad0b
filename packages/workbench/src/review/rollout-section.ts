import type { Section } from "./section.ts";
import { assumesWords } from "../plan/rollout/assumptions.ts";
import { duration } from "../lib/words.ts";
import { rollout, type Rollout } from "../plan/rollout/rollout.ts";

/** The rollout on one line of the summary, and a line for each rule that does not hold. */
export const ROLLOUT_SECTION: Section = {
  name: "rollout",
  lines: (plan) => {
    const computed = rollout(plan);
    return computed === undefined ? [] : [headline(computed), ...computed.problems];
  },
};

function headline({ inputs, worst, detection }: Rollout): string {
  const { alarms, unhealthySeconds, reachPercent } = detection;
  const assumes = assumesWords(inputs.strategy);
  return [
    `${duration(worst.seconds)} ${inputs.strategy}, worst case`,
    `a bad task is noticed in ${duration(unhealthySeconds)}`,
    alarms === undefined
      ? "nothing notices wrong answers (alarmRollback is off)"
      : `wrong answers in ${span(alarms)}, by then ${reach(reachPercent)}`,
  ]
    .join("; ")
    .concat(assumes === "" ? "" : `   (${assumes})`);
}

/** `3 min`, `3 min to 4 min`. */
export function span(alarms: { firstSeconds: number; lastSeconds: number }): string {
  const { firstSeconds, lastSeconds } = alarms;
  return firstSeconds === lastSeconds
    ? duration(lastSeconds)
    : `${duration(firstSeconds)} to ${duration(lastSeconds)}`;
}

/** `at most 10 % of requests`, `all requests`. */
export function reach(percent: number): string {
  return percent >= 100 ? "all requests" : `at most ${percent} % of requests`;
}
