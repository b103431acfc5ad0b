import type { plannedDeployment, plannedTargetGroup } from "../plan/services.ts";

/** What ECS and the load balancer would run for one service, in plain values: the input of the local run. */

export type TargetGroupSpec = ReturnType<typeof plannedTargetGroup>;
export type HealthCheckSpec = TargetGroupSpec["healthCheck"];

export interface UlimitSpec {
  name: string;
  softLimit: number;
  hardLimit: number;
}

export interface ContainerSpec {
  name: string;
  /** Entry point followed by the command's arguments; empty where the image's own run. */
  command: string[];
  environment: Readonly<Record<string, string>>;
  /** Names of the variables that ECS would fill from a secret store. */
  secrets: string[];
  /** Port that the load balancer connects to; 0 where it takes no requests. */
  port: number;
  stopTimeoutSeconds: number;
  ulimits: UlimitSpec[];
  readonlyRootFilesystem: boolean;
  /** `uid[:gid]`; absent means the image's own user. */
  user?: string;
  dropCapabilities: string[];
  /** Paths where the task definition mounts an empty, writable volume. */
  writablePaths: string[];
  /** True when ECS would also run a health check inside the container. */
  hasContainerHealthCheck: boolean;
}

export interface ImageSpec {
  /** Full name with tag, as it would be pushed. */
  name: string;
  /** Staged build context: the folder that becomes the container's working directory. */
  context: string;
  dockerfile: string;
  /** Such as `linux/arm64`. */
  platform: string;
  buildArgs: Readonly<Record<string, string>>;
}

export type DeploymentSpec = ReturnType<typeof plannedDeployment>;

/** A container beside the service's own. */
export interface SideCarSpec {
  name: string;
  /** As the task definition names it. */
  image: string;
  /** Whether that is the service's own image, which starts here as a process too. */
  ownImage: boolean;
  /** Entry point followed by the command's arguments; empty where the image's own run. */
  command: string[];
  environment: Readonly<Record<string, string>>;
}

/** What a task runs, of a service or by itself. */
export interface TaskSpec {
  project: string;
  stack: string;
  /** Logical name of the service or the schedule. */
  service: string;
  sideCars: SideCarSpec[];
  /** Absent when neither the stack's configuration nor the task definition names one. */
  region?: string;
  container: ContainerSpec;
  /** 1024 units are one vCPU. */
  cpuUnits: number;
  memoryMiB: number;
  image: ImageSpec;
  idleTimeoutSeconds: number;
  /** True when a listener terminates TLS in the stack. */
  tls: boolean;
  /** Folder of the app's package, as the stack's configuration names it. */
  appPath: string;
  deployment: DeploymentSpec;
  /** True when part of the tasks would run on Fargate Spot. */
  spot: boolean;
  /** Limits of the autoscaling target; absent without autoscaling. */
  autoscaling?: { minimum: number; maximum: number };
  /** Schedules of the scaling actions, such as `cron(0 19 ? * MON-FRI *)`. */
  schedules: string[];
}

/** A service that the load balancer sends requests to. */
export interface ServiceSpec extends TaskSpec {
  /** The group in production first; traffic shifting adds the alternate one. */
  targetGroups: [TargetGroupSpec, ...TargetGroupSpec[]];
}

/** Which requests a service gets before the main one. */
export interface RuleSpec {
  priority: number;
  /** As listeners match them, with `*` and `?`; empty for any. */
  paths: string[];
  hosts: string[];
}

/** What else a stack runs: a service with a rule of its own, a worker, or a task with a schedule. */
export interface OtherSpec extends TaskSpec {
  /** Of a service that takes requests. */
  target?: { group: TargetGroupSpec; rule: RuleSpec };
  /** Of a scheduled task: `cron(0 3 * * ? *)`. */
  schedule?: string;
}
