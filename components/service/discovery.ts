import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PORT_NAME } from "./container.ts";
import type { FargateServiceArgs } from "./fargate-service-args.ts";

export type DiscoveryArgs = Pick<
  FargateServiceArgs,
  "serviceDiscovery" | "vpcId" | "containerPort" | "discoveryNamespace"
>;

/** The settings that an ECS service takes for it. */
export type DiscoverySettings = Pick<
  aws.ecs.ServiceArgs,
  "serviceRegistries" | "serviceConnectConfiguration"
>;

/**
 * Cloud Map namespace by which other services inside the VPC find this one. It opens nothing: each client adds an
 * ingress rule from its own security group to that of the tasks, which is an output of the stack.
 * Cost: DNS 0.50 USD a month for its zone.
 */
export class Discovery extends pulumi.ComponentResource {
  readonly settings: DiscoverySettings;

  constructor(name: string, args: DiscoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:Discovery", name, {}, opts);
    this.settings =
      args.serviceDiscovery === "dns" ? this.dns(name, args) : this.connect(name, args);
    this.registerOutputs({});
  }

  private dns(name: string, args: DiscoveryArgs): DiscoverySettings {
    const namespace = new aws.servicediscovery.PrivateDnsNamespace(
      name,
      { name: args.discoveryNamespace, vpc: args.vpcId },
      { parent: this },
    );
    const registry = new aws.servicediscovery.Service(
      `${name}-registry`,
      {
        name: "api",
        // ECS takes its tasks out of the registry some time after they stopped, which would fail a destroy.
        forceDestroy: true,
        dnsConfig: {
          namespaceId: namespace.id,
          dnsRecords: [{ type: "A", ttl: 10 }],
          routingPolicy: "MULTIVALUE",
        },
      },
      { parent: this },
    );
    return { serviceRegistries: { registryArn: registry.arn } };
  }

  private connect(name: string, args: DiscoveryArgs): DiscoverySettings {
    const namespace = new aws.servicediscovery.HttpNamespace(
      name,
      { name: args.discoveryNamespace },
      { parent: this },
    );
    return {
      serviceConnectConfiguration: {
        enabled: true,
        namespace: namespace.arn,
        services: [
          {
            portName: PORT_NAME,
            discoveryName: "api",
            clientAlias: [{ dnsName: "api", port: args.containerPort }],
          },
        ],
      },
    };
  }
}
