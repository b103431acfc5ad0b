import type { StackChanges } from "../diff/types.ts";
import type { Fact } from "../diff/facts.ts";
import type { Plan } from "../../plan/types.ts";

/** What is known of one stack. */
export interface StackReport {
  stack: string;
  /** The stack that must not break goes first: one that is protected from deletion. */
  protected: boolean;
  /** What would change; absent where neither a preview nor an offline difference could be made. */
  changes?: StackChanges;
  /** The offline plan of this commit; tells what a preview leaves open. */
  plan?: Plan;
  /** Why there is no preview of this commit, where one was tried. */
  failure?: { exitCode: number; error: string };
  /** Why no preview of this commit was tried, where it should have been: the end of a sentence. */
  skipped?: string;
  /** What the offline difference was made against: `main (1a2b3c4)`. */
  against?: string;
  /** Figures of the whole stack that differ. */
  facts?: Fact[];
  /** What has to be known of that comparison, in sentences. */
  notes?: string[];
}

export interface CommentHead {
  project: string;
  /** Full hash. */
  commit: string;
  /** Address of the run; left out where it is none. */
  runUrl: string;
  /** When the run was made. */
  time: Date;
}
