import type { PropertyChange, StackChanges } from "../diff/types.ts";
import type { Fact } from "../diff/facts.ts";
import type { Move } from "../diff/moves.ts";
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
  /** Where the whole stack goes, by its configuration. */
  moves?: Move[];
  /** Changed configuration values. */
  config?: PropertyChange[];
  /** What packages that differ hide from the offline difference, where that is all there is: a sentence. */
  packages?: string;
  /** What has to be known of that comparison, in sentences. */
  notes?: string[];
  /** Full hash of the commit that the stack was last deployed from, where a preview found it. */
  deployed?: string;
}

/** What a merge sets going. */
export interface Merging {
  /** Stacks that are deployed at once. */
  atOnce: readonly string[];
  /** Stacks that follow, behind an approval. */
  then: readonly string[];
  /** Stacks that are deployed by hand alone. */
  byHand?: readonly string[];
  /** Who is asked for `then`; none where nobody is, absent where that is not known. */
  reviewers?: readonly string[];
}

export interface CommentHead {
  project: string;
  /** Full hash. */
  commit: string;
  /** Address of the run; left out where it is none. */
  runUrl: string;
  /** When the run was made. */
  time: Date;
  /** Address of the repository's page; lines and commits are not linked without. */
  repositoryUrl?: string;
  /** Folder of Pulumi.yaml in the repository. @default its root */
  folder?: string;
  /** `off` where the pipeline deploys nothing yet; absent where nothing is to be merged. */
  merging?: Merging | "off";
  /** Whether the pull request's own code made the plans, of which nothing is known but what they say. */
  unverified?: boolean;
  /** Whether previews are under way that this comment gives way to. */
  pending?: boolean;
}
