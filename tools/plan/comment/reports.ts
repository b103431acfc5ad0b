import { compareText } from "../diff/boxes.ts";
import type { PlanDifference } from "../diff/difference.ts";
import { factsOf } from "../diff/facts.ts";
import type { Plan } from "../types.ts";
import { isMap } from "../wire.ts";
import { isPreviewDigest, previewChanges } from "./preview.ts";
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
  };
}

/**
 * What the comment says of one stack: the preview where one worked, else the offline difference.
 * @param previewsFailed whether previews were tried and some of them left no result
 */
export function stackReport(project: string, found: Findings, previewsFailed = false): StackReport {
  const { stack, preview } = found;
  const plan = isPlan(found.plan) ? found.plan : undefined;
  const difference = isDifference(found.difference) ? found.difference : undefined;
  const after = plan === undefined ? difference?.after : factsOf(plan);
  const common = {
    stack,
    protected: plan?.config["deletionProtection"] === true,
    ...(plan === undefined ? {} : { plan }),
    ...(difference === undefined ? {} : { before: difference.before }),
    ...(after === undefined ? {} : { after }),
  };
  if (preview?.exitCode === 0 && isPreviewDigest(preview.preview))
    return { ...common, changes: previewChanges(project, stack, preview.preview) };
  const failure = failureOf(preview, previewsFailed);
  return {
    ...common,
    ...(failure === undefined ? {} : { failure }),
    ...(difference === undefined
      ? {}
      : { changes: difference.changes, against: againstText(difference), notes: difference.notes }),
  };
}

function failureOf(
  preview: Findings["preview"],
  previewsFailed: boolean,
): StackReport["failure"] | undefined {
  if (preview === undefined)
    return previewsFailed
      ? { exitCode: 1, error: "The job ended before there was a preview: its log says why." }
      : undefined;
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
