/** What ECS says about a service at one moment, reduced to what decides. Plain data, made by ecs-reader.ts. */

/** Statuses of an ECS service deployment. Source: AWS, ServiceDeployment, Amazon ECS API Reference. */
export type DeploymentStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "STOP_REQUESTED"
  | "STOPPED"
  | "SUCCESSFUL"
  | "ROLLBACK_REQUESTED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/** One side of a deployment. */
export interface RevisionState {
  /** ARN of the task definition. */
  taskDefinition: string;
  requested: number;
  running: number;
  pending: number;
  /** Share of production traffic, 0 to 100; absent with rolling deployments, where ECS does not say it. */
  trafficPercent?: number;
  /** ARN of the target group that it serves from. */
  targetGroup?: string;
}

/** A PAUSE hook that waits for a decision. */
export interface Pause {
  hookId: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  timeoutAction?: "CONTINUE" | "ROLLBACK";
}

/** The newest service deployment. */
export interface DeploymentState {
  arn: string;
  status: DeploymentStatus;
  reason?: string;
  /** Lifecycle stage, such as `SCALE_UP` or `BAKE_TIME`. */
  stage?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  target: RevisionState;
  /** What ran before; absent with the first deployment of a service. */
  source?: RevisionState;
  pause?: Pause;
  triggeredAlarms: readonly string[];
  /** Whether traffic moves between two target groups: blue-green, canary, linear. */
  shiftsTraffic: boolean;
  /** Tasks of the target that failed since the deployment began, each counted once. */
  failedTasks: number;
}

/** The older view of a deployment that a service itself carries; it outlives the 90 days of service deployments. */
export interface Rollout {
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  taskDefinition: string;
  state?: "COMPLETED" | "FAILED" | "IN_PROGRESS";
  reason?: string;
  desired: number;
  running: number;
  failedTasks: number;
}

export interface Observation {
  /** False when there is no such service, or it was deleted. */
  active: boolean;
  desired: number;
  running: number;
  pending: number;
  rollouts: readonly Rollout[];
  deployment?: DeploymentState;
  /** Targets of the new revision's target group that pass their health check; absent without a load balancer. */
  healthyTargets?: number;
}

/** `42` of `arn:aws:ecs:eu-west-1:123456789012:task-definition/api:42`. */
export function revisionNumber(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf(":") + 1);
}

/** The rollout that the service is on, or on its way to. */
export function primaryRollout(observation: Observation): Rollout | undefined {
  return observation.rollouts.find(({ status }) => status === "PRIMARY");
}
