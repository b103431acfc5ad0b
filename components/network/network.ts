import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { LogGroupArgs } from "../log-group.ts";
import { FlowLogs } from "./flow-logs.ts";
import { internetGatewayFirst } from "./gateway-order.ts";
import { egress, privateIngress, publicIngress, type AclRule } from "./network-acl.ts";
import { subnetMasks } from "@koa-fargate/workbench/ecs";

export interface NetworkArgs extends LogGroupArgs {
  /** Account and region that it is created in. */
  account: { partition: string; region: string; accountId: string };
  /** IPv4 range of the VPC. */
  vpcCidr: string;
  availabilityZoneCount: number;
  natStrategy: "none" | "single" | "one-per-az";
  /** Short names of AWS services, such as `ecr.api`. S3 and DynamoDB always have a gateway endpoint, which is free. */
  interfaceEndpoints: readonly string[];
  flowLogs: "none" | "rejected" | "all";
}

const NAT_STRATEGY = { none: "None", single: "Single", "one-per-az": "OnePerAz" } as const;

/**
 * VPC with a public and a private subnet in each zone: awsx.ec2.Vpc, plus what that lacks: a closed default security
 * group, network ACLs, flow logs, and no public addresses by default.
 * Cost: a NAT gateway about 33 USD a month, an interface endpoint about 7 USD a month and zone; the rest is free.
 */
export class Network extends pulumi.ComponentResource {
  // Known once every route, NAT gateway and endpoint stands: the engine hands out no output of a component of another
  // package before all its children are made. A task that starts in one of these subnets reaches what it needs.
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly natGatewayIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:network:Network", name, {}, opts);

    const masks = subnetMasks(args.vpcCidr);
    const vpc = new awsx.ec2.Vpc(
      name,
      {
        cidrBlock: args.vpcCidr,
        numberOfAvailabilityZones: args.availabilityZoneCount,
        enableDnsHostnames: true,
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Private", cidrMask: masks.private },
          { type: "Public", cidrMask: masks.public },
        ],
        natGateways: { strategy: NAT_STRATEGY[args.natStrategy] },
        vpcEndpointStrategy: "Auto",
        vpcEndpointSpecs: endpoints(args),
      },
      { parent: this, transforms: [withoutPublicAddresses, internetGatewayFirst()] },
    );
    this.vpcId = vpc.vpcId;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    const nats = { none: 0, single: 1, "one-per-az": args.availabilityZoneCount };
    this.natGatewayIds = Array.from({ length: nats[args.natStrategy] }, (_, index) =>
      vpc.natGateways.apply((gateways) => pulumi.output(gateways[index]?.id ?? "")),
    );

    // Everything attached to the default group by accident is cut off, not connected.
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.vpcId, ingress: [], egress: [] },
      { parent: this },
    );
    this.acl(`${name}-public`, vpc.publicSubnetIds, publicIngress(args.vpcCidr));
    this.acl(`${name}-private`, vpc.privateSubnetIds, privateIngress(args.vpcCidr));
    if (args.flowLogs !== "none")
      new FlowLogs(
        `${name}-flow-logs`,
        { ...args, vpcId: vpc.vpcId, traffic: args.flowLogs },
        { parent: this },
      );
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }

  private acl(name: string, subnetIds: pulumi.Output<string[]>, ingress: AclRule[]): void {
    new aws.ec2.NetworkAcl(
      name,
      { vpcId: this.vpcId, subnetIds, ingress, egress: egress(), tags: { Name: name } },
      { parent: this },
    );
  }
}

function endpoints(args: NetworkArgs): awsx.types.input.ec2.VpcEndpointSpecArgs[] {
  const serviceName = (service: string): string =>
    `com.amazonaws.${args.account.region}.${service}`;
  return [
    ...["s3", "dynamodb"].map((service) => ({
      serviceName: serviceName(service),
      vpcEndpointType: "Gateway",
    })),
    ...args.interfaceEndpoints.map((service) => ({
      serviceName: serviceName(service),
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
    })),
  ];
}

/** awsx gives everything in a public subnet an address of its own; ours asks for one where it needs one. */
const withoutPublicAddresses: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:ec2/subnet:Subnet"
    ? { props: { ...(props as object), mapPublicIpOnLaunch: false }, opts }
    : undefined;
