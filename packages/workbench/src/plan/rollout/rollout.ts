import { priceOf } from "../prices/prices.ts";
import type { Plan } from "../types.ts";
import { assumptionsText, TYPICAL, WORST } from "./assumptions.ts";
import { timeline, type Timeline } from "./timeline.ts";
import { detection, rollingAlarmBakeSeconds, type Detection } from "./detection.ts";
import { rolloutInputs, type RolloutInputs } from "./inputs.ts";
import { brokenInvariants } from "./invariants.ts";

/** A deployment of a plan's service, computed from the resources' own inputs and the stated assumptions. */
export interface Rollout {
  inputs: RolloutInputs;
  worst: Timeline;
  typical: Timeline;
  detection: Detection;
  /** Fewest tasks that take requests, and most that run, at any moment. */
  capacity: { fewestServing: number; mostRunning: number };
  /** Of the worst case, above the desired count. */
  extra: { taskHours: number; usd: number };
  /** Seconds that ECS may watch alarms after a rolling deployment; 0 with traffic shifting, which bakes in its stages. */
  alarmBakeSeconds: number;
  /** Rules that do not hold, in sentences. */
  problems: string[];
}

/** Of the main service, or else the first behind a target group. Undefined for a plan without one. */
export const rollout = (plan: Plan): Rollout | undefined => rollouts(plan)[0];

/** Of every service behind a target group, the main one first. */
export const rollouts = (plan: Plan): Rollout[] => rolloutInputs(plan).map(computed);

function computed(inputs: RolloutInputs): Rollout {
  const worst = timeline(inputs, WORST);
  const taskHours = worst.extraTaskSeconds / 3600;
  return {
    inputs,
    worst,
    typical: timeline(inputs, TYPICAL),
    detection: detection(inputs),
    capacity: {
      fewestServing: Math.min(inputs.desiredCount, ...worst.stages.map(({ serving }) => serving)),
      mostRunning: Math.max(inputs.desiredCount, ...worst.stages.map(({ tasks }) => tasks)),
    },
    extra: { taskHours, usd: taskHours * taskHourUsd(inputs) },
    alarmBakeSeconds: inputs.strategy === "rolling" ? rollingAlarmBakeSeconds(inputs) : 0,
    problems: brokenInvariants(inputs),
  };
}

/** What the plan's rollout rests on, as text. */
export function assumptionsOf(plan: Plan): string {
  const [inputs] = rolloutInputs(plan);
  return inputs === undefined ? noRollout(plan) : assumptionsText(inputs);
}

/** Why there is nothing to compute, in one sentence. */
export function noRollout(plan: Plan): string {
  return `The plan of ${plan.stack} has no ECS service behind a target group, so there is no rollout to compute.`;
}

/** What one task costs in USD an hour, on demand; Spot is cheaper. */
export function taskHourUsd({ vcpu, memoryGb, architecture, region = "" }: RolloutInputs): number {
  const price = (part: "vcpu" | "memory"): number =>
    priceOf(`fargate-${architecture}-${part}`, region).usd;
  return vcpu * price("vcpu") + memoryGb * price("memory");
}
