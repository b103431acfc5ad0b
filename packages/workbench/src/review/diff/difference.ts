import type { Plan } from "../../plan/types.ts";
import { comparePlans } from "./compare.ts";
import { changedFacts, type Fact } from "./facts.ts";
import { movesOf, type Move } from "./moves.ts";
import type { StackChanges } from "./types.ts";

/** What a change of the code does to one stack, by two offline plans. */
export interface PlanDifference {
  /** Tells this JSON from a plan's. */
  kind: "difference";
  /** What was compared with: the reference as it was given, and the commit that it stands for. */
  against: { ref: string; commit: string };
  changes: StackChanges;
  /** Where the whole stack goes. Absent in the difference of an older workbench. */
  moves?: Move[];
  /** Set where the packages differ, and both sides were planned with the same: what that hides, in a sentence. */
  packages?: string;
  facts: Fact[];
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
    moves: movesOf(before, after),
    facts: changedFacts(before, after),
    notes: [...notes],
  };
}
