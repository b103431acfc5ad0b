/** The variables that the platform sets in every container; the app may use or ignore them. */

export interface EnvironmentArgs {
  region: string;
  containerPort: number;
  /** Idle timeout of the load balancer, in seconds. */
  idleTimeoutSeconds: number;
  /** How long the app keeps serving after SIGTERM before it closes, in seconds. */
  drainDelaySeconds: number;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeoutSeconds: number;
  /** Longest time that the app may take to answer a request, in seconds. */
  requestTimeoutSeconds: number;
  /** Largest request body, in bytes. */
  bodyLimitBytes: number;
  taskCpu: number;
  taskMemoryMiB: number;
  /** Content tag of the image. */
  revision: string;
}

/**
 * A connection that the app closes just when the load balancer reuses it is a 502, so the app's keep-alive has to
 * outlive the load balancer's idle timeout. Source: AWS, "Troubleshoot your Application Load Balancers", HTTP 502.
 */
export const KEEP_ALIVE_MARGIN_SECONDS = 5;

/** What is left of the stop timeout after the app's own deadline, so that it ends by itself before it is killed. */
export const STOP_MARGIN_SECONDS = 5;

/** Variables by name, the same for every app. `TABLE_NAME` is added where the stack has a table. */
export function platformEnvironment(args: EnvironmentArgs): Record<string, string> {
  return {
    // Fargate sets it too, but AWS documents that nowhere, and nothing else that runs the container does. The AWS SDK for
    // JavaScript takes its region from this one alone, not from AWS_DEFAULT_REGION (@smithy/core, regionConfig).
    AWS_REGION: args.region,
    BODY_LIMIT_BYTES: String(args.bodyLimitBytes),
    DRAIN_DELAY_SECONDS: String(args.drainDelaySeconds),
    KEEP_ALIVE_TIMEOUT_SECONDS: String(args.idleTimeoutSeconds + KEEP_ALIVE_MARGIN_SECONDS),
    PORT: String(args.containerPort),
    REQUEST_TIMEOUT_SECONDS: String(args.requestTimeoutSeconds),
    REVISION: args.revision,
    SHUTDOWN_DEADLINE_SECONDS: String(args.stopTimeoutSeconds - STOP_MARGIN_SECONDS),
    TASK_CPU_UNITS: String(args.taskCpu),
    TASK_MEMORY_MIB: String(args.taskMemoryMiB),
  };
}

/** Names that configuration may not set itself, whatever their values. */
export const PLATFORM_VARIABLES: readonly string[] = [
  ...Object.keys(platformEnvironment({} as EnvironmentArgs)),
  "TABLE_NAME",
  "ASSETS_PATH",
];
