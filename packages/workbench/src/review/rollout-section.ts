import type { Section } from "./section.ts";
import { assumesWords } from "../plan/rollout/assumptions.ts";
import { counted, duration } from "../lib/words.ts";
import { floors } from "../plan/rollout/detection.ts";
import type { RolloutInputs } from "../plan/rollout/inputs.ts";
import { rollouts, type Rollout } from "../plan/rollout/rollout.ts";

/** The rollout on one line of the summary, and a line for each rule that does not hold. */
export const ROLLOUT_SECTION: Section = {
  name: "rollout",
  lines: (plan) => {
    const all = rollouts(plan);
    // Whose it is, where there are several.
    const of = ({ inputs }: Rollout) => (all.length > 1 ? `${inputs.service}: ` : "");
    return all.flatMap((one) =>
      [headline(one), ...one.problems].map((line) => `${of(one)}${line}`),
    );
  },
};

function headline({ inputs, worst, detection }: Rollout): string {
  const { alarms, unhealthySeconds, reachPercent } = detection;
  const assumes = assumesWords(inputs.strategy);
  return [
    `${inputs.strategy}, done in ${duration(worst.seconds)} at most`,
    `a task that stops answering is taken out after ${duration(unhealthySeconds)}`,
    alarms === undefined
      ? "nothing rolls a bad version back (alarmRollback is off)"
      : `a bad version is rolled back after ${about(alarms.lastSeconds)}; until then ${reach(reachPercent)}${floorWords(inputs)}`,
  ]
    .join("; ")
    .concat(assumes === "" ? "" : `   (${assumes})`);
}

/** ` (below 200 requests a minute an alarm cannot fire: --rollout)`; empty where each fires at any traffic. */
function floorWords(inputs: RolloutInputs): string {
  const highest = floors(inputs, "first")[0]?.requests;
  if (highest === undefined) return "";
  return Number.isFinite(highest)
    ? ` (below ${highest} requests a minute an alarm cannot fire: --rollout)`
    : " (an alarm cannot fire at any traffic: --rollout)";
}

/** `about 4 minutes`, `about 90 seconds`. */
const about = (seconds: number): string =>
  `about ${seconds < 120 ? counted(Math.round(seconds), "second") : counted(Math.round(seconds / 60), "minute")}`;

/** `3 min`, `3 min to 4 min`. */
export function span(alarms: { firstSeconds: number; lastSeconds: number }): string {
  const { firstSeconds, lastSeconds } = alarms;
  return firstSeconds === lastSeconds
    ? duration(lastSeconds)
    : `${duration(firstSeconds)} to ${duration(lastSeconds)}`;
}

/** `at most 10 of 100 requests fail`, `every request may fail`. */
export function reach(percent: number): string {
  return percent >= 100 ? "every request may fail" : `at most ${percent} of 100 requests fail`;
}
