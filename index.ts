import { currentAccount } from "./account.ts";
import { ORIGIN_FACING, VIEWER_REGION } from "./components/edge/cloudfront.ts";
import { Distribution } from "./components/edge/distribution.ts";
import { Domain } from "./components/edge/domain.ts";
import { DomainRecords } from "./components/edge/domain-records.ts";
import { HealthCheck } from "./components/edge/health-check.ts";
import { DeploymentAlarms } from "./components/observability/deployment-alarms.ts";
import { Notifications } from "./components/observability/notifications.ts";
import { LoadBalancer } from "./components/load-balancer/load-balancer.ts";
import { WebAcl } from "./components/load-balancer/web-acl.ts";
import { Network } from "./components/network/network.ts";
import { Registry } from "./components/registry/registry.ts";
import { AuditTrail } from "./components/security/audit-trail.ts";
import { EncryptionKey } from "./components/security/encryption-key.ts";
import { FargateService } from "./components/service/fargate-service.ts";
import { shiftsTraffic } from "@koa-fargate/workbench/ecs";
import { Assets } from "./components/storage/assets.ts";
import { Backups } from "./components/storage/backups.ts";
import { Storage } from "./components/storage/storage.ts";
import { readConfig, type ReadOptions } from "./config.ts";
import { callersNames, hasDistribution } from "./config/edge-rules.ts";
import { boundRoles } from "./components/security/permissions-boundary.ts";
import { rolePath } from "@koa-fargate/workbench/project";
import { gate, verified } from "./gate.ts";
import { observe } from "./observed.ts";
import { otherServices } from "./other-services.ts";
import type { StackOutputs } from "./outputs.ts";

/**
 * One stack of the service, from its configuration to its outputs. Reads like the diagram: each component takes what
 * the ones before it made.
 */
export default async function program(options: ReadOptions = {}): Promise<StackOutputs> {
  const config = readConfig(options);
  const account = await currentAccount(config);
  const name = `${config.account.namePrefix}-${config.stack}`;
  const { region, profile } = config;
  // The offline plan asks nobody: there is no account.
  const offline = options.offline === true;
  const { deletionProtection } = config.account;
  const { logRetentionDays, taskSubnets } = config.service;
  const full = config.observability.monitoring === "full";
  const metricsNamespace = config.app.environment["METRICS_NAMESPACE"] ?? name;
  const ofMetrics = full ? { METRICS_NAMESPACE: metricsNamespace } : {};
  const trailName = config.security.auditTrail === "account" ? name : undefined;
  const trafficShifting = shiftsTraffic(config.deployment.deploymentStrategy);
  const behindCloudFront = hasDistribution(config);
  const viewerRegion = behindCloudFront ? VIEWER_REGION : undefined;

  boundRoles(config.security.permissionsBoundaryArn, rolePath(config.project, config.stack));

  const key =
    config.security.encryption === "customer-managed"
      ? new EncryptionKey("security", {
          ...{ ...account, ...config.observability, trailName, deletionProtection },
        })
      : undefined;
  const keyArn = key?.arn;

  const network =
    config.network.vpcId === ""
      ? new Network("network", {
          ...config.network,
          ...{ account, logRetentionDays, keyArn, deletionProtection },
        })
      : config.network;

  const storage = new Storage("storage", {
    ...config.storage,
    account,
    trailName,
    distributionLogRegion: viewerRegion,
    accessLogRetentionDays: config.loadBalancer.accessLogRetentionDays,
    keyArn,
    deletionProtection,
  });
  const trail =
    trailName === undefined
      ? undefined
      : new AuditTrail("audit", {
          ...{ account, trailName, keyArn, logRetentionDays, deletionProtection },
          logBucket: storage.logBucket,
        });

  const registry = new Registry("registry", {
    ...config.registry,
    appPath: config.app.appPath,
    keyArn,
    deletionProtection,
  });

  const hostNames = callersNames(config);
  const domain =
    config.edge.hostedZone === ""
      ? undefined
      : new Domain("domain", {
          ...config.edge,
          ...config.loadBalancer,
          hostNames,
          viewerRegion,
          deletionProtection,
        });

  // One that changes sides is another one, and both stand until the tasks have moved: a target group has one load balancer.
  const loadBalancer = new LoadBalancer(behindCloudFront ? "internal-balancer" : "load-balancer", {
    ...config.loadBalancer,
    ...config.deployment,
    certificateArn:
      domain?.certificateArn ?? (behindCloudFront ? "" : config.loadBalancer.certificateArn),
    internalFor: behindCloudFront ? ORIGIN_FACING : undefined,
    region,
    profile,
    offline,
    vpcId: network.vpcId,
    subnetIds: behindCloudFront ? network.privateSubnetIds : network.publicSubnetIds,
    logBucket: storage.logBucket,
    trafficShifting,
    deletionProtection,
  });

  const webAcl =
    config.loadBalancer.waf === "standard"
      ? new WebAcl(behindCloudFront ? "distribution-acl" : "web-acl", {
          account: { ...account, region: viewerRegion ?? region },
          stackName: name,
          loadBalancerArn: behindCloudFront ? undefined : loadBalancer.arn,
          bodyLimitBytes: config.app.bodyLimitBytes,
          requestsPerAddress: config.loadBalancer.wafRequestsPerAddress,
          countedRules: config.loadBalancer.wafCountedRules,
          logRetentionDays,
          // The stack's key is of its own region.
          keyArn: behindCloudFront ? undefined : keyArn,
          retainLog: deletionProtection,
        })
      : undefined;

  const { bucketName: bucket, domainName } = storage.assets;
  const assets = config.app.assetsPath
    ? new Assets("assets", { ...config.app, bucket })
    : undefined;

  const distribution = behindCloudFront
    ? new Distribution("distribution", {
        ...config.app,
        ...config.loadBalancer,
        stackName: name,
        loadBalancer,
        certificateArn:
          (domain?.viewerCertificateArn ?? config.loadBalancer.certificateArn) || undefined,
        hostNames,
        webAclArn: webAcl?.arn,
        logBucketArn: storage.logBucketArn,
        assetsDomainName: assets ? domainName : undefined,
        deletionProtection,
      })
    : undefined;
  const url = distribution?.url ?? loadBalancer.url;

  const notifications = new Notifications("notifications", {
    ...config.observability,
    ...{ account, project: config.project, stack: config.stack, stackName: name, keyArn },
  });
  const { topics } = notifications;
  const alarms = new DeploymentAlarms("deployment", {
    ...config.observability,
    ...config.deployment,
    topics,
    loadBalancerArnSuffix: loadBalancer.arnSuffix,
    targetGroups: loadBalancer.targetGroups,
    productionRule: loadBalancer.productionRule,
  });

  if (storage.table !== undefined && config.storage.backupIntervalDays > 0)
    new Backups("backups", {
      ...config.storage,
      ...{ account, keyArn, topicArn: topics.ticket },
      tableArn: storage.table.arn,
      bucket: storage.backups,
    });

  const subnetIds = taskSubnets === "public" ? network.publicSubnetIds : network.privateSubnetIds;
  const service = new FargateService("api", {
    ...config.app,
    environment: {
      ...ofMetrics,
      ...config.app.environment,
      ...(assets && { ASSETS_PATH: assets.path }),
    },
    ...config.service,
    ...config.deployment,
    sideCars: config.declared.api.sideCars,
    ...{ account, logMasking: config.security.logMasking },
    vpcId: network.vpcId,
    subnetIds,
    loadBalancer,
    gate: gate(config, { offline, subnetIds, alarmNames: alarms.alarmNames }),
    idleTimeoutSeconds: config.loadBalancer.idleTimeoutSeconds,
    image: { uri: registry.imageUri, repositoryArn: registry.repositoryArn },
    revision: registry.revision,
    cpuArchitecture: config.registry.cpuArchitecture,
    build: config.registry.build,
    table: storage.table,
    keyArn,
    deploymentAlarmNames: alarms.alarmNames,
    after: [distribution, assets],
    taskFamily: name,
    discoveryNamespace: `${name}.internal`,
    deletionProtection,
  });

  const others = otherServices({
    ...{ config, account, offline, trafficShifting, loadBalancer, registry, keyArn, subnetIds },
    ...{ url, distribution },
    environment: ofMetrics,
    vpcId: network.vpcId,
    cluster: service.cluster,
    table: storage.table,
    topics,
    balancerAlarmName: alarms.balancerAlarmName,
  });

  const healthCheck =
    config.edge.routing === "simple"
      ? undefined
      : new HealthCheck("health-check", {
          ...{ ...config.observability, ...config.edge },
          region,
          hostName: loadBalancer.dnsName,
          healthPath: config.loadBalancer.healthPath,
          topicArn: topics.page,
        });
  if (domain !== undefined)
    new DomainRecords("records", {
      ...config.edge,
      region,
      stackName: name,
      healthCheckId: healthCheck?.healthCheckId,
      zoneId: domain.zoneId,
      hostNames,
      target: distribution ?? loadBalancer,
      after: [service],
    });

  const observability = observe({
    ...{ config, name, notifications, alarms, loadBalancer, network, registry, service, others },
    ...{ webAcl, metricsNamespace, tableName: storage.table?.name },
    trailLogGroupName: trail?.logGroupName,
  });

  return {
    url,
    albDnsName: loadBalancer.dnsName,
    ...(distribution && { distributionDnsName: distribution.dnsName }),
    ...(domain?.nameServers && { nameServers: domain.nameServers }),
    ...(healthCheck && { healthCheckId: healthCheck.healthCheckId }),
    imageUri: registry.imageUri,
    repositoryUrl: registry.repositoryUrl,
    clusterName: service.clusterName,
    serviceName: verified(config, account, offline, service, {
      // A record of the stack's own may come after it.
      name: domain ? undefined : { url, front: (distribution ?? loadBalancer).dnsName },
    }),
    taskDefinitionArn: service.taskDefinitionArn,
    taskSecurityGroupId: service.taskSecurityGroupId,
    logGroupName: service.logGroupName,
    dashboardUrl: observability.dashboardUrl,
    vpcId: network.vpcId,
    tableName: storage.table?.name ?? "",
    ...(others.length > 0 && {
      services: Object.fromEntries(others.map((other) => [other.name, other.outputs])),
    }),
  };
}
