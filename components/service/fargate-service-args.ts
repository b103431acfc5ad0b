import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentArgs } from "@koa-fargate/workbench/ecs";
import type { CapacityArgs } from "./autoscaling.ts";
import type { TaskArgs } from "./task.ts";

/** A task definition that is about to be deployed, and where its tasks run. */
export interface Candidate {
  taskDefinitionArn: pulumi.Output<string>;
  clusterName: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
}

/** The cluster of a stack: its first service makes it, and the others run in it. */
export interface Cluster {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** What has to be there before a service names a provider. */
  providers: pulumi.Resource;
}

/** Where tasks run, and whom they may call. */
export interface PlacementArgs {
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string[]>;
  taskSubnets: "public" | "private";
  egressPorts: readonly string[];
}

/** What the service depends on: made by other components, passed by index.ts. */
export interface ServiceDependencies {
  /** Where the service runs. @default - a cluster of its own */
  cluster?: Cluster | undefined;
  /** What sends it requests. @default - nothing: a worker, which a new version replaces by rolling */
  loadBalancer?: LoadBalancerDependencies | undefined;
  /** What has to be there before tasks take the place of others: those before serve meanwhile. @default none */
  after?: readonly (pulumi.Resource | undefined)[];
  /**
   * What a new task definition has to pass before it is deployed; gives it back when it did.
   */
  gate: (candidate: Candidate) => pulumi.Output<string>;
  /** Alarms that watch a deployment. @default none */
  deploymentAlarmNames?: readonly pulumi.Input<string>[] | undefined;
}

/** The target groups of a service, and the rules that lead to them. */
export interface LoadBalancerDependencies {
  securityGroupId: pulumi.Input<string>;
  arnSuffix: pulumi.Input<string>;
  /** First the group that a new stack serves from; a second one with traffic shifting. */
  targetGroups: readonly { arn: pulumi.Input<string>; arnSuffix: pulumi.Input<string> }[];
  productionRule: aws.lb.ListenerRule;
  /** Rule of the test listener. @default - no test listener */
  testRule?: aws.lb.ListenerRule | undefined;
}

export interface FargateServiceArgs
  extends ServiceDependencies, PlacementArgs, CapacityArgs, DeploymentArgs, TaskArgs {
  desiredCount: number;
  spotPercent: number;
  onDemandBase: number;
  /** Whether a deployment goes back when one of its alarms fires. */
  alarmRollback: boolean;
  healthCheckGracePeriodSeconds: number;
  containerInsights: "disabled" | "enabled" | "enhanced";
  serviceDiscovery: "none" | "dns" | "connect";
  /** Cloud Map namespace, such as `koa-fargate-dev.internal`. */
  discoveryNamespace: string;
}
