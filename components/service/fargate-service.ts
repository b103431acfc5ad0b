import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Autoscaling } from "./autoscaling.ts";
import { capacityStrategies } from "./capacity.ts";
import { CONTAINER_NAME } from "./container.ts";
import { deploymentSettings, serviceTimeout, shiftsTraffic } from "@koa-fargate/workbench/ecs";
import { Discovery } from "./discovery.ts";
import type {
  Cluster,
  FargateServiceArgs,
  LoadBalancerDependencies,
} from "./fargate-service-args.ts";
import { InfrastructureRole } from "./infrastructure-role.ts";
import { taskDefinition, taskLogGroup } from "./task.ts";
import { TaskSecurityGroup } from "./task-security-group.ts";

/** A new version is up before the old one goes: capacity never drops. */
const MINIMUM_HEALTHY_PERCENT = 100;
const MAXIMUM_PERCENT = 200;

/**
 * Fargate service of the app, with its cluster where none is given: task definition, roles, logs, security group,
 * autoscaling, discovery. Without a load balancer it is a worker.
 * Cost: a task of 0.25 vCPU and 0.5 GB on arm64 about 7 USD a month, on Spot about a third of it.
 */
export class FargateService extends pulumi.ComponentResource {
  readonly cluster: Cluster;
  readonly clusterName: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly taskSecurityGroupId: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FargateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:FargateService", name, {}, opts);

    const cluster = args.cluster ?? this.ownCluster(name, args);
    const logGroup = taskLogGroup(name, args, this);
    const { definition } = taskDefinition(
      name,
      { ...args, listens: args.loadBalancer !== undefined },
      logGroup,
      this,
    );
    const securityGroup = new TaskSecurityGroup(
      `${name}-tasks`,
      { ...args, loadBalancerSecurityGroupId: args.loadBalancer?.securityGroupId },
      { parent: this },
    );
    const service = this.service(name, args, { cluster, definition, securityGroup });
    new Autoscaling(
      `${name}-scaling`,
      {
        ...args,
        clusterName: cluster.name,
        serviceName: service.name,
        loadBalancerArnSuffix: args.loadBalancer?.arnSuffix,
        targetGroupArnSuffixes: args.loadBalancer?.targetGroups.map(({ arnSuffix }) => arnSuffix),
      },
      { parent: this },
    );

    this.cluster = cluster;
    this.clusterName = cluster.name;
    this.serviceName = service.name;
    this.taskDefinitionArn = definition.arn;
    this.taskSecurityGroupId = securityGroup.id;
    this.logGroupName = logGroup.name;
    const { clusterName, serviceName, taskDefinitionArn, logGroupName } = this;
    this.registerOutputs({ clusterName, serviceName, taskDefinitionArn, logGroupName });
  }

  private ownCluster(name: string, { containerInsights }: FargateServiceArgs): Cluster {
    const cluster = new aws.ecs.Cluster(
      name,
      { settings: [{ name: "containerInsights", value: containerInsights }] },
      { parent: this },
    );
    const providers = new aws.ecs.ClusterCapacityProviders(
      `${name}-capacity`,
      { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
      { parent: this },
    );
    return { name: cluster.name, arn: cluster.arn, providers };
  }

  private service(
    name: string,
    args: FargateServiceArgs,
    own: {
      cluster: Cluster;
      definition: aws.ecs.TaskDefinition;
      securityGroup: TaskSecurityGroup;
    },
  ): aws.ecs.Service {
    const { loadBalancer, deploymentAlarmNames = [], after = [] } = args;
    const settings = deploymentSettings(args);
    const discovery =
      args.serviceDiscovery === "none"
        ? undefined
        : new Discovery(`${name}-discovery`, args, { parent: this });
    return new aws.ecs.Service(
      name,
      {
        cluster: own.cluster.arn,
        taskDefinition: args.gate({
          taskDefinitionArn: own.definition.arn,
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
        ...(loadBalancer && {
          loadBalancers: [this.target(name, args, loadBalancer)],
          healthCheckGracePeriodSeconds: args.healthCheckGracePeriodSeconds,
        }),
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
        ...(deploymentAlarmNames.length > 0 && {
          alarms: {
            enable: args.alarmRollback,
            rollback: args.alarmRollback,
            alarmNames: [...deploymentAlarmNames],
          },
        }),
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
        dependsOn: [loadBalancer?.productionRule, own.cluster.providers, ...after].filter(
          (one) => one !== undefined,
        ),
        customTimeouts: { create: serviceTimeout(settings), update: serviceTimeout(settings) },
      },
    );
  }

  /** Where the load balancer reaches the tasks; with traffic shifting, the two groups that ECS shifts between. */
  private target(
    name: string,
    args: FargateServiceArgs,
    { targetGroups, productionRule, testRule }: LoadBalancerDependencies,
  ): aws.types.input.ecs.ServiceLoadBalancer {
    const [primary, alternate] = targetGroups;
    if (primary === undefined) throw new Error(`${name}: loadBalancer.targetGroups is empty.`);
    const target = {
      targetGroupArn: primary.arn,
      containerName: CONTAINER_NAME,
      containerPort: args.containerPort,
    };
    if (!shiftsTraffic(args.deploymentStrategy) || alternate === undefined) return target;
    const role = new InfrastructureRole(`${name}-infrastructure`, args.account, { parent: this });
    return {
      ...target,
      advancedConfiguration: {
        alternateTargetGroupArn: alternate.arn,
        productionListenerRule: productionRule.arn,
        roleArn: role.arn,
        testListenerRule: testRule?.arn,
      },
    };
  }
}
