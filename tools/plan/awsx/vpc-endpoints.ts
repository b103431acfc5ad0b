import type { Json } from "../types.ts";
import { Reference, type ExpandedResource } from "./expansion.ts";
import type { ExpandedSubnet } from "./vpc.ts";
import { pick, type EndpointSpec, type VpcInputs } from "./vpc-inputs.ts";

interface Surroundings {
  args: VpcInputs;
  shared: Record<string, Json>;
  vpc: string;
  subnets: readonly ExpandedSubnet[];
}

export interface VpcEndpoints {
  resources: ExpandedResource[];
  /** DNS settings of the VPC that private DNS names need. */
  dns: Record<string, Json>;
  warnings: string[];
}

/** Inputs of a spec that the endpoint takes over as they are. */
const ENDPOINT_KEYS = [
  "autoAccept",
  "dnsOptions",
  "ipAddressType",
  "policy",
  "privateDnsEnabled",
  "region",
  "resourceConfigurationArn",
  "routeTableIds",
  "securityGroupIds",
  "serviceName",
  "serviceNetworkArn",
  "serviceRegion",
  "subnetConfigurations",
  "subnetIds",
  "vpcEndpointType",
];

/** The endpoints of the VPC. With strategy `Auto` they get what they need of it; otherwise they are as specified. */
export function vpcEndpoints(surroundings: Surroundings): VpcEndpoints {
  const { args } = surroundings;
  const auto = args.autoEndpoints;
  const privateDns = args.endpoints.some(
    ({ kind, inputs }) => auto && kind === "interface" && inputs["privateDnsEnabled"] !== false,
  );
  for (const name of ["enableDnsHostnames", "enableDnsSupport"])
    if (privateDns && args.vpc[name] === false)
      throw new Error(
        `vpcEndpointStrategy "Auto" requires ${name} to be true when Interface endpoint private DNS is enabled.`,
      );
  return {
    resources: args.endpoints.flatMap((spec) => endpoint(spec, surroundings)),
    dns: privateDns ? { enableDnsHostnames: true, enableDnsSupport: true } : {},
    warnings: auto ? [] : args.endpoints.flatMap(incomplete),
  };
}

function endpoint(
  spec: EndpointSpec,
  { args, shared, vpc, subnets }: Surroundings,
): ExpandedResource[] {
  const { serviceName, kind, inputs } = spec;
  const auto = args.autoEndpoints ? kind : "";
  const given = pick(inputs, ENDPOINT_KEYS);
  const region = pick(
    { ...(args.region === undefined ? {} : { region: args.region }), ...inputs },
    ["region"],
  );
  const tags = { ...shared, ...spec.tags };
  const needsGroup = auto === "interface" && inputs["securityGroupIds"] === undefined;
  const group = `aws:ec2/securityGroup:SecurityGroup::${serviceName}-sg`;
  const groups: ExpandedResource[] = needsGroup
    ? [
        {
          key: group,
          type: "aws:ec2/securityGroup:SecurityGroup",
          name: `${serviceName}-sg`,
          parent: vpc,
          inputs: { ...region, vpcId: new Reference(vpc, "id"), tags },
          dependsOn: [vpc],
        },
        {
          key: `aws:ec2/securityGroupRule:SecurityGroupRule::${serviceName}-ingress`,
          type: "aws:ec2/securityGroupRule:SecurityGroupRule",
          name: `${serviceName}-ingress`,
          parent: vpc,
          inputs: {
            ...region,
            type: "ingress",
            securityGroupId: new Reference(group, "id"),
            protocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrBlocks: [new Reference(vpc, "cidrBlock")],
          },
          dependsOn: [group],
        },
      ]
    : [];
  return [
    ...groups,
    {
      key: `aws:ec2/vpcEndpoint:VpcEndpoint::${serviceName}`,
      type: "aws:ec2/vpcEndpoint:VpcEndpoint",
      name: serviceName,
      parent: vpc,
      inputs: {
        ...(auto === "interface"
          ? { privateDnsEnabled: true, ...subnetIds(inputs, args, subnets) }
          : {}),
        ...(needsGroup ? { securityGroupIds: [new Reference(group, "id")] } : {}),
        ...(auto === "gateway"
          ? { routeTableIds: subnets.map(({ routeTable }) => new Reference(routeTable, "id")) }
          : {}),
        ...given,
        ...region,
        tags,
        vpcId: new Reference(vpc, "id"),
      },
      dependsOn: [vpc],
    },
  ];
}

/** One subnet a zone: private, else isolated, else public. */
function subnetIds(
  inputs: Record<string, Json>,
  args: VpcInputs,
  subnets: readonly ExpandedSubnet[],
): { subnetIds?: Reference[] } {
  if (inputs["subnetConfigurations"] !== undefined) return {};
  const chosen = args.zones.flatMap((_, zone) => {
    const here = subnets.filter((subnet) => subnet.zone === zone);
    const best = ["private", "isolated", "public"].flatMap((kind) =>
      here.filter(({ spec }) => spec.kind === kind),
    )[0];
    return best === undefined ? [] : [new Reference(best.subnet, "id")];
  });
  return { subnetIds: chosen };
}

function incomplete({ serviceName, kind, inputs }: EndpointSpec): string[] {
  if (
    kind === "interface" &&
    inputs["subnetIds"] === undefined &&
    inputs["subnetConfigurations"] === undefined
  )
    return [
      `VPC endpoint "${serviceName}" is an Interface endpoint without subnetIds or subnetConfigurations. Specify vpcEndpointStrategy: "Auto" to use generated VPC subnets.`,
    ];
  if (kind === "gateway" && inputs["routeTableIds"] === undefined)
    return [
      `VPC endpoint "${serviceName}" is a Gateway endpoint without routeTableIds. Specify vpcEndpointStrategy: "Auto" to use generated VPC route tables.`,
    ];
  return [];
}
