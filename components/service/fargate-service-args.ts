import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DeploymentArgs } from "@koa-fargate/workbench/ecs";
import type { TaskPermission } from "./roles.ts";
import type { EnvironmentArgs } from "./environment.ts";

/** A task definition that is about to be deployed, and where its tasks run. */
export interface Candidate {
  taskDefinitionArn: pulumi.Output<string>;
  clusterName: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
}

/** What the service depends on: made by other components, passed by index.ts. */
export interface ServiceDependencies {
  account: { partition: string; region: string; accountId: string };
  vpcId: pulumi.Input<string>;
  /** Subnets of the tasks. */
  subnetIds: pulumi.Input<string[]>;
  loadBalancer: {
    securityGroupId: pulumi.Input<string>;
    arnSuffix: pulumi.Input<string>;
    /** First the group that a new stack serves from; a second one with traffic shifting. */
    targetGroups: readonly { arn: pulumi.Input<string>; arnSuffix: pulumi.Input<string> }[];
    productionRule: aws.lb.ListenerRule;
    /** Rule of the test listener. @default - no test listener */
    testRule?: aws.lb.ListenerRule | undefined;
  };
  image: { uri: pulumi.Input<string>; repositoryArn: pulumi.Input<string> };
  table?: { name: pulumi.Input<string>; arn: pulumi.Input<string> } | undefined;
  /** Key that encrypts the logs. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /**
   * What a new task definition has to pass before it is deployed; gives it back when it did.
   */
  gate: (candidate: Candidate) => pulumi.Output<string>;
  /** Alarms that watch a deployment. */
  deploymentAlarmNames: readonly pulumi.Input<string>[];
}

export interface FargateServiceArgs
  extends
    ServiceDependencies,
    DeploymentArgs,
    Omit<EnvironmentArgs, "idleTimeoutSeconds" | "region"> {
  idleTimeoutSeconds: number;
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret ARN by variable. */
  secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the app may do beside its table, such as read a queue. @default - nothing */
  permissions?: readonly TaskPermission[];
  /** Keys that encrypt some of the secrets. @default - those that need no permission, and `keyArn` */
  secretsKeyArns?: readonly string[];
  cpuArchitecture: "arm64" | "amd64";
  /** How the image is built. */
  build: "bundle" | "dockerfile";
  taskSubnets: "public" | "private";
  egressPorts: readonly string[];
  desiredCount: number;
  minCapacity: number;
  maxCapacity: number;
  targetCpuPercent: number;
  targetMemoryPercent: number;
  targetRequestsPerMinute: number;
  spotPercent: number;
  onDemandBase: number;
  awakeHours: string;
  timeZone: string;
  livenessPath: string;
  /** Whether a deployment goes back when one of its alarms fires. */
  alarmRollback: boolean;
  healthCheckGracePeriodSeconds: number;
  executeCommand: "disabled" | "enabled";
  containerInsights: "disabled" | "enabled" | "enhanced";
  serviceDiscovery: "none" | "dns" | "connect";
  /** Family of the task definitions; a series of revisions of its own, so unique in account and region. */
  taskFamily: string;
  /** Cloud Map namespace. */
  discoveryNamespace: string;
  logRetentionDays: number;
  deletionProtection: boolean;
}
