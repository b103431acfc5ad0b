import type { Evidence, FailedTask } from "../../../src/live/verification/evidence.ts";

/** What the app was asked for. */
export const EXPECTED: Evidence["expected"] = {
  containerPort: 8080,
  healthPath: "/readyz",
  healthTimeoutSeconds: 5,
  cpuArchitecture: "ARM64",
  memoryMiB: 512,
};

export const exited = (exitCode: number, containerReason?: string): FailedTask => ({
  id: "1f0c2d",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  exitCode,
  stoppedAt: 0,
  ...(containerReason === undefined ? {} : { containerReason }),
});

export const notStarted = (stoppedReason: string): FailedTask => ({
  id: "1f0c2d",
  stopCode: "TaskFailedToStart",
  stoppedReason,
  stoppedAt: 0,
});

export const unhealthy = (reason: string, description = "") => [{ count: 1, reason, description }];

/** Name of the failure, what was found, and the sentence. The texts of AWS are those of its "Stopped tasks error messages". */
export type Case = readonly [string, Partial<Evidence>, string | undefined];
