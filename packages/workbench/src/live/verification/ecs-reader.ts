import type {
  Deployment,
  ListServiceDeploymentsResponse,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
  Task,
} from "@aws-sdk/client-ecs";
import { defined } from "../../lib/defined.ts";
import { excused, isNamed } from "../../lib/excused.ts";
import { awsErrorKind } from "./aws-errors.ts";
import type { Clients } from "./clients.ts";
import type {
  DeploymentState,
  Failure,
  Observation,
  RevisionState,
  Rollout,
} from "./observation.ts";
import { addressesOf, failedTasks, taskId } from "./tasks.ts";

/** A service of ECS. */
export interface ServiceAddress {
  clusterName: string;
  serviceName: string;
  /** Name of the service's own container. @default - the first essential one of its task definition */
  containerName?: string | undefined;
}

const GONE: Observation = {
  active: false,
  desired: 0,
  running: 0,
  pending: 0,
  rollouts: [],
  failures: [],
};

/**
 * Asks ECS and the load balancer what the service does at this moment.
 * @param asked - ARN of the task definition whose tasks are looked at. @default - that of the newest deployment
 */
export async function observe(
  clients: Clients,
  address: ServiceAddress,
  asked?: string,
): Promise<Observation> {
  const service = await describeService(clients, address);
  if (service?.status !== "ACTIVE") return GONE;
  const deployment = await newestDeployment(clients, address, service);
  const targetGroup =
    deployment?.target.targetGroup ?? service.loadBalancers?.[0]?.targetGroupArn ?? undefined;
  const rollouts = (service.deployments ?? []).map(rollout);
  const primary = rollouts.find(({ status }) => status === "PRIMARY");
  const revision = asked ?? deployment?.target.taskDefinition ?? primary?.taskDefinition ?? "";
  const since =
    deployment?.target.taskDefinition === revision ? deployment.createdAt : primary?.createdAt;
  // A rolling deployment has one target group for both revisions.
  const mixed = rollouts.some(
    ({ taskDefinition, running }) => taskDefinition !== revision && running > 0,
  );
  return {
    active: true,
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    rollouts,
    ...(deployment === undefined ? {} : { deployment }),
    failures: (await failedTasks(clients, address, revision, since ?? 0)).map(failure),
    ...(targetGroup === undefined
      ? {}
      : await health(clients, targetGroup, () =>
          mixed ? addressesOf(clients, address, revision) : Promise.resolve(undefined),
        )),
  };
}

/** The service; undefined when there is none. */
export async function describeService(
  { ecs }: Pick<Clients, "ecs">,
  { clusterName, serviceName }: ServiceAddress,
): Promise<Service | undefined> {
  const answer = await ecs
    .describeServices({ cluster: clusterName, services: [serviceName] })
    .catch(excused(isNamed("ClusterNotFoundException"), undefined));
  return answer?.services?.[0];
}

function rollout(deployment: Deployment): Rollout {
  return {
    ...defined({
      id: deployment.id && lastPart(deployment.id),
      createdAt: deployment.createdAt?.getTime(),
      updatedAt: deployment.updatedAt?.getTime(),
      state: deployment.rolloutState,
      reason: deployment.rolloutStateReason,
    }),
    status:
      deployment.status === "PRIMARY" || deployment.status === "ACTIVE"
        ? deployment.status
        : "INACTIVE",
    taskDefinition: deployment.taskDefinition ?? "",
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
  };
}

/** `123` of `ecs-svc/123` and of `arn:aws:ecs:eu-west-1:123456789012:service-revision/cluster/service/123`. */
const lastPart = (text: string): string => text.slice(text.lastIndexOf("/") + 1);

async function newestDeployment(
  clients: Clients,
  address: ServiceAddress,
  service: Service,
): Promise<DeploymentState | undefined> {
  const arn = (await listDeployments(clients, address))[0]?.serviceDeploymentArn;
  if (arn === undefined) return undefined;
  const answer = await clients.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
  const deployment = answer.serviceDeployments?.[0];
  if (deployment?.status === undefined) return undefined;
  const target = deployment.targetServiceRevision;
  const source = deployment.sourceServiceRevisions?.[0];
  const arns = [target?.arn, source?.arn].flatMap((value) => value ?? []);
  const revisions = await describeRevisions(clients, arns);
  const shiftsTraffic = (deployment.deploymentConfiguration?.strategy ?? "ROLLING") !== "ROLLING";
  const weigh = weights(clients, service, shiftsTraffic);
  const rollback = deployment.rollback?.serviceRevisionArn;
  return {
    arn,
    status: deployment.status,
    createdAt: (deployment.createdAt ?? deployment.startedAt)?.getTime() ?? 0,
    target: await revisionState(target, revisions, weigh),
    ...defined({
      reason: deployment.statusReason,
      stage: deployment.lifecycleStage,
      finishedAt: deployment.finishedAt?.getTime(),
      rollbackId: rollback && lastPart(rollback),
      source: source && (await revisionState(source, revisions, weigh)),
      pause: pause(deployment),
    }),
    triggeredAlarms: deployment.alarms?.triggeredAlarmNames ?? [],
    shiftsTraffic,
  };
}

/** Newest first by their time of creation: the order of the answer is not documented. */
export async function listDeployments(
  { ecs }: Pick<Clients, "ecs">,
  { clusterName, serviceName }: ServiceAddress,
): Promise<ServiceDeploymentBrief[]> {
  const { serviceDeployments = [] } = await ecs
    .listServiceDeployments({ cluster: clusterName, service: serviceName })
    .catch(excused<ListServiceDeploymentsResponse>(isUnsupported, {}));
  return serviceDeployments.toSorted(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
}

/** Whether a region or an emulator does not know a call; the service's own rollouts have to do. */
const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && /UnsupportedFeature|UnknownOperation|InvalidAction/.test(error.name);

export async function describeRevisions(
  { ecs }: Pick<Clients, "ecs">,
  arns: readonly string[],
): Promise<Map<string, ServiceRevision>> {
  if (arns.length === 0) return new Map();
  const answer = await ecs.describeServiceRevisions({ serviceRevisionArns: [...new Set(arns)] });
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
    ...defined({ id: summary?.arn && lastPart(summary.arn), trafficPercent, targetGroup }),
  };
}

/** Share of a target group in the production rule, for ECS versions that do not say the weight themselves. */
function weights({ elb }: Clients, service: Service, shiftsTraffic: boolean): Weigh {
  const rule = service.loadBalancers?.[0]?.advancedConfiguration?.productionListenerRule;
  return async (targetGroup) => {
    if (!shiftsTraffic || rule === undefined) return undefined;
    try {
      const answer = await elb.describeRules({ RuleArns: [rule] });
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

function pause(deployment: ServiceDeployment): DeploymentState["pause"] {
  const hook = deployment.lifecycleHookDetails?.find(
    ({ status, targetType }) => status === "AWAITING_ACTION" && targetType !== "AWS_LAMBDA",
  );
  if (hook?.hookId === undefined) return undefined;
  const { hookId, expiresAt, timeoutAction } = hook;
  return { hookId, ...defined({ expiresAt: expiresAt?.getTime(), timeoutAction }) };
}

const failure = ({ taskArn = "", stoppedAt, stoppingAt }: Task): Failure => ({
  id: taskId(taskArn),
  stoppedAt: (stoppedAt ?? stoppingAt)?.getTime() ?? 0,
});

/** @param own - gives the addresses of the tasks that count; undefined where all of the target group do */
async function health(
  { elb }: Clients,
  targetGroup: string,
  own: () => Promise<ReadonlySet<string> | undefined>,
): Promise<Pick<Observation, "healthyTargets" | "healthError">> {
  try {
    const answer = await elb.describeTargetHealth({ TargetGroupArn: targetGroup });
    const addresses = await own();
    const healthy = (answer.TargetHealthDescriptions ?? []).filter(
      ({ Target, TargetHealth }) =>
        TargetHealth?.State === "healthy" &&
        (addresses === undefined || addresses.has(Target?.Id ?? "")),
    );
    return { healthyTargets: healthy.length };
  } catch (error) {
    forgive(error);
    return { healthError: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Not worth failing for where something else is asked, such as the status; verification itself needs the health. */
function forgive(error: unknown): void {
  if (awsErrorKind(error) === "throttled") throw error;
}
