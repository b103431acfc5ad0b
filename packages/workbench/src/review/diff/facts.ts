import { duration } from "../../lib/words.ts";
import { rollout } from "../../plan/rollout/rollout.ts";
import type { Plan } from "../../plan/types.ts";
import { estimate } from "../cost/estimate.ts";

/** What a change does to a figure of the whole stack, in words without a full stop. */
export interface Fact {
  name: "cost" | "rollout";
  text: string;
}

/** The figures that differ; both sides are reckoned by the tool and the prices of today. */
export function changedFacts(before: Plan, after: Plan): Fact[] {
  const [old, young] = [before, after].map((plan) => estimate(plan).monthlyUsd) as [number, number];
  const [slow, next] = [before, after].map((plan) => rollout(plan)?.worst.seconds);
  const change = young - old;
  return [
    ...(Math.abs(change) < 0.005
      ? []
      : [
          {
            name: "cost" as const,
            text: `${young.toFixed(2)} USD a month idle (${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(2)})`,
          },
        ]),
    ...(slow === next || slow === undefined || next === undefined
      ? []
      : [{ name: "rollout" as const, text: `${duration(next)} at worst (was ${duration(slow)})` }]),
  ];
}
