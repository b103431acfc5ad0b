import { compareText } from "../diff/boxes.ts";
import type { PlanDifference } from "../diff/difference.ts";
import { defined } from "../../lib/defined.ts";
import type { Plan } from "../../plan/types.ts";
import { isMap } from "../../plan/wire.ts";
import { isPreviewDigest, previewChanges } from "./preview.ts";
import type { ResourceChange } from "../diff/types.ts";
import type { StackReport } from "./types.ts";

/** What was found out about one stack, as it comes out of files: each may be missing, or be no such thing. */
export interface Findings {
  stack: string;
  /** The offline plan as JSON. */
  plan?: unknown;
  /** The offline difference as JSON. */
  difference?: unknown;
  preview?: {
    exitCode: number;
    /** Why it failed. */
    error: string;
    /** `pulumi preview --json`. */
    preview: unknown;
    /** Full hash of the commit that the stack was last deployed from. */
    deployed?: string;
  };
}

/** Why a stack may have no preview, by what became of the jobs. */
export interface Missing {
  /** Previews were tried, and ended before there was one: a sentence. */
  failed?: string;
  /** Previews were not tried, and should have been: the end of a sentence. */
  skipped?: string;
}

/**
 * @param preview result of the job that previews, such as `success`; empty where there was none
 * @param image result of the job that builds the image for it
 */
export function missingPreviews(preview: string, image: string): Missing {
  if (preview === "failure")
    return { failed: "The job ended before there was a preview: its log says why." };
  // So GitHub calls a job that ran out of its time, too. Where the whole run is cancelled, nobody comments.
  if (preview === "cancelled")
    return {
      failed:
        "The job was cancelled before there was a preview, by hand or at the end of its time: its log says which.",
    };
  if (preview !== "skipped") return {};
  if (image === "failure") return { skipped: "the image job failed" };
  return image === "cancelled" ? { skipped: "the image job was cancelled" } : {};
}

/**
 * What the comment says of one stack: the preview where one worked, else the offline difference.
 * @param missing why there may be no preview; nothing where none was to be expected
 */
export function stackReport(project: string, found: Findings, missing: Missing = {}): StackReport {
  const { stack, preview } = found;
  const plan = isPlan(found.plan) ? found.plan : undefined;
  const difference = isDifference(found.difference) ? found.difference : undefined;
  const common = {
    stack,
    protected: plan?.config["deletionProtection"] === true,
    // A difference of an older workbench has none.
    ...defined({ plan, facts: difference?.facts, moves: difference?.moves }),
    // A preview knows the new values alone.
    ...defined({ config: difference?.changes.config, deployed: preview?.deployed }),
  };
  if (preview?.exitCode === 0 && isPreviewDigest(preview.preview)) {
    const changes = previewChanges(project, stack, preview.preview);
    return { ...common, changes: { ...changes, resources: sourced(changes.resources, plan) } };
  }
  return {
    ...common,
    ...defined({
      failure: failureOf(preview, missing),
      skipped: preview === undefined ? missing.skipped : undefined,
      changes: difference?.changes,
      against: difference && againstText(difference),
      packages: difference?.packages,
      notes: difference?.notes,
    }),
  };
}

/** Resources of a preview with the lines that the offline plan of the same commit knows. */
function sourced(resources: readonly ResourceChange[], plan: Plan | undefined): ResourceChange[] {
  const lines = new Map(plan?.resources.map(({ urn, source }) => [urn, source]));
  return resources.map((change) => ({ ...change, ...defined({ source: lines.get(change.urn) }) }));
}

function failureOf(
  preview: Findings["preview"],
  { failed }: Missing,
): StackReport["failure"] | undefined {
  if (preview === undefined)
    return failed === undefined ? undefined : { exitCode: 1, error: failed };
  if (preview.exitCode !== 0) return { exitCode: preview.exitCode, error: preview.error };
  return { exitCode: 0, error: "The preview's output is not what pulumi preview --json prints." };
}

function againstText({ against: { ref, commit } }: PlanDifference): string {
  const short = commit.slice(0, 7);
  return commit.startsWith(ref) || ref.startsWith(commit) ? short : `${ref} (${short})`;
}

/** Stacks that are protected from deletion first, then by name. */
export function inOrder(reports: readonly StackReport[]): StackReport[] {
  return [...reports].sort(
    (a, b) => Number(b.protected) - Number(a.protected) || compareText(a.stack, b.stack),
  );
}

function isPlan(value: unknown): value is Plan {
  return (
    isMap(value) &&
    Array.isArray(value["resources"]) &&
    isMap(value["config"]) &&
    typeof value["stack"] === "string"
  );
}

function isDifference(value: unknown): value is PlanDifference {
  return isMap(value) && value["kind"] === "difference" && isMap(value["changes"]);
}
