import { expect } from "chai";
import { failureThreshold } from "../../../src/ecs/restart-policy.ts";
import fc from "fast-check";
import {
  judge,
  type Verdict,
  type Wanted,
  type Watched,
} from "../../../src/live/verification/judge.ts";
import type {
  DeploymentState,
  DeploymentStatus,
  Observation,
  Rollout,
} from "../../../src/live/verification/observation.ts";

const WANTED: Wanted = {
  taskDefinition: "api:43",
  deadlineSeconds: 300,
  rollbackSeconds: 200,
  failedTaskLimit: 3,
  stableSeconds: 60,
  settledBefore: 1000,
};
const STATUSES: readonly DeploymentStatus[] = [
  "PENDING",
  "IN_PROGRESS",
  "STOP_REQUESTED",
  "STOPPED",
  "SUCCESSFUL",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
  "ROLLBACK_SUCCESSFUL",
  "ROLLBACK_FAILED",
];

const count = fc.integer({ min: 0, max: 5 });
const definition = fc.constantFrom("api:42", "api:43", "api:44");
const side = fc.record({
  taskDefinition: definition,
  requested: count,
  running: count,
  pending: count,
});
const rollout: fc.Arbitrary<Rollout> = fc.record(
  {
    status: fc.constantFrom("PRIMARY" as const, "ACTIVE" as const),
    taskDefinition: definition,
    desired: count,
    running: count,
    state: fc.constantFrom("COMPLETED" as const, "FAILED" as const, "IN_PROGRESS" as const),
  },
  { requiredKeys: ["status", "taskDefinition", "desired", "running"] },
);
const deployment: fc.Arbitrary<DeploymentState> = fc.record(
  {
    arn: fc.constant("d"),
    status: fc.constantFrom(...STATUSES),
    createdAt: fc.constant(0),
    stage: fc.constantFrom("SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME"),
    finishedAt: fc.constantFrom(0, 2000),
    target: side,
    source: side,
    pause: fc.constant({ hookId: "h" }),
    triggeredAlarms: fc.constant([]),
    shiftsTraffic: fc.boolean(),
  },
  {
    requiredKeys: ["arn", "status", "createdAt", "target", "triggeredAlarms", "shiftsTraffic"],
  },
);
const observation: fc.Arbitrary<Observation> = fc.record(
  {
    active: fc.boolean(),
    desired: count,
    running: count,
    pending: count,
    rollouts: fc.array(rollout, { maxLength: 3 }),
    deployment,
    failures: fc.uniqueArray(fc.record({ id: fc.string(), stoppedAt: fc.integer() }), {
      maxLength: 5,
      selector: ({ id }) => id,
    }),
    healthyTargets: count,
  },
  { requiredKeys: ["active", "desired", "running", "pending", "rollouts", "failures"] },
);
const ids = fc.uniqueArray(fc.string(), { maxLength: 4 }).map((list) => new Set(list));
const watched: fc.Arbitrary<Watched> = fc.record(
  {
    elapsedSeconds: fc.integer({ min: 0, max: 1000 }),
    memory: fc.record(
      {
        failed: ids,
        crashed: ids,
        finished: fc.boolean(),
        everShort: fc.boolean(),
        fullSince: fc.integer({ min: 0, max: 1000 }),
      },
      { requiredKeys: ["failed", "crashed", "finished", "everShort"] },
    ),
    stoppedAtSeconds: fc.integer({ min: 0, max: 300 }),
  },
  { requiredKeys: ["elapsedSeconds", "memory"] },
);

const check = (property: (o: Observation, w: Watched, verdict: Verdict) => void): void => {
  fc.assert(
    fc.property(observation, watched, (o, w) => {
      property(o, w, judge(o, WANTED, w));
    }),
    { numRuns: 3000 },
  );
};

describe("judge, for any answer of ECS", () => {
  it("calls a deployment a success only while the revision asked for is primary, ECS is done with it, and it was complete for long enough", () => {
    check((o, w, verdict) => {
      if (verdict.state !== "succeeded") return;
      const primary = o.rollouts.find(({ status }) => status === "PRIMARY");
      expect(primary?.taskDefinition).to.equal(WANTED.taskDefinition);
      expect(primary?.state).not.to.be.oneOf(["IN_PROGRESS", "FAILED"]);
      expect(o.desired).to.be.greaterThan(0);
      expect(o.active).to.be.true;
      const seconds = w.elapsedSeconds - (w.memory.fullSince ?? Infinity);
      if (w.memory.everShort || o.failures.length > 0) expect(seconds).to.be.at.least(60);
      expect(seconds).to.be.greaterThan(-Infinity);
    });
  });

  it("never calls a deployment of the revision asked for a success unless ECS does", () => {
    check((o, _, verdict) => {
      if (o.deployment?.target.taskDefinition !== WANTED.taskDefinition) return;
      if (verdict.state === "succeeded") expect(o.deployment.status).to.equal("SUCCESSFUL");
    });
  });

  it("calls a service asleep only when it is to have no task", () => {
    check((o, _, verdict) => {
      if (verdict.state === "asleep") expect(o.desired).to.equal(0);
    });
  });

  it("stops a deployment only for failed tasks, before traffic moved, and with a revision to go back to", () => {
    check((o, w, verdict) => {
      if (verdict.state !== "stop") return;
      expect(o.failures).to.have.length.at.least(WANTED.failedTaskLimit);
      expect(o.deployment?.shiftsTraffic).to.be.true;
      expect(o.deployment?.stage).to.equal("SCALE_UP");
      expect(o.deployment?.source).not.to.equal(undefined);
      expect(["PENDING", "IN_PROGRESS"]).to.include(o.deployment?.status);
      expect(w.stoppedAtSeconds, "asked twice").to.equal(undefined);
    });
  });

  it("decides nothing because time is over, but that a crash loop is one", () => {
    check((o, w, verdict) => {
      const early = judge(o, WANTED, { ...w, elapsedSeconds: 0, memory: neverFull(w) });
      const late = judge(o, WANTED, { ...w, elapsedSeconds: 1e6, memory: neverFull(w) });
      if (early.state !== "waiting" || early.for === "visible") return;
      expect(late.state).to.equal(
        early.for === "stability" && w.memory.crashed.size > 0 ? "unstable" : "undecided",
      );
      expect(verdict.state).not.to.equal("first-failed");
    });
  });

  it("comes to an end: nothing is waited for beyond the deadline and a rollback", () => {
    check((_, w, verdict) => {
      const end =
        Math.max(WANTED.deadlineSeconds, w.stoppedAtSeconds ?? 0) + WANTED.rollbackSeconds;
      if (w.elapsedSeconds >= end) expect(verdict.state).not.to.equal("waiting");
    });
  });
});

const neverFull = ({ memory }: Watched): Watched["memory"] => {
  const { failed, crashed, finished, everShort } = memory;
  return { failed, crashed, finished, everShort };
};

describe("failureThreshold", () => {
  it("is half of the desired tasks, at least 3 and at most 200", () => {
    expect([0, 1, 6, 7, 20, 399, 1000].map(failureThreshold)).to.deep.equal([
      3, 3, 3, 4, 10, 200, 200,
    ]);
  });
});
