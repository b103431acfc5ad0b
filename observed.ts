import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancer } from "./components/load-balancer/load-balancer.ts";
import { appMetrics } from "./components/observability/app-metrics.ts";
import type { DeploymentAlarms } from "./components/observability/deployment-alarms.ts";
import { Monitoring } from "./components/observability/monitoring.ts";
import type { Notifications } from "./components/observability/notifications.ts";
import { Observability, type ObservabilityArgs } from "./components/observability/observability.ts";
import type { FargateService } from "./components/service/fargate-service.ts";
import type { StackConfig } from "./config.ts";
import type { StandingService } from "./other-services.ts";

/** What stands, and is watched. */
export interface Observed extends Pick<ObservabilityArgs, "webAcl" | "tableName"> {
  config: StackConfig;
  name: string;
  notifications: Notifications;
  alarms: DeploymentAlarms;
  loadBalancer: LoadBalancer;
  network: object | { natGatewayIds: readonly pulumi.Output<string>[] };
  registry: { repositoryArn: pulumi.Input<string> };
  service: FargateService;
  others: readonly StandingService[];
  metricsNamespace: string;
  trailLogGroupName: pulumi.Output<string> | undefined;
}

/** Alarms and dashboard of all services: of the main one first, then of those beside it. */
export function observe({ config, name, alarms, service, others, ...stack }: Observed) {
  const { loadBalancer, network, registry, notifications, webAcl, tableName } = stack;
  const full = config.observability.monitoring === "full";
  const { clusterName, serviceName, logGroupName } = service;
  const targetGroupArnSuffixes = loadBalancer.targetGroups.map(({ arnSuffix }) => arnSuffix);
  const main = { name: "api", targetGroupArnSuffixes, clusterName, serviceName, logGroupName };
  const folders = [config.app.appPath, ...config.services.map((other) => other.service.appPath)];
  const observed = {
    topics: notifications.topics,
    services: [main, ...others.map((other) => other.observed)],
    metricsNamespace: stack.metricsNamespace,
    loadBalancerArnSuffix: loadBalancer.arnSuffix,
    natGatewayIds: "natGatewayIds" in network ? network.natGatewayIds : [],
    insights: config.service.containerInsights !== "disabled",
    apps: full ? appMetrics(folders) : [],
  };
  const watch = full
    ? new Monitoring("monitoring", {
        ...{ ...config.observability, ...config.security, ...observed },
        ...{ stackName: name, escalationTopicArn: notifications.escalationTopicArn },
        latencyAlarmNames: [alarms, ...others].flatMap((of) => of.latencyAlarmNames),
        clusterArn: service.cluster.arn,
        awake: config.service.awakeHours === "always",
        certificateArn: loadBalancer.certificateArn,
        repositoryArns: [registry, ...others].map(({ repositoryArn }) => repositoryArn),
        trailLogGroupName: stack.trailLogGroupName,
      })
    : undefined;
  const objective = watch?.objective;
  return new Observability("observability", {
    ...observed,
    ...{ region: config.region, dashboardName: name, webAcl, tableName, objective },
  });
}
