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

/** Undefined for a plan without exactly one service behind a target group. */
export function rollout(plan: Plan): Rollout | undefined {
  const inputs = rolloutInputs(plan);
  if (inputs === undefined) return undefined;
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
  const inputs = rolloutInputs(plan);
  return inputs === undefined ? noRollout(plan) : assumptionsText(inputs);
}

/** Why there is nothing to compute, in one sentence. */
export function noRollout(plan: Plan): string {
  return `The plan of ${plan.stack} has no single ECS service behind a target group, so there is no rollout to compute.`;
}

/** Fargate on demand in eu-west-1 (the same in us-east-1), USD an hour. Source: aws.amazon.com/fargate/pricing, 2026-11. */
const USD_AN_HOUR = {
  arm64: { vcpu: 0.03238, memoryGb: 0.00356 },
  amd64: { vcpu: 0.04048, memoryGb: 0.004445 },
} as const;

/** What one task costs in USD an hour, on demand; Spot is cheaper, other regions may be dearer. */
export function taskHourUsd({ vcpu, memoryGb, architecture }: RolloutInputs): number {
  const price = USD_AN_HOUR[architecture];
  return vcpu * price.vcpu + memoryGb * price.memoryGb;
}
