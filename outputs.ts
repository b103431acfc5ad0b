import * as pulumi from "@pulumi/pulumi";
import type { StandingService } from "./other-services.ts";

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
  vpcId: pulumi.Output<string>;
  /** DynamoDB table of the app; empty where the stack has none. */
  tableName: pulumi.Output<string>;
  /** Services and scheduled tasks beside the main service, by name. @default - there are none */
  services?: Record<string, Record<string, pulumi.Output<string>>>;
}

/** What the outputs are taken from. */
export interface Deployed {
  network: { vpcId: pulumi.Input<string> };
  domain: { nameServers: pulumi.Output<string[]> | undefined } | undefined;
  healthCheck: { healthCheckId: pulumi.Output<string> } | undefined;
  storage: { table: { name: pulumi.Output<string> } | undefined };
  registry: { imageUri: pulumi.Output<string>; repositoryUrl: pulumi.Output<string> };
  /** Where callers reach the service. */
  url: pulumi.Output<string>;
  loadBalancer: { dnsName: pulumi.Output<string> };
  distribution: { dnsName: pulumi.Output<string> } | undefined;
  service: {
    clusterName: pulumi.Output<string>;
    taskDefinitionArn: pulumi.Output<string>;
    taskSecurityGroupId: pulumi.Output<string>;
    logGroupName: pulumi.Output<string>;
  };
  /** Known once the deployment is verified. */
  serviceName: pulumi.Output<string>;
  observability: { dashboardUrl: pulumi.Output<string> };
  /** The services beside the main one, verified. */
  others: readonly StandingService[];
}

export function stackOutputs(deployed: Deployed): StackOutputs {
  const { network, storage, registry, loadBalancer, service, observability } = deployed;
  const nameServers = deployed.domain?.nameServers;
  const { healthCheck, distribution } = deployed;
  return {
    url: deployed.url,
    albDnsName: loadBalancer.dnsName,
    ...(distribution === undefined ? {} : { distributionDnsName: distribution.dnsName }),
    ...(nameServers === undefined ? {} : { nameServers }),
    ...(healthCheck === undefined ? {} : { healthCheckId: healthCheck.healthCheckId }),
    imageUri: registry.imageUri,
    repositoryUrl: registry.repositoryUrl,
    clusterName: service.clusterName,
    serviceName: deployed.serviceName,
    taskDefinitionArn: service.taskDefinitionArn,
    taskSecurityGroupId: service.taskSecurityGroupId,
    logGroupName: service.logGroupName,
    dashboardUrl: observability.dashboardUrl,
    vpcId: pulumi.output(network.vpcId),
    tableName: storage.table?.name ?? pulumi.output(""),
    ...(deployed.others.length === 0
      ? {}
      : {
          services: Object.fromEntries(deployed.others.map((other) => [other.name, shown(other)])),
        }),
  };
}

/** What the outputs show of a service: where it is. */
function shown(service: StandingService): Record<string, pulumi.Output<string>> {
  const { url, verified, scheduleName, taskDefinitionArn, logGroupName } = service;
  return {
    ...(url === undefined ? {} : { url }),
    ...(verified === undefined ? {} : { serviceName: verified }),
    ...(scheduleName === undefined ? {} : { scheduleName }),
    taskDefinitionArn,
    logGroupName,
  };
}
