import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.ts";
import type { Distribution } from "./components/edge/distribution.ts";
import type { LoadBalancer } from "./components/load-balancer/load-balancer.ts";
import { Route } from "./components/load-balancer/route.ts";
import { DeploymentAlarms } from "./components/observability/deployment-alarms.ts";
import type { Topics } from "./components/observability/metric-alarm.ts";
import type { ObservedService } from "./components/observability/observability.ts";
import { Registry } from "./components/registry/registry.ts";
import type { Cluster } from "./components/service/fargate-service-args.ts";
import { FargateService } from "./components/service/fargate-service.ts";
import type { Table } from "./components/storage/storage.ts";
import { ScheduledTask } from "./components/service/scheduled-task.ts";
import type { TaskArgs } from "./components/service/task.ts";
import type { StackConfig } from "./config.ts";
import type { SizedService } from "./config/service-sizes.ts";
import { ruleOf, type HttpService } from "./config/services.ts";
import { verified } from "./gate.ts";

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
  /** Its names as they are before its deployment is verified: a dashboard does not wait for that. */
  observed: ObservedService;
  /** Alarms on its answer times. */
  latencyAlarmNames: readonly pulumi.Output<string>[];
  repositoryArn: pulumi.Input<string>;
  /** What the stack's outputs show of it: where it is; of a service, its name once its deployment is verified. */
  outputs: Record<string, pulumi.Output<string>>;
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
  const { config, loadBalancer, distribution, topics, balancerAlarmName } = shared;
  const route =
    service.kind === "http"
      ? // A target group has one load balancer: those of another stand beside it for a moment.
        new Route(distribution ? `${name}-internal` : name, routeArgs(name, service, shared))
      : undefined;
  const reached = route && {
    securityGroupId: loadBalancer.securityGroupId,
    arnSuffix: loadBalancer.arnSuffix,
    targetGroups: route.targetGroups,
    productionRule: route.productionRule,
    testRule: route.testRule,
  };
  const alarms =
    reached &&
    new DeploymentAlarms(`${name}-deployment`, {
      ...{ ...config.observability, ...config.deployment, ...reached },
      ...{ topics, balancerAlarmName, loadBalancerArnSuffix: loadBalancer.arnSuffix },
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
    loadBalancer: reached,
    deploymentAlarmNames: alarms?.alarmNames,
    after: [distribution],
    gate: ({ taskDefinitionArn }) => taskDefinitionArn,
    serviceDiscovery: "none",
    discoveryNamespace: "",
  });
  const { clusterName, serviceName, taskDefinitionArn, logGroupName } = made;
  const targetGroupArnSuffixes = route?.targetGroups.map(({ arnSuffix }) => arnSuffix) ?? [];
  return {
    name,
    observed: { name, targetGroupArnSuffixes, clusterName, serviceName, logGroupName },
    latencyAlarmNames: alarms?.latencyAlarmNames ?? [],
    repositoryArn: task.image.repositoryArn,
    outputs: {
      ...(service.kind === "http" && { url: urlOf(service, shared) }),
      serviceName: verified(config, shared.account, shared.offline, made, { service: name }),
      ...{ taskDefinitionArn, logGroupName },
    },
  };
}

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
  const { clusterName, logGroupName, scheduleGroupName, failureRuleName } = task;
  const { scheduleName, taskDefinitionArn } = task;
  const groups = { targetGroupArnSuffixes: [], scheduleGroupName, failureRuleName };
  return {
    name,
    observed: { name, clusterName, logGroupName, ...groups },
    latencyAlarmNames: [],
    repositoryArn: args.image.repositoryArn,
    outputs: { scheduleName, taskDefinitionArn, logGroupName },
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
