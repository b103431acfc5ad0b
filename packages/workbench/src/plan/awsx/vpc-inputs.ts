import { list, record } from "../plan-reader.ts";
import type { Json } from "../types.ts";

export type SubnetType = "public" | "private" | "isolated";
export type NatStrategy = "none" | "single" | "oneperaz";

export interface SubnetSpec {
  /** As written, such as `Public`. */
  type: string;
  kind: SubnetType;
  /** Part of the resource's name: the spec's own name or its type in lower case. */
  name: string;
  mask: number | undefined;
  tags: Record<string, Json>;
}

export interface EndpointSpec {
  serviceName: string;
  kind: string;
  inputs: Record<string, Json>;
  tags: Record<string, Json>;
}

/** The inputs of `awsx.ec2.Vpc` that the expansion covers. */
export interface VpcInputs {
  cidrBlock: string;
  zones: string[];
  subnetSpecs: SubnetSpec[] | undefined;
  nat: NatStrategy;
  elasticIpAllocationIds: Json[];
  /** Endpoints get subnets, route tables, security groups and private DNS by themselves. */
  autoEndpoints: boolean;
  endpoints: EndpointSpec[];
  /** Inputs that the VPC itself takes over. */
  vpc: Record<string, Json>;
  /** `region`, where it is set: an input of every resource. */
  region: Record<string, Json>;
  tags: Record<string, Json>;
}

const VPC_KEYS = [
  ...["enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"],
  ...["instanceTenancy", "region"],
];

/** Inputs that change the layout in ways that the expansion does not follow. */
const NOT_COVERED = [
  ...["assignGeneratedIpv6CidrBlock", "availabilityZoneCidrMask", "ipv4IpamPoolId"],
  ...["ipv4NetmaskLength", "ipv6CidrBlock", "ipv6IpamPoolId", "ipv6NetmaskLength"],
  "subnetNameTagStrategy",
];

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

export function readVpcInputs(
  name: string,
  inputs: Record<string, Json>,
  regionZones: readonly string[],
): VpcInputs {
  const foreign = NOT_COVERED.find((key) => inputs[key] !== undefined);
  if (foreign !== undefined)
    throw new Error(
      `The plan does not know what awsx.ec2.Vpc ${name} creates with ${foreign}: leave it out.`,
    );
  if (inputs["subnetStrategy"] !== "Auto")
    throw new Error(
      `The plan knows what awsx.ec2.Vpc ${name} creates with subnetStrategy "Auto" alone, not with ${JSON.stringify(inputs["subnetStrategy"] ?? "Legacy")}.`,
    );
  const names = list(inputs["availabilityZoneNames"]).map(text);
  const count = inputs["numberOfAvailabilityZones"];
  const zones =
    names.length > 0 ? names : regionZones.slice(0, typeof count === "number" ? count : 3);
  const nat = record(inputs["natGateways"]);
  return {
    cidrBlock: text(inputs["cidrBlock"]) || "10.0.0.0/16",
    zones,
    subnetSpecs:
      inputs["subnetSpecs"] === undefined ? undefined : list(inputs["subnetSpecs"]).map(subnetSpec),
    nat: natStrategy(nat["strategy"]),
    elasticIpAllocationIds: list(nat["elasticIpAllocationIds"]),
    autoEndpoints: inputs["vpcEndpointStrategy"] === "Auto",
    endpoints: list(inputs["vpcEndpointSpecs"]).map(endpointSpec),
    vpc: pick(inputs, VPC_KEYS),
    region: pick(inputs, ["region"]),
    tags: record(inputs["tags"]),
  };
}

function subnetSpec(value: Json): SubnetSpec {
  const spec = record(value);
  const type = text(spec["type"]);
  const kind = type.toLowerCase();
  if (kind !== "public" && kind !== "private" && kind !== "isolated")
    throw new Error(`The plan does not know the subnet type ${type} of awsx.ec2.Vpc.`);
  if (spec["cidrBlocks"] !== undefined || spec["assignIpv6AddressOnCreation"] !== undefined)
    throw new Error(
      "The plan follows subnet specs of awsx.ec2.Vpc by type, name, mask and size alone.",
    );
  const { cidrMask, size } = spec;
  const mask =
    typeof cidrMask === "number"
      ? cidrMask
      : typeof size === "number"
        ? 32 - Math.log2(size)
        : undefined;
  return { type, kind, name: text(spec["name"]) || kind, mask, tags: record(spec["tags"]) };
}

function natStrategy(value: Json | undefined): NatStrategy {
  const text = typeof value === "string" ? value.toLowerCase() : "oneperaz";
  if (text === "none" || text === "single" || text === "oneperaz") return text;
  throw new Error(`Unknown NatGatewayStrategy '${text}'`);
}

function endpointSpec(value: Json): EndpointSpec {
  const { tags, ...inputs } = record(value);
  const type = inputs["vpcEndpointType"];
  return {
    serviceName: text(inputs["serviceName"]),
    kind: typeof type === "string" ? type.toLowerCase() : "gateway",
    inputs,
    tags: record(tags),
  };
}

/** The entries of `keys` that are set. */
export function pick<T>(from: Record<string, T>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    Object.entries(from).filter(([key, value]) => keys.includes(key) && value !== undefined),
  );
}
