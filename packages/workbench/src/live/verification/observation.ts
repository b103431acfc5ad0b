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
  /** Last part of the ARN of the service revision. */
  id?: string;
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
  /** When ECS called it over, in milliseconds since 1970. */
  finishedAt?: number;
  /** The {@link RevisionState.id} of what ECS goes back to. */
  rollbackId?: string;
  target: RevisionState;
  /** What ran before; absent with the first deployment of a service. */
  source?: RevisionState;
  pause?: Pause;
  triggeredAlarms: readonly string[];
  /** Whether traffic moves between two target groups: blue-green, canary, linear. */
  shiftsTraffic: boolean;
}

/** The older view of a deployment that a service itself carries; it outlives the 90 days of service deployments. */
export interface Rollout {
  /** `123` of `ecs-svc/123`: the {@link RevisionState.id} that it brings. */
  id?: string;
  /** Milliseconds since 1970. */
  createdAt?: number;
  /** Milliseconds since 1970. */
  updatedAt?: number;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  taskDefinition: string;
  state?: "COMPLETED" | "FAILED" | "IN_PROGRESS";
  reason?: string;
  desired: number;
  running: number;
}

/** A task that stopped for a reason of its own. */
export interface Failure {
  /** Last part of the ARN. */
  id: string;
  /** Milliseconds since 1970. */
  stoppedAt: number;
}

export interface Observation {
  /** False when there is no such service, or it was deleted. */
  active: boolean;
  desired: number;
  running: number;
  pending: number;
  rollouts: readonly Rollout[];
  deployment?: DeploymentState;
  /**
   * Tasks of the revision asked for that failed since its deployment began, as far as ECS remembers them, which is an hour. Those
   * that ECS or Spot ended are not among them.
   */
  failures: readonly Failure[];
  /** Tasks of that revision that pass their health check; absent without a load balancer. */
  healthyTargets?: number;
  /** What AWS answered instead of the health. */
  healthError?: Error;
}

/** `42` of `arn:aws:ecs:eu-west-1:123456789012:task-definition/api:42`. */
export function revisionNumber(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf(":") + 1);
}

/** The rollout that the service is on, or on its way to. */
export function primaryRollout(observation: Observation): Rollout | undefined {
  return observation.rollouts.find(({ status }) => status === "PRIMARY");
}

/** The service deployment that brought what is primary; undefined where the newest one on record is another. */
export function deploymentOfPrimary(observation: Observation): DeploymentState | undefined {
  const { deployment } = observation;
  const primary = primaryRollout(observation);
  const same =
    primary?.id === undefined || deployment?.target.id === undefined
      ? primary?.taskDefinition === deployment?.target.taskDefinition
      : primary.id === deployment.target.id;
  return same ? deployment : undefined;
}
