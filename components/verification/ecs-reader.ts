import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  type Deployment,
  type Service,
  type ServiceDeployment,
  type ServiceRevision,
  type ServiceRevisionSummary,
} from "@aws-sdk/client-ecs";
import {
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsErrorKind } from "./aws-errors.ts";
import type { Clients } from "./clients.ts";
import { isFailure } from "./evidence.ts";
import type { DeploymentState, Observation, RevisionState, Rollout } from "./observation.ts";
import { stoppedTasks } from "./tasks.ts";

/** A service of ECS. */
export interface ServiceAddress {
  clusterName: string;
  serviceName: string;
}

const GONE: Observation = {
  active: false,
  desired: 0,
  running: 0,
  pending: 0,
  rollouts: [],
};

/** Asks ECS and the load balancer what the service does at this moment. */
export async function observe(clients: Clients, address: ServiceAddress): Promise<Observation> {
  const service = await describeService(clients, address);
  if (service?.status !== "ACTIVE") return GONE;
  const deployment = await newestDeployment(clients, address, service);
  const targetGroup =
    deployment?.target.targetGroup ?? service.loadBalancers?.[0]?.targetGroupArn ?? undefined;
  const healthy =
    targetGroup === undefined ? undefined : await healthyTargets(clients, targetGroup);
  return {
    active: true,
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    rollouts: (service.deployments ?? []).map(rollout),
    ...(deployment === undefined ? {} : { deployment }),
    ...(healthy === undefined ? {} : { healthyTargets: healthy }),
  };
}

/** The service; undefined when there is none. */
export async function describeService(
  { ecs }: Pick<Clients, "ecs">,
  { clusterName, serviceName }: ServiceAddress,
): Promise<Service | undefined> {
  try {
    const answer = await ecs.send(
      new DescribeServicesCommand({ cluster: clusterName, services: [serviceName] }),
    );
    return answer.services?.[0];
  } catch (error) {
    if (error instanceof Error && error.name === "ClusterNotFoundException") return undefined;
    throw error;
  }
}

function rollout(deployment: Deployment): Rollout {
  return {
    status:
      deployment.status === "PRIMARY" || deployment.status === "ACTIVE"
        ? deployment.status
        : "INACTIVE",
    taskDefinition: deployment.taskDefinition ?? "",
    ...(deployment.rolloutState === undefined ? {} : { state: deployment.rolloutState }),
    ...(deployment.rolloutStateReason === undefined
      ? {}
      : { reason: deployment.rolloutStateReason }),
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
  };
}

async function newestDeployment(
  clients: Clients,
  address: ServiceAddress,
  service: Service,
): Promise<DeploymentState | undefined> {
  const arn = await newestDeploymentArn(clients, address);
  if (arn === undefined) return undefined;
  const answer = await clients.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  const deployment = answer.serviceDeployments?.[0];
  if (deployment?.status === undefined) return undefined;
  const target = deployment.targetServiceRevision;
  const source = deployment.sourceServiceRevisions?.[0];
  const arns = [target?.arn, source?.arn].flatMap((value) => value ?? []);
  const revisions = await describeRevisions(clients, arns);
  const shiftsTraffic = (deployment.deploymentConfiguration?.strategy ?? "ROLLING") !== "ROLLING";
  const weigh = weights(clients, service, shiftsTraffic);
  const created = (deployment.createdAt ?? deployment.startedAt)?.getTime() ?? 0;
  const targetState = await revisionState(target, revisions, weigh);
  return {
    arn,
    status: deployment.status,
    ...(deployment.statusReason === undefined ? {} : { reason: deployment.statusReason }),
    ...(deployment.lifecycleStage === undefined ? {} : { stage: deployment.lifecycleStage }),
    createdAt: created,
    target: targetState,
    ...(source === undefined ? {} : { source: await revisionState(source, revisions, weigh) }),
    ...pause(deployment),
    triggeredAlarms: deployment.alarms?.triggeredAlarmNames ?? [],
    shiftsTraffic,
    failedTasks: await countFailed(clients, address, targetState.taskDefinition, created),
  };
}

/** Newest by its time of creation: the order of the answer is not documented. */
async function newestDeploymentArn(
  { ecs }: Clients,
  { clusterName, serviceName }: ServiceAddress,
): Promise<string | undefined> {
  try {
    const answer = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: clusterName, service: serviceName }),
    );
    const newest = (answer.serviceDeployments ?? []).toSorted(
      (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
    )[0];
    return newest?.serviceDeploymentArn;
  } catch (error) {
    // A region or an emulator without this call; the service's own rollouts have to do.
    if (
      error instanceof Error &&
      /UnsupportedFeature|UnknownOperation|InvalidAction/.test(error.name)
    )
      return undefined;
    throw error;
  }
}

export async function describeRevisions(
  { ecs }: Pick<Clients, "ecs">,
  arns: readonly string[],
): Promise<Map<string, ServiceRevision>> {
  if (arns.length === 0) return new Map();
  const answer = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...new Set(arns)] }),
  );
  return new Map(
    (answer.serviceRevisions ?? []).map((revision) => [
      revision.serviceRevisionArn ?? "",
      revision,
    ]),
  );
}

type Weigh = (targetGroup: string) => Promise<number | undefined>;

async function revisionState(
  summary: ServiceRevisionSummary | undefined,
  revisions: ReadonlyMap<string, ServiceRevision>,
  weigh: Weigh,
): Promise<RevisionState> {
  const revision = revisions.get(summary?.arn ?? "");
  const targetGroup = revision?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;
  const trafficPercent =
    summary?.requestedProductionTrafficWeight ??
    (targetGroup === undefined ? undefined : await weigh(targetGroup));
  return {
    taskDefinition: revision?.taskDefinition ?? "",
    requested: summary?.requestedTaskCount ?? 0,
    running: summary?.runningTaskCount ?? 0,
    pending: summary?.pendingTaskCount ?? 0,
    ...(trafficPercent === undefined ? {} : { trafficPercent }),
    ...(targetGroup === undefined ? {} : { targetGroup }),
  };
}

/** Share of a target group in the production rule, for ECS versions that do not say the weight themselves. */
function weights({ elb }: Clients, service: Service, shiftsTraffic: boolean): Weigh {
  const rule = service.loadBalancers?.[0]?.advancedConfiguration?.productionListenerRule;
  return async (targetGroup) => {
    if (!shiftsTraffic || rule === undefined) return undefined;
    try {
      const answer = await elb.send(new DescribeRulesCommand({ RuleArns: [rule] }));
      const groups = answer.Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
      const total = groups.reduce((sum, { Weight }) => sum + (Weight ?? 0), 0);
      const own = groups.find(({ TargetGroupArn }) => TargetGroupArn === targetGroup)?.Weight ?? 0;
      return total === 0 ? 0 : Math.round((100 * own) / total);
    } catch (error) {
      forgive(error);
      return undefined;
    }
  };
}

function pause(deployment: ServiceDeployment): Pick<DeploymentState, "pause"> {
  const hook = deployment.lifecycleHookDetails?.find(
    ({ status, targetType }) => status === "AWAITING_ACTION" && targetType !== "AWS_LAMBDA",
  );
  if (hook?.hookId === undefined) return {};
  return {
    pause: {
      hookId: hook.hookId,
      ...(hook.expiresAt === undefined ? {} : { expiresAt: hook.expiresAt.getTime() }),
      ...(hook.timeoutAction === undefined ? {} : { timeoutAction: hook.timeoutAction }),
    },
  };
}

async function countFailed(
  clients: Clients,
  address: ServiceAddress,
  taskDefinition: string,
  since: number,
): Promise<number> {
  const tasks = await stoppedTasks(clients, address);
  return tasks.filter(
    (task) =>
      task.taskDefinitionArn === taskDefinition &&
      (task.createdAt?.getTime() ?? 0) >= since &&
      isFailure(task.stopCode, task.stoppedReason),
  ).length;
}

async function healthyTargets({ elb }: Clients, targetGroup: string): Promise<number | undefined> {
  try {
    const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }));
    return (answer.TargetHealthDescriptions ?? []).filter(
      ({ TargetHealth }) => TargetHealth?.State === "healthy",
    ).length;
  } catch (error) {
    forgive(error);
    return undefined;
  }
}

/** Progress and weights are worth showing, not worth failing for: without the permission they are left out. */
function forgive(error: unknown): void {
  if (awsErrorKind(error) === "throttled") throw error;
}
