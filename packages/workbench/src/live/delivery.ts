import { commitOf, fates, sinceDestroyed, type Update } from "./stack-history.ts";

/** How a stack is delivered, by the record of its deployments: the four figures of DORA. */
export interface Delivery {
  /** Days that it looks back. */
  days: number;
  deployments: number;
  /** Deployments that failed, or were taken back. */
  failed: number;
  /** Median seconds from a commit to its first deployment; absent where none is known. */
  leadTimeSeconds?: number;
  /** Median seconds from a failure to the next success, a way back included; absent without a failure that was mended. */
  restoreSeconds?: number;
}

const DAYS = 30;
const DAY = 86_400_000;

/**
 * @param history newest first, as the CLI prints it
 * @param key of the image in the stack's configuration
 * @param commitTime milliseconds since 1970 of a commit; undefined where this repository does not know it
 */
export async function delivery(
  history: readonly Update[],
  {
    key,
    now,
    commitTime,
  }: {
    key: string;
    now: Date;
    commitTime: (commit: string) => Promise<number | undefined>;
  },
): Promise<Delivery> {
  // Oldest first: each figure is about what comes after.
  const past = finished(history, key).reverse();
  const since = now.getTime() - DAYS * DAY;
  const recent = past.filter(({ at }) => at > since);
  const deployments = recent.filter(({ fate }) => fate !== "way back");
  const failures = deployments.filter(({ fate }) => fate !== "kept");
  const restores = failures.flatMap(({ at }) => {
    const next = past.find(
      (one) => one.at > at && (one.fate === "kept" || one.fate === "way back"),
    );
    return next === undefined ? [] : [(next.at - at) / 1000];
  });
  const leads: number[] = [];
  const seen = new Set<string>();
  for (const { fate, commit, at } of past) {
    if (fate !== "kept" || commit === undefined || seen.has(commit)) continue;
    seen.add(commit);
    const from = at > since ? await commitTime(commit) : undefined;
    if (from !== undefined && from <= at) leads.push((at - from) / 1000);
  }
  const [lead, restore] = [median(leads), median(restores)];
  return {
    ...{ days: DAYS, deployments: deployments.length, failed: failures.length },
    ...(lead === undefined ? {} : { leadTimeSeconds: lead }),
    ...(restore === undefined ? {} : { restoreSeconds: restore }),
  };
}

interface Finished {
  fate: "kept" | "taken back" | "way back" | "failed";
  commit: string | undefined;
  at: number;
}

/** Updates that changed something and ended, newest first. */
function finished(history: readonly Update[], key: string): Finished[] {
  const updates = sinceDestroyed(history).filter(
    ({ result, endTime, resourceChanges }) =>
      endTime !== undefined &&
      (result === "failed" || (result === "succeeded" && !changedNothing(resourceChanges))),
  );
  const succeeded = updates.filter(({ result }) => result === "succeeded");
  const fate = new Map(fates(succeeded, key).map((one, index) => [succeeded[index], one]));
  return updates.map((update) => ({
    fate: fate.get(update) ?? "failed",
    commit: commitOf(update),
    at: Date.parse(update.endTime ?? ""),
  }));
}

function changedNothing(changes: Update["resourceChanges"] = {}): boolean {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  return counts.length > 0 && counts.every(([what]) => what === "same");
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
