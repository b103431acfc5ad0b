import type { Plan } from "../../plan/types.ts";
import { isMap } from "../../plan/wire.ts";
import { comparePlans } from "./compare.ts";
import type { StackChanges } from "./types.ts";

/** What a change of the code does to one stack, by two offline plans. */
export interface PlanDifference {
  /** Tells this JSON from a plan's. */
  kind: "difference";
  /** What was compared with: the reference as it was given, and the commit that it stands for. */
  against: { ref: string; commit: string };
  changes: StackChanges;
  before: PlanFacts;
  after: PlanFacts;
  /** What a reader has to know of the comparison itself, in sentences. */
  notes: string[];
}

export function difference(
  against: PlanDifference["against"],
  before: Plan,
  after: Plan,
  notes: readonly string[] = [],
): PlanDifference {
  return {
    kind: "difference",
    against,
    changes: comparePlans(before, after),
    before: factsOf(before),
    after: factsOf(after),
    notes: [...notes],
  };
}

/** A rule of the policy pack that a plan breaks. */
export interface Finding {
  level: "mandatory" | "advisory";
  /** Name of the rule. */
  rule: string;
  message: string;
}

/** What a plan says of a stack beyond its resources. Absent: the plan does not carry it. */
export interface PlanFacts {
  /** Cost of the idle stack. */
  monthlyUsd?: number;
  /** Longest time that a rollout takes. */
  rolloutSeconds?: number;
  findings?: Finding[];
}

/**
 * Reads `cost.monthlyUsd`, `rollout.seconds` and `findings` off a plan, or off the JSON of one that another revision
 * made: what is not there, or of another shape, is left out.
 */
export function factsOf(plan: Plan): PlanFacts {
  const { cost, rollout, findings } = plan as Plan &
    Record<"cost" | "rollout" | "findings", unknown>;
  const monthlyUsd = isMap(cost) ? cost["monthlyUsd"] : undefined;
  const seconds = isMap(rollout) ? rollout["seconds"] : undefined;
  return {
    ...(typeof monthlyUsd === "number" ? { monthlyUsd } : {}),
    ...(typeof seconds === "number" ? { rolloutSeconds: seconds } : {}),
    ...(Array.isArray(findings) ? { findings: findings.filter(isFinding) } : {}),
  };
}

function isFinding(value: unknown): value is Finding {
  return (
    isMap(value) &&
    (value["level"] === "mandatory" || value["level"] === "advisory") &&
    typeof value["rule"] === "string" &&
    typeof value["message"] === "string"
  );
}

/** Findings of the second list that the first does not have. */
export function newFindings(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const key = ({ level, rule, message }: Finding) => JSON.stringify([level, rule, message]);
  const known = new Set(before.map(key));
  return after.filter((finding) => !known.has(key(finding)));
}
