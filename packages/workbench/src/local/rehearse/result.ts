import type { Fault, VersionName } from "./versions.ts";
import type { Stage } from "./controller.ts";
import { detection } from "../../plan/rollout/detection.ts";
import type { RolloutInputs } from "../../plan/rollout/inputs.ts";

/** Something that happened, for the timeline. Seconds of the stack since the deployment began. */
export interface Happening {
  at: number;
  kind: "stage" | "traffic" | "task" | "alarm" | "rollback" | "end";
  text: string;
}

/** One answered request. */
export interface Sample {
  at: number;
  version: VersionName | "none";
  failed: boolean;
  /** Real milliseconds until the answer was complete. */
  ms: number;
}

/** State of the deployment from this moment on. */
export interface Mark {
  at: number;
  stage: Stage;
  /** Share of the requests that the new version is meant to get, in percent. */
  percent: number;
  /** Tasks that run, healthy or not. */
  old: number;
  fresh: number;
}

export interface Rehearsal {
  project: string;
  stack: string;
  inputs: RolloutInputs;
  bad: Fault | undefined;
  factor: number;
  clients: number;
  rate: number;
  /** Sent in turn, such as `GET /v1/orders`. */
  requests: string[];
  outcome: "completed" | "rolled-back" | "unfinished";
  cause?: string;
  happenings: Happening[];
  samples: Sample[];
  marks: Mark[];
  /** Seconds of the stack from the beginning of the deployment to its end. */
  seconds: number;
  /** When the first request reached the new version, and when its rollback was decided. */
  firstTrafficAt?: number;
  rollbackAt?: number;
  /** What the clients saw over the whole rehearsal, before and after the deployment included. */
  seen: { sent: number; failed: number; refused: number };
  /** What this machine does differently, and alarms that it cannot measure; sentences. */
  differences: string[];
}

export interface VersionCounts {
  requests: number;
  failed: number;
}

/** Requests by version between two moments. */
export function counts(
  samples: readonly Sample[],
  from = -Infinity,
  to = Infinity,
): Record<VersionName | "none" | "all", VersionCounts> {
  const none = (): VersionCounts => ({ requests: 0, failed: 0 });
  const result = { old: none(), new: none(), none: none(), all: none() };
  for (const { at, version, failed } of samples) {
    if (at < from || at > to) continue;
    for (const cell of [result[version], result.all]) {
      cell.requests += 1;
      if (failed) cell.failed += 1;
    }
  }
  return result;
}

/** Share of the requests, in percent; 0 without requests. */
export const share = ({ requests, failed }: VersionCounts): number =>
  requests === 0 ? 0 : (100 * failed) / requests;

/** What the new version did to the requests, compared with what the strategy allows. */
export interface Verdict {
  /** Share of the requests that failed between the first request of the new version and its rollback, in percent. */
  failedPercent: number;
  /** Largest share that the strategy lets a bad version have by the time it is noticed, in percent. */
  allowedPercent: number;
  /** Failed requests as seconds of all traffic, and the most that the plan computes; stack time. */
  lostSeconds: number;
  allowedSeconds: number;
  /** A good version completed without a failed request, or a bad one was rolled back within these bounds. */
  good: boolean;
}

export function verdict(rehearsal: Rehearsal): Verdict {
  const { bad, inputs, outcome, samples, seconds, firstTrafficAt, rollbackAt, seen } = rehearsal;
  const { reachPercent, exposedSeconds } = detection(inputs);
  const during = counts(samples, 0, seconds).all;
  const exposed = counts(samples, firstTrafficAt ?? 0, rollbackAt ?? seconds).all;
  // The first and the last request of the window may each fall on the other side of a shift of the weights.
  const allowedPercent = reachPercent + (exposed.requests === 0 ? 0 : 200 / exposed.requests);
  const failedPercent = firstTrafficAt === undefined ? 0 : share(exposed);
  return {
    failedPercent,
    allowedPercent: reachPercent,
    lostSeconds: during.requests === 0 ? 0 : (seconds * during.failed) / during.requests,
    allowedSeconds: exposedSeconds,
    good:
      bad === undefined
        ? outcome === "completed" && seen.failed === 0
        : outcome === "rolled-back" && failedPercent <= allowedPercent,
  };
}
