import type { Rehearsal, Sample } from "../../../src/local/rehearse/result.ts";
import { inputs } from "../../plan/rollout/inputs.ts";

/** One answer a second; `version(at)` and `failed(at)` say of which kind. */
export function samples(
  from: number,
  to: number,
  version: (at: number) => Sample["version"],
  failed: (at: number) => boolean,
): Sample[] {
  return Array.from({ length: to - from }, (_, index) => {
    const at = from + index;
    return { at, version: version(at), failed: failed(at), ms: version(at) === "new" ? 20 : 10 };
  });
}

/** A canary of 10 % whose new version answers 500: every tenth request from 40 s until 190 s. */
export function rolledBack(changes: Partial<Rehearsal> = {}): Rehearsal {
  const isNew = (at: number): boolean => at >= 40 && at < 190 && at % 10 === 0;
  return {
    project: "shop",
    stack: "prod",
    inputs: inputs({ strategy: "canary" }),
    bad: "500",
    factor: 60,
    clients: 4,
    rate: 60,
    requests: ["GET /v1/orders"],
    outcome: "rolled-back",
    cause: "alarm deployment-green-errors",
    happenings: [
      { at: 0, kind: "stage", text: "3 new tasks start beside 3 old ones" },
      { at: 40, kind: "traffic", text: "10 % of the requests to the new version" },
      { at: 190, kind: "rollback", text: "rollback: alarm <deployment-green-errors>" },
      { at: 230, kind: "end", text: "rolled back, all tasks are old" },
    ],
    samples: samples(-30, 260, (at) => (isNew(at) ? "new" : "old"), isNew),
    marks: [
      { at: 0, stage: "SCALE_UP", percent: 0, old: 3, fresh: 3 },
      { at: 40, stage: "PRODUCTION_TRAFFIC_SHIFT", percent: 10, old: 3, fresh: 3 },
      { at: 190, stage: "ROLLBACK", percent: 0, old: 3, fresh: 3 },
      { at: 220, stage: "ROLLBACK", percent: 0, old: 3, fresh: 0 },
    ],
    seconds: 230,
    firstTrafficAt: 40,
    rollbackAt: 190,
    seen: { sent: 290, failed: 15, refused: 0 },
    differences: ["a minute of the stack lasts 1 s here", "CACHE files (was redis)"],
    ...changes,
  };
}

/** A canary of a good version, completed. */
export function completed(changes: Partial<Rehearsal> = {}): Rehearsal {
  const rehearsal: Rehearsal = { ...rolledBack(), bad: undefined, outcome: "completed" };
  delete rehearsal.cause;
  delete rehearsal.rollbackAt;
  rehearsal.samples = rehearsal.samples.map((sample) => ({ ...sample, failed: false }));
  rehearsal.seen = { sent: 290, failed: 0, refused: 0 };
  return { ...rehearsal, ...changes };
}
