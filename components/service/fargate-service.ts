import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Autoscaling } from "./autoscaling.ts";
import { capacityStrategies } from "./capacity.ts";
import { CONTAINER_NAME, containerDefinition, TMP_VOLUME } from "./container.ts";
import { deploymentSettings, serviceTimeout, shiftsTraffic } from "@koa-fargate/workbench/ecs";
import { Discovery } from "./discovery.ts";
import { platformEnvironment } from "./environment.ts";
import type { FargateServiceArgs } from "./fargate-service-args.ts";
import { InfrastructureRole } from "./infrastructure-role.ts";
import { Roles } from "./roles.ts";
import { secretVersions } from "./secret-versions.ts";
import { TaskSecurityGroup } from "./task-security-group.ts";

/** A new version is up before the old one goes: capacity never drops. */
const MINIMUM_HEALTHY_PERCENT = 100;
const MAXIMUM_PERCENT = 200;

/**
 * ECS cluster and Fargate service of the app: task definition, roles, logs, security group, autoscaling, discovery.
 * Cost: a task of 0.25 vCPU and 0.5 GB on arm64 about 7 USD a month, on Spot about a third of it.
 */
export class FargateService extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly taskSecurityGroupId: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FargateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:FargateService", name, {}, opts);

    const cluster = new aws.ecs.Cluster(
      name,
      { settings: [{ name: "containerInsights", value: args.containerInsights }] },
      { parent: this },
    );
    const providers = new aws.ecs.ClusterCapacityProviders(
      `${name}-capacity`,
      { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
      { parent: this },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      {
        retentionInDays: args.logRetentionDays,
        ...(args.keyArn === undefined ? {} : { kmsKeyId: args.keyArn }),
      },
      { parent: this, protect: args.deletionProtection, retainOnDelete: args.deletionProtection },
    );
    const taskDefinition = this.taskDefinition(name, args, logGroup);
    const securityGroup = new TaskSecurityGroup(
      `${name}-tasks`,
      {
        vpcId: args.vpcId,
        loadBalancerSecurityGroupId: args.loadBalancer.securityGroupId,
        egressPorts: args.egressPorts,
      },
      { parent: this },
    );
    const service = this.service(name, args, { cluster, providers, taskDefinition, securityGroup });
    new Autoscaling(
      `${name}-scaling`,
      {
        ...args,
        clusterName: cluster.name,
        serviceName: service.name,
        loadBalancerArnSuffix: args.loadBalancer.arnSuffix,
        targetGroupArnSuffixes: args.loadBalancer.targetGroups.map(({ arnSuffix }) => arnSuffix),
      },
      { parent: this },
    );

    this.clusterName = cluster.name;
    this.serviceName = service.name;
    this.taskDefinitionArn = taskDefinition.arn;
    this.taskSecurityGroupId = securityGroup.id;
    this.logGroupName = logGroup.name;
    this.registerOutputs({
      clusterName: this.clusterName,
      serviceName: this.serviceName,
      taskDefinitionArn: this.taskDefinitionArn,
      logGroupName: this.logGroupName,
    });
  }

  private taskDefinition(
    name: string,
    args: FargateServiceArgs,
    logGroup: aws.cloudwatch.LogGroup,
  ): aws.ecs.TaskDefinition {
    const executeCommand = args.executeCommand === "enabled";
    const roles = new Roles(
      `${name}-roles`,
      {
        ...args.account,
        repositoryArn: args.image.repositoryArn,
        logGroupArn: logGroup.arn,
        secrets: Object.values(args.secrets),
        secretsKeyArns: args.secretsKeyArns,
        tableArn: args.table?.arn,
        permissions: args.permissions ?? [],
        keyArn: args.keyArn,
        executeCommand,
      },
      { parent: this },
    );
    const containerDefinitions = pulumi
      .all([
        args.image.uri,
        logGroup.name,
        pulumi.output(args.table?.name),
        pulumi.all(args.environment),
        pulumi.all(args.secrets),
        pulumi.all(args.secrets).apply(secretVersions),
      ])
      .apply(([image, logGroupName, tableName, environment, secrets, versions]) =>
        JSON.stringify([
          containerDefinition({
            ...args,
            image,
            secretVersions: versions,
            executeCommand,
            logGroup: logGroupName,
            region: args.account.region,
            secrets,
            environment: {
              ...environment,
              ...platformEnvironment({ ...args, region: args.account.region }),
              ...(tableName === undefined ? {} : { TABLE_NAME: tableName }),
            },
          }),
        ]),
      );
    return new aws.ecs.TaskDefinition(
      name,
      {
        family: args.taskFamily,
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(args.taskCpu),
        memory: String(args.taskMemoryMiB),
        runtimePlatform: {
          operatingSystemFamily: "LINUX",
          cpuArchitecture: args.cpuArchitecture === "arm64" ? "ARM64" : "X86_64",
        },
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.taskRoleArn,
        volumes: [{ name: TMP_VOLUME }],
        containerDefinitions,
        // A rollback needs the revisions before.
        skipDestroy: true,
      },
      { parent: this },
    );
  }

  private service(
    name: string,
    args: FargateServiceArgs,
    own: {
      cluster: aws.ecs.Cluster;
      providers: aws.ecs.ClusterCapacityProviders;
      taskDefinition: aws.ecs.TaskDefinition;
      securityGroup: TaskSecurityGroup;
    },
  ): aws.ecs.Service {
    const [primary, alternate] = args.loadBalancer.targetGroups;
    if (primary === undefined) throw new Error(`${name}: loadBalancer.targetGroups is empty.`);
    const shifting = shiftsTraffic(args.deploymentStrategy);
    const settings = deploymentSettings(args);
    const infrastructureRole = shifting
      ? new InfrastructureRole(`${name}-infrastructure`, args.account, { parent: this })
      : undefined;
    const discovery =
      args.serviceDiscovery === "none"
        ? undefined
        : new Discovery(
            `${name}-discovery`,
            {
              serviceDiscovery: args.serviceDiscovery,
              vpcId: args.vpcId,
              containerPort: args.containerPort,
              namespace: args.discoveryNamespace,
            },
            { parent: this },
          );
    return new aws.ecs.Service(
      name,
      {
        cluster: own.cluster.arn,
        taskDefinition: args.gate({
          taskDefinitionArn: own.taskDefinition.arn,
          clusterName: own.cluster.name,
          securityGroupId: own.securityGroup.id,
        }),
        desiredCount: args.desiredCount,
        capacityProviderStrategies: capacityStrategies(args.spotPercent, args.onDemandBase),
        // Without it the provider replaces the service when the share of Spot changes; with it, a deployment moves the
        // tasks. Source: Terraform AWS provider, aws_ecs_service, capacity_provider_strategy.
        forceNewDeployment: true,
        networkConfiguration: {
          subnets: args.subnetIds,
          securityGroups: [own.securityGroup.id],
          assignPublicIp: args.taskSubnets === "public",
        },
        loadBalancers: [
          {
            targetGroupArn: primary.arn,
            containerName: CONTAINER_NAME,
            containerPort: args.containerPort,
            ...(infrastructureRole === undefined || alternate === undefined
              ? {}
              : {
                  advancedConfiguration: {
                    alternateTargetGroupArn: alternate.arn,
                    productionListenerRule: args.loadBalancer.productionRule.arn,
                    roleArn: infrastructureRole.arn,
                    ...(args.loadBalancer.testRule === undefined
                      ? {}
                      : { testListenerRule: args.loadBalancer.testRule.arn }),
                  },
                }),
          },
        ],
        deploymentConfiguration: settings.deploymentConfiguration,
        deploymentMinimumHealthyPercent: MINIMUM_HEALTHY_PERCENT,
        deploymentMaximumPercent: MAXIMUM_PERCENT,
        // Off is said, never left out: the provider takes a missing block for no change, and ECS would go on with the one
        // before. Off, too, the alarms are named: without a name the request is refused. Source: Terraform AWS provider,
        // internal/service/ecs/service.go, SuppressMissingOptionalConfigurationBlock and expandAlarms.
        deploymentCircuitBreaker: {
          enable: settings.circuitBreaker,
          rollback: settings.circuitBreaker,
        },
        alarms: {
          enable: args.alarmRollback,
          rollback: args.alarmRollback,
          alarmNames: [...args.deploymentAlarmNames],
        },
        healthCheckGracePeriodSeconds: args.healthCheckGracePeriodSeconds,
        availabilityZoneRebalancing: "ENABLED",
        enableExecuteCommand: args.executeCommand === "enabled",
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: false,
        forceDelete: !args.deletionProtection,
        ...discovery?.settings,
      },
      {
        parent: this,
        // Autoscaling decides the number of tasks from the first deployment on.
        ignoreChanges: ["desiredCount"],
        // A target group that no listener names is refused, and so is a provider that the cluster lacks.
        dependsOn: [args.loadBalancer.productionRule, own.providers],
        customTimeouts: { create: serviceTimeout(settings), update: serviceTimeout(settings) },
      },
    );
  }
}
