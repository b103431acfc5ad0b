/**
 * What the remote component `awsx.ec2.Vpc` creates: the npm package holds its SDK alone, the code runs in a plugin.
 * Names, parents, inputs and dependencies follow pulumi/pulumi-awsx, awsx/ec2/vpc.ts (3.8 and 3.9); the same tree shows
 * in the states that users report (pulumi/pulumi-awsx issue 887).
 */
import { networkAddress, parseCidr, planSubnets } from "../../ecs/subnet-plan.ts";
import type { Json } from "../types.ts";
import { expanded, keyOf, Reference, type ExpandedResource, type Expansion } from "./expansion.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";
import { readVpcInputs, type SubnetSpec, type SubnetType, type VpcInputs } from "./vpc-inputs.ts";

export interface ExpandedSubnet {
  zone: number;
  spec: SubnetSpec;
  /** Name of the subnet, its route table, association and route. */
  name: string;
  cidr: string;
  /** Keys of the two. */
  subnet: string;
  routeTable: string;
}

const TYPES = {
  vpc: "aws:ec2/vpc:Vpc",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  subnet: "aws:ec2/subnet:Subnet",
  routeTable: "aws:ec2/routeTable:RouteTable",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  route: "aws:ec2/route:Route",
  eip: "aws:ec2/eip:Eip",
  nat: "aws:ec2/natGateway:NatGateway",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
} as const;

const id = (key: string): Reference => new Reference(key, "id");

/**
 * Expands `new awsx.ec2.Vpc(name, inputs)` into its resources, without any engine, account or plugin.
 * @param inputs in plain text; `subnetStrategy: "Auto"` alone is covered
 * @param regionZones zones to choose from where `availabilityZoneNames` is absent
 * @throws Error on inputs that awsx would refuse or that the expansion does not cover
 */
export function expandVpc(
  name: string,
  inputs: Record<string, Json>,
  regionZones: readonly string[] = [],
): Expansion {
  const args = readVpcInputs(name, inputs, regionZones);
  const specs = args.subnetSpecs ?? defaultSpecs(args);
  checkNat(args, specs);
  const shared = { Name: name, ...args.tags };
  const [vpc, gateway] = [keyOf(TYPES.vpc, name), keyOf(TYPES.gateway, name)];
  const subnets = layOut(name, args, specs);
  const endpoints = vpcEndpoints({ args, shared, vpc, subnets });
  const resources = [
    expanded(TYPES.vpc, name, undefined, {
      ...args.vpc,
      ...endpoints.dns,
      cidrBlock: args.cidrBlock,
      tags: shared,
    }),
    expanded(TYPES.gateway, name, vpc, { ...args.region, vpcId: id(vpc), tags: shared }),
  ];
  const nats = new Map<number, string>();
  for (const planned of subnets) {
    resources.push(...subnetResources(planned, args, shared, vpc));
    const { zone, routeTable, spec } = planned;
    const isPublic = spec.kind === "public";
    const target = isPublic ? { gatewayId: id(gateway) } : natTarget(args, planned, nats);
    if (target !== undefined)
      resources.push(
        expanded(TYPES.route, planned.name, routeTable, {
          ...args.region,
          routeTableId: id(routeTable),
          ...target,
          destinationCidrBlock: "0.0.0.0/0",
        }),
      );
    // After the route to the internet gateway, as in a deployment: the program has NAT gateways wait for one.
    if (isPublic && nats.size < wantedNats(args, zone)) {
      const nat = `${name}-${zone + 1}`;
      resources.push(...natResources(nat, planned, args));
      nats.set(zone, keyOf(TYPES.nat, nat));
    }
  }
  resources.push(...endpoints.resources);
  return {
    resources,
    outputs: outputs(resources, subnets, specs, vpc),
    warnings: endpoints.warnings,
  };
}

/** Without specs awsx makes a private and a public subnet, half and a quarter of each zone, at most of a /16. */
function defaultSpecs(args: VpcInputs): SubnetSpec[] {
  const bits = Math.ceil(Math.log2(args.zones.length));
  const zoneMask = Math.max(16, parseCidr(args.cidrBlock).mask + bits);
  return [
    { type: "Private", kind: "private", name: "private", mask: zoneMask + 1, tags: {} },
    { type: "Public", kind: "public", name: "public", mask: zoneMask + 2, tags: {} },
  ];
}

const NAT_ORDER: Record<SubnetType, number> = { public: 0, private: 1, isolated: 2 };

/** The subnets with their addresses, zone by zone, public ones first: a NAT gateway stands before what routes to it. */
function layOut(name: string, args: VpcInputs, specs: readonly SubnetSpec[]): ExpandedSubnet[] {
  const { mask } = parseCidr(args.cidrBlock);
  const zoneMask = mask + Math.ceil(Math.log2(args.zones.length));
  const evenMask = zoneMask + Math.ceil(Math.log2(specs.length));
  const planned = planSubnets({
    vpcCidr: `${networkAddress(args.cidrBlock)}/${mask}`,
    zones: args.zones.length,
    // The addresses follow the order of the specs; their types do not matter there.
    specs: specs.map((spec) => ({ type: "private", mask: spec.mask ?? evenMask })),
  });
  return args.zones.flatMap((_, zone) =>
    specs
      .map((spec, index) => {
        const subnet = `${name}-${spec.name}-${zone + 1}`;
        return {
          zone,
          spec,
          name: subnet,
          cidr: planned[zone * specs.length + index]?.cidr ?? "",
          subnet: keyOf(TYPES.subnet, subnet),
          routeTable: keyOf(TYPES.routeTable, subnet),
        };
      })
      .sort((a, b) => NAT_ORDER[a.spec.kind] - NAT_ORDER[b.spec.kind]),
  );
}

function checkNat(args: VpcInputs, specs: readonly SubnetSpec[]): void {
  if (args.nat === "none") return;
  const kinds = new Set(specs.map(({ kind }) => kind));
  if (!kinds.has("public") || !(kinds.has("private") || kinds.has("isolated")))
    throw new Error(
      "If NAT Gateway strategy is 'OnePerAz' or 'Single', public subnets must be declared to host the NAT Gateway resource, along with private or isolated subnets to route through it.",
    );
}

/** NAT gateways that there shall be once this zone is done. */
function wantedNats({ nat }: VpcInputs, zone: number): number {
  return nat === "oneperaz" ? zone + 1 : nat === "single" ? 1 : 0;
}

function natTarget(
  { nat: strategy }: VpcInputs,
  { spec, zone }: ExpandedSubnet,
  nats: ReadonlyMap<number, string>,
) {
  if (spec.kind !== "private" || strategy === "none") return undefined;
  const nat = nats.get(strategy === "single" ? 0 : zone);
  if (nat === undefined) throw new Error(`Zone ${zone + 1} has no NAT gateway.`);
  return { natGatewayId: id(nat) };
}

function subnetResources(
  { spec, name, zone, cidr, subnet, routeTable }: ExpandedSubnet,
  { region, zones }: VpcInputs,
  shared: Record<string, Json>,
  vpc: string,
): ExpandedResource[] {
  const tags = { Name: name, SubnetType: spec.type };
  return [
    expanded(TYPES.subnet, name, vpc, {
      ...region,
      vpcId: id(vpc),
      availabilityZone: zones[zone] ?? "",
      mapPublicIpOnLaunch: spec.kind === "public",
      cidrBlock: cidr,
      assignIpv6AddressOnCreation: false,
      tags: { ...shared, ...spec.tags, ...tags },
    }),
    expanded(TYPES.routeTable, name, subnet, {
      ...region,
      vpcId: id(vpc),
      tags: { ...shared, ...tags },
    }),
    expanded(TYPES.association, name, routeTable, {
      ...region,
      routeTableId: id(routeTable),
      subnetId: id(subnet),
    }),
  ];
}

function natResources(
  name: string,
  { subnet, zone }: ExpandedSubnet,
  { region, elasticIpAllocationIds, ...args }: VpcInputs,
): ExpandedResource[] {
  const tags = { ...args.tags, Name: name };
  const given = elasticIpAllocationIds[zone];
  const allocationId = given ?? new Reference(keyOf(TYPES.eip, name), "allocationId");
  return [
    ...(given === undefined ? [expanded(TYPES.eip, name, subnet, { ...region, tags })] : []),
    expanded(TYPES.nat, name, subnet, { ...region, subnetId: id(subnet), allocationId, tags }),
  ];
}

function outputs(
  resources: readonly ExpandedResource[],
  subnets: readonly ExpandedSubnet[],
  specs: readonly SubnetSpec[],
  vpc: string,
): Expansion["outputs"] {
  const all = (type: string) =>
    resources
      .filter((resource) => resource.type === type)
      .map((resource) => new Reference(resource.key));
  const ofKind = (kind: SubnetType) => {
    const keys = subnets.filter(({ spec }) => spec.kind === kind).map(({ subnet }) => subnet);
    return {
      [`${kind}SubnetIds`]: keys.map(id),
      [`${kind}Subnets`]: keys.map((key) => new Reference(key)),
    };
  };
  return {
    eips: all(TYPES.eip),
    internetGateway: all(TYPES.gateway)[0] ?? null,
    ...ofKind("isolated"),
    natGateways: all(TYPES.nat),
    ...ofKind("private"),
    ...ofKind("public"),
    routeTableAssociations: all(TYPES.association),
    routeTables: all(TYPES.routeTable),
    routes: all(TYPES.route),
    subnetLayout: specs.map(({ type, mask }) => ({
      type,
      ...(mask === undefined ? {} : { cidrMask: mask }),
    })),
    subnets: all(TYPES.subnet),
    vpc: new Reference(vpc),
    vpcEndpoints: all(TYPES.endpoint),
    vpcId: id(vpc),
  };
}
