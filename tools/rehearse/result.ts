import type { Fault, VersionName } from "./versions.ts";
import type { Stage } from "./controller.ts";
import type { RolloutInputs } from "../plan/rollout/inputs.ts";

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
  /** Sent in turn, such as `GET /v1/kpis`. */
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
  const result = {
    old: { requests: 0, failed: 0 },
    new: { requests: 0, failed: 0 },
    none: { requests: 0, failed: 0 },
    all: { requests: 0, failed: 0 },
  };
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
