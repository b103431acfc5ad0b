import type { Plan } from "../../plan/types.ts";
import { deploymentCost } from "../cost/advice.ts";
import { estimate } from "../cost/estimate.ts";

/** What a change does to a figure of the whole stack, in words without a full stop. */
export interface Fact {
  name: "cost" | "rollout";
  text: string;
}

/** The figures that differ; both sides are reckoned by the tool and the prices of today. */
export function changedFacts(before: Plan, after: Plan): Fact[] {
  const [old, young] = [before, after].map((plan) => estimate(plan).monthlyUsd) as [number, number];
  const [slow, next] = [before, after].map(deploymentCost);
  const change = young - old;
  const facts: Fact[] = [];
  if (Math.abs(change) >= 0.005) {
    const by = `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(2)}`;
    facts.push({ name: "cost", text: `${young.toFixed(2)} USD a month idle (${by})` });
  }
  if (slow !== next && slow !== undefined && next !== undefined)
    facts.push({ name: "rollout", text: `${next} (was ${slow})` });
  return facts;
}
