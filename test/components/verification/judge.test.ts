import { expect } from "chai";
import fc from "fast-check";
import {
  failedTaskLimit,
  judge,
  type Verdict,
  type Wanted,
  type Watched,
} from "../../../components/verification/judge.ts";
import type {
  DeploymentState,
  DeploymentStatus,
  Observation,
  Rollout,
} from "../../../components/verification/observation.ts";

const WANTED: Wanted = {
  taskDefinition: "api:43",
  deadlineSeconds: 300,
  rollbackSeconds: 200,
  failedTaskLimit: 3,
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
    failedTasks: count,
    state: fc.constantFrom("COMPLETED" as const, "FAILED" as const, "IN_PROGRESS" as const),
  },
  { requiredKeys: ["status", "taskDefinition", "desired", "running", "failedTasks"] },
);
const deployment: fc.Arbitrary<DeploymentState> = fc.record(
  {
    arn: fc.constant("d"),
    status: fc.constantFrom(...STATUSES),
    createdAt: fc.constant(0),
    target: side,
    source: side,
    pause: fc.constant({ hookId: "h" }),
    triggeredAlarms: fc.constant([]),
    shiftsTraffic: fc.boolean(),
    failedTasks: count,
  },
  {
    requiredKeys: [
      "arn",
      "status",
      "createdAt",
      "target",
      "triggeredAlarms",
      "shiftsTraffic",
      "failedTasks",
    ],
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
  },
  { requiredKeys: ["active", "desired", "running", "pending", "rollouts"] },
);
const watched: fc.Arbitrary<Watched> = fc.record(
  {
    elapsedSeconds: fc.integer({ min: 0, max: 1000 }),
    stop: fc.record({
      cause: fc.constantFrom("failed-tasks" as const, "deadline" as const),
      atSeconds: fc.integer({ min: 0, max: 300 }),
    }),
  },
  { requiredKeys: ["elapsedSeconds"] },
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
  it("calls a deployment a success only while the revision asked for is primary and has a running task", () => {
    check((o, _, verdict) => {
      if (verdict.state !== "succeeded") return;
      const primary = o.rollouts.find(({ status }) => status === "PRIMARY");
      expect(primary?.taskDefinition).to.equal(WANTED.taskDefinition);
      expect(o.running).to.be.greaterThan(0);
      expect(o.desired).to.be.greaterThan(0);
      expect(o.active).to.be.true;
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

  it("stops a deployment only while it shifts traffic, runs, and has a revision to go back to", () => {
    check((o, w, verdict) => {
      if (verdict.state !== "stop") return;
      expect(o.deployment?.shiftsTraffic).to.be.true;
      expect(o.deployment?.source).not.to.equal(undefined);
      expect(["PENDING", "IN_PROGRESS"]).to.include(o.deployment?.status);
      expect(w.stop, "asked twice").to.equal(undefined);
    });
  });

  it("comes to an end: nothing is waited for beyond the deadline and a rollback", () => {
    check((_, w, verdict) => {
      const end = Math.max(WANTED.deadlineSeconds, w.stop?.atSeconds ?? 0) + WANTED.rollbackSeconds;
      if (w.elapsedSeconds >= end) expect(verdict.state).not.to.equal("waiting");
    });
  });
});

describe("failedTaskLimit", () => {
  it("is half of the desired tasks, at least 3 and at most 200", () => {
    expect([0, 1, 6, 7, 20, 399, 1000].map(failedTaskLimit)).to.deep.equal([
      3, 3, 3, 4, 10, 200, 200,
    ]);
  });
});
