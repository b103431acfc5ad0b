import type { RolloutInputs } from "../../../src/plan/rollout/inputs.ts";

/** A service whose rollout breaks no rule; `changes` over it. */
export function inputs(changes: Partial<RolloutInputs> = {}): RolloutInputs {
  const alarm = { periodSeconds: 60, evaluationPeriods: 3 };
  return {
    stack: "test",
    service: "api",
    strategy: "rolling",
    desiredCount: 3,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    healthCheckGraceSeconds: 30,
    circuitBreaker: true,
    alarms: [
      { name: "errors", ...alarm, datapointsToAlarm: 2 },
      { name: "latency", ...alarm, datapointsToAlarm: 3 },
    ],
    bakeSeconds: 300,
    canaryPercent: 10,
    canaryBakeSeconds: 300,
    stepPercent: 20,
    stepBakeSeconds: 120,
    approvalSeconds: 0,
    check: { intervalSeconds: 10, timeoutSeconds: 5, unhealthyThreshold: 2 },
    deregistrationDelaySeconds: 30,
    stopTimeoutSeconds: 45,
    idleTimeoutSeconds: 60,
    requestTimeoutSeconds: 30,
    keepAliveSeconds: 65,
    drainDelaySeconds: 2,
    shutdownDeadlineSeconds: 40,
    vcpu: 0.5,
    memoryGb: 1,
    architecture: "arm64",
    ...changes,
  };
}
