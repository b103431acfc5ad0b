import type * as pulumi from "@pulumi/pulumi";

/** What `pulumi stack output` shows: addresses and names, never a secret. The README lists the same. */
export interface StackOutputs {
  /** Where callers reach the service. */
  url: pulumi.Output<string>;
  /** The load balancer's own host name, the target of a DNS record. */
  albDnsName: pulumi.Output<string>;
  /** CloudFront's own host name of the distribution, where one stands before the load balancer: the target of a DNS record then. */
  distributionDnsName?: pulumi.Output<string>;
  /** Name servers that the hosted zone has to be delegated to, where the stack creates it. */
  nameServers?: pulumi.Output<string[]>;
  /** Route 53 health check of the stack, where several stacks share a name. */
  healthCheckId?: pulumi.Output<string>;
  /** The image that runs, by digest. */
  imageUri: pulumi.Output<string>;
  /** ECR repository of the stack. */
  repositoryUrl: pulumi.Output<string>;
  /** ECS cluster. */
  clusterName: pulumi.Output<string>;
  /** ECS service. */
  serviceName: pulumi.Output<string>;
  /** Task definition with the revision that this deployment asked for. */
  taskDefinitionArn: pulumi.Output<string>;
  /** Security group of the tasks: a service that finds them by discovery gets a rule of its own in it. */
  taskSecurityGroupId: pulumi.Output<string>;
  /** CloudWatch log group of the app. */
  logGroupName: pulumi.Output<string>;
  /** CloudWatch dashboard of the stack. */
  dashboardUrl: pulumi.Output<string>;
  /** VPC that the service runs in. */
  vpcId: pulumi.Input<string>;
  /** DynamoDB table of the app; empty where the stack has none. */
  tableName: pulumi.Input<string>;
  /** Services and scheduled tasks beside the main service, by name. @default - there are none */
  services?: Record<string, Record<string, pulumi.Output<string>>>;
}
