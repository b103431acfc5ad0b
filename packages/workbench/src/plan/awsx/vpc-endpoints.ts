import { filled } from "../provider/facts.ts";
import type { Json } from "../types.ts";
import { expanded, keyOf, Reference, type ExpandedResource } from "./expansion.ts";
import type { ExpandedSubnet } from "./vpc.ts";
import { pick, type EndpointSpec, type VpcInputs } from "./vpc-inputs.ts";

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

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
  ...["autoAccept", "dnsOptions", "ipAddressType", "policy", "privateDnsEnabled", "region"],
  ...["resourceConfigurationArn", "routeTableIds", "securityGroupIds", "serviceName"],
  ...["serviceNetworkArn", "serviceRegion", "subnetConfigurations", "subnetIds", "vpcEndpointType"],
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
  const region = { ...args.region, ...pick(inputs, ["region"]) };
  const tags = { ...shared, ...spec.tags };
  const vpcId = new Reference(vpc, "id");
  const group = keyOf(SECURITY_GROUP, `${serviceName}-sg`);
  const securityGroupId = new Reference(group, "id");
  const groups =
    auto === "interface" && inputs["securityGroupIds"] === undefined
      ? [
          expanded(
            SECURITY_GROUP,
            `${serviceName}-sg`,
            vpc,
            filled(SECURITY_GROUP, { ...region, vpcId, tags }),
          ),
          {
            ...expanded(
              "aws:ec2/securityGroupRule:SecurityGroupRule",
              `${serviceName}-ingress`,
              vpc,
              {
                ...region,
                type: "ingress",
                securityGroupId,
                protocol: "tcp",
                fromPort: 443,
                toPort: 443,
                cidrBlocks: [new Reference(vpc, "cidrBlock")],
              },
            ),
            dependsOn: [group],
          },
        ]
      : [];
  return [
    ...groups,
    expanded("aws:ec2/vpcEndpoint:VpcEndpoint", serviceName, vpc, {
      ...(auto === "interface"
        ? { privateDnsEnabled: true, ...subnetIds(inputs, args, subnets) }
        : {}),
      ...(groups.length > 0 ? { securityGroupIds: [securityGroupId] } : {}),
      ...(auto === "gateway"
        ? { routeTableIds: subnets.map(({ routeTable }) => new Reference(routeTable, "id")) }
        : {}),
      ...pick(inputs, ENDPOINT_KEYS),
      ...region,
      tags,
      vpcId,
    }),
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
  const sentence = (title: string, missing: string, generated: string): string[] => [
    `VPC endpoint "${serviceName}" is ${title} endpoint without ${missing}. Specify vpcEndpointStrategy: "Auto" to use generated VPC ${generated}.`,
  ];
  const has = (key: string): boolean => inputs[key] !== undefined;
  if (kind === "interface" && !has("subnetIds") && !has("subnetConfigurations"))
    return sentence("an Interface", "subnetIds or subnetConfigurations", "subnets");
  return kind === "gateway" && !has("routeTableIds")
    ? sentence("a Gateway", "routeTableIds", "route tables")
    : [];
}
