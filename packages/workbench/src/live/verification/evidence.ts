/** What is known about a failed deployment. Plain data, made by evidence-reader.ts. */

export interface FailedTask {
  /** Last part of the ARN. */
  id: string;
  /** Such as `EssentialContainerExited`. */
  stopCode?: string;
  /** ECS's own sentence. */
  stoppedReason?: string;
  exitCode?: number;
  /** The container's reason, such as `OutOfMemoryError: Container killed due to memory usage`. */
  containerReason?: string;
  /** Seconds from start to stop; absent when the task never started. */
  lifetimeSeconds?: number;
  /** Milliseconds since 1970. */
  stoppedAt: number;
}

/** A group of targets that fail their health check for the same reason. */
export interface UnhealthyTargets {
  count: number;
  /** Such as `Target.ResponseCodeMismatch`. */
  reason: string;
  /** Such as `Health checks failed with these codes: [503]`. */
  description: string;
}

/** What the task definition and the target group ask of the app. */
export interface Expectations {
  containerPort?: number;
  healthPath?: string;
  healthTimeoutSeconds?: number;
  /** `ARM64` or `X86_64`. */
  cpuArchitecture?: string;
  memoryMiB?: number;
}

export interface Evidence {
  /** Failed tasks of the deployment, newest first. */
  tasks: readonly FailedTask[];
  /** Last log lines of the newest failed task, oldest first. */
  logLines: readonly string[];
  /** Targets of the revision that was asked for. */
  unhealthy: readonly UnhealthyTargets[];
  healthyTargets: number;
  /** ECS's sentences about the service, newest first. */
  events: readonly string[];
  triggeredAlarms: readonly string[];
  expected: Expectations;
  /** What could not be read, a sentence each. */
  gaps: readonly string[];
}

export const NO_EVIDENCE: Evidence = {
  tasks: [],
  logLines: [],
  unhealthy: [],
  healthyTargets: 0,
  events: [],
  triggeredAlarms: [],
  expected: {},
  gaps: [],
};

/** Stop codes and reasons that mean that the task itself failed, not that somebody or something ended it. */
export function isFailure(
  stopCode: string | undefined,
  stoppedReason: string | undefined,
): boolean {
  if (stopCode === "EssentialContainerExited" || stopCode === "TaskFailedToStart") return true;
  return (
    stopCode === "ServiceSchedulerInitiated" &&
    /failed (ELB|container|Elastic Load Balancing) health checks|is unhealthy in/i.test(
      stoppedReason ?? "",
    )
  );
}
