import { detection } from "../plan/rollout/detection.ts";
import { counts, share, type Rehearsal } from "./result.ts";

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
