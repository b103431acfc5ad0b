import type * as pulumi from "@pulumi/pulumi";
import { verifyDeployment } from "@koa-fargate/workbench/live";
import type { Account } from "./account.ts";
import type { Distribution } from "./components/edge/distribution.ts";
import type { LoadBalancer } from "./components/load-balancer/load-balancer.ts";
import { Route } from "./components/load-balancer/route.ts";
import { DeploymentAlarms } from "./components/observability/deployment-alarms.ts";
import type { Topics } from "./components/observability/metric-alarm.ts";
import { Registry } from "./components/registry/registry.ts";
import { CONTAINER_NAME } from "./components/service/container.ts";
import type { Cluster } from "./components/service/fargate-service-args.ts";
import { FargateService } from "./components/service/fargate-service.ts";
import type { Table } from "./components/storage/storage.ts";
import { ScheduledTask } from "./components/service/scheduled-task.ts";
import type { TaskArgs } from "./components/service/task.ts";
import type { StackConfig } from "./config.ts";
import type { SizedService } from "./config/service-sizes.ts";
import { ruleOf, type HttpService } from "./config/services.ts";

/** What the other services share with the main one. */
export interface Shared {
  config: StackConfig;
  account: Account;
  /** Whether it is planned offline: AWS is not asked. */
  offline: boolean;
  trafficShifting: boolean;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string[]>;
  loadBalancer: LoadBalancer;
  /** Where callers reach the main service. */
  url: pulumi.Output<string>;
  /** The distribution, where one stands before the load balancer. */
  distribution: Distribution | undefined;
  /** Of the main service. */
  registry: Registry;
  cluster: Cluster;
  table: Table | undefined;
  keyArn: pulumi.Output<string> | undefined;
  topics: Topics;
  /** On what the load balancer itself answers, for all services behind it. */
  balancerAlarmName: pulumi.Output<string>;
  /** Variables that every one of them has. */
  environment: Readonly<Record<string, string>>;
  /** What the program makes for single ones, by name: variables, and what they may do. @default nothing */
  given?: Readonly<Record<string, Partial<Pick<TaskArgs, "environment" | "permissions">>>>;
}

/** A service or scheduled task that stands, and what outputs and observability take from it. */
export interface StandingService {
  name: string;
  kind: "http" | "worker" | "scheduled";
  /** Of a service that is reached by the load balancer. */
  url?: pulumi.Output<string>;
  targetGroupArnSuffixes: readonly pulumi.Output<string>[];
  /** Alarms on its answer times. */
  latencyAlarmNames: readonly pulumi.Output<string>[];
  repositoryArn: pulumi.Input<string>;
  clusterName: pulumi.Output<string>;
  /** Of a service; `verified` is the same, once its deployment is. */
  serviceName?: pulumi.Output<string>;
  verified?: pulumi.Output<string>;
  taskDefinitionArn: pulumi.Output<string>;
  logGroupName: pulumi.Output<string>;
  /** Of a scheduled task. */
  scheduleName?: pulumi.Output<string>;
  scheduleGroupName?: pulumi.Output<string>;
  failureRuleName?: pulumi.Output<string>;
}

/** The services of services.ts beside the main one: in its cluster, each with roles, logs and a security group of its own. */
export const otherServices = (shared: Shared): StandingService[] =>
  shared.config.services.map((sized) =>
    sized.service.kind === "scheduled"
      ? scheduledTask(sized, sized.service.schedule, shared)
      : fargateService(sized, shared),
  );

function fargateService(sized: SizedService, shared: Shared): StandingService {
  const { name, service, values } = sized;
  const { config, account, offline, loadBalancer } = shared;
  const route =
    service.kind === "http"
      ? // A target group has one load balancer: those of another stand beside it for a moment.
        new Route(
          shared.distribution === undefined ? name : `${name}-internal`,
          routeArgs(name, service, shared),
        )
      : undefined;
  const alarms =
    route === undefined
      ? undefined
      : new DeploymentAlarms(`${name}-deployment`, {
          ...config.observability,
          ...config.deployment,
          ...{ topics: shared.topics, balancerAlarmName: shared.balancerAlarmName },
          loadBalancerArnSuffix: loadBalancer.arnSuffix,
          targetGroups: route.targetGroups,
          productionRule: route.productionRule,
        });
  const task = taskArgs(sized, shared);
  const made = new FargateService(name, {
    ...config.service,
    ...config.deployment,
    ...values,
    ...task,
    // A worker has no traffic to shift.
    ...(route === undefined ? { deploymentStrategy: "rolling", approval: "none" } : {}),
    cluster: shared.cluster,
    vpcId: shared.vpcId,
    subnetIds: shared.subnetIds,
    loadBalancer: route && {
      securityGroupId: loadBalancer.securityGroupId,
      arnSuffix: loadBalancer.arnSuffix,
      targetGroups: route.targetGroups,
      productionRule: route.productionRule,
      testRule: route.testRule,
    },
    deploymentAlarmNames: alarms?.alarmNames,
    after: afterDistribution(shared),
    gate: ({ taskDefinitionArn }) => taskDefinitionArn,
    serviceDiscovery: "none",
    discoveryNamespace: "",
  });
  return {
    name,
    kind: service.kind === "http" ? "http" : "worker",
    ...(service.kind === "http" ? { url: urlOf(service, shared) } : {}),
    targetGroupArnSuffixes: route?.targetGroups.map(({ arnSuffix }) => arnSuffix) ?? [],
    latencyAlarmNames: alarms?.latencyAlarmNames ?? [],
    repositoryArn: task.image.repositoryArn,
    clusterName: made.clusterName,
    serviceName: made.serviceName,
    verified: verifyDeployment({
      ...account,
      offline,
      stack: config.stack,
      service: name,
      profile: config.profile,
      clusterName: made.clusterName,
      serviceName: made.serviceName,
      containerName: CONTAINER_NAME,
      taskDefinitionArn: made.taskDefinitionArn,
    }),
    taskDefinitionArn: made.taskDefinitionArn,
    logGroupName: made.logGroupName,
  };
}

/** Tasks move to the load balancer behind it once it stands: those before serve meanwhile. */
export const afterDistribution = ({
  distribution,
}: Pick<Shared, "distribution">): readonly pulumi.Resource[] =>
  distribution === undefined ? [] : [distribution];

function scheduledTask(sized: SizedService, schedule: string, shared: Shared): StandingService {
  const { name, values } = sized;
  const { config, cluster, vpcId, subnetIds } = shared;
  const args = taskArgs(sized, shared);
  const task = new ScheduledTask(name, {
    ...config.service,
    ...values,
    ...args,
    ...{ cluster, vpcId, subnetIds, schedule },
  });
  return {
    name,
    kind: "scheduled",
    targetGroupArnSuffixes: [],
    latencyAlarmNames: [],
    repositoryArn: args.image.repositoryArn,
    clusterName: task.clusterName,
    taskDefinitionArn: task.taskDefinitionArn,
    logGroupName: task.logGroupName,
    scheduleName: task.scheduleName,
    scheduleGroupName: task.scheduleGroupName,
    failureRuleName: task.failureRuleName,
  };
}

/** What the task of a service runs: the main service's image, or one of its own. */
function taskArgs({ name, service, values }: SizedService, shared: Shared) {
  const { config, account, keyArn } = shared;
  const { appPath, command, sideCars, table = false } = service;
  const { environment = {}, permissions } = shared.given?.[name] ?? {};
  const { deletionProtection } = config.account;
  const build = appPath === undefined ? config.registry.build : (service.build ?? "bundle");
  const registry =
    appPath === undefined
      ? shared.registry
      : new Registry(`${name}-registry`, {
          ...config.registry,
          image: values.image,
          ...{ appPath, build },
          keyArn,
          deletionProtection,
        });
  return {
    account,
    image: { uri: registry.imageUri, repositoryArn: registry.repositoryArn },
    revision: registry.revision,
    build,
    cpuArchitecture: config.registry.cpuArchitecture,
    ...{ command, sideCars, permissions, keyArn, deletionProtection },
    environment: { ...shared.environment, ...values.environment, ...environment },
    logMasking: config.security.logMasking,
    table: table ? shared.table : undefined,
    containerPort: portOf(service.kind === "http" ? service : {}, config),
    // Inside the container the check of a service that takes no requests would find nobody.
    livenessPath:
      service.kind === "http"
        ? (service.livenessPath ?? (appPath === undefined ? config.service.livenessPath : ""))
        : "",
    idleTimeoutSeconds: config.loadBalancer.idleTimeoutSeconds,
    bodyLimitBytes: config.app.bodyLimitBytes,
    taskFamily: `${config.project}-${config.stack}-${name}`,
  };
}

function routeArgs(name: string, service: HttpService, shared: Shared) {
  const { config, offline, trafficShifting, loadBalancer, vpcId } = shared;
  return {
    ...config.loadBalancer,
    ...ruleOf(name, service),
    ...{ offline, trafficShifting, vpcId },
    region: config.region,
    profile: config.profile,
    certificateArn: loadBalancer.certificateArn,
    loadBalancerArn: loadBalancer.arn,
    listenerArn: loadBalancer.listenerArn,
    testListenerArn: loadBalancer.testListenerArn,
    healthPath: service.healthPath ?? config.loadBalancer.healthPath,
  };
}

const portOf = ({ port }: Pick<HttpService, "port">, { app }: StackConfig): number =>
  port ?? app.containerPort;

/** Where callers reach it: on the stack's address, or its own host name. */
function urlOf({ path = "", host }: HttpService, shared: Shared): pulumi.Output<string> {
  return shared.url.apply((url) =>
    host === undefined ? `${url}${path}` : `${url.slice(0, url.indexOf("//") + 2)}${host}${path}`,
  );
}
