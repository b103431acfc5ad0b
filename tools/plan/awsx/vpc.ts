/**
 * What the remote component `awsx.ec2.Vpc` creates: the npm package holds its SDK alone, the code runs in a plugin.
 * Names, parents, inputs and dependencies follow pulumi/pulumi-awsx, awsx/ec2/vpc.ts (3.8 and 3.9); the same tree shows
 * in the states that users report (pulumi/pulumi-awsx issue 887).
 */
import { networkAddress, parseCidr, planSubnets } from "../../../components/network/subnet-plan.ts";
import type { Json } from "../types.ts";
import { Reference, type Expandable, type ExpandedResource, type Expansion } from "./expansion.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";
import { readVpcInputs, type SubnetSpec, type SubnetType, type VpcInputs } from "./vpc-inputs.ts";

export interface ExpandedSubnet {
  zone: number;
  spec: SubnetSpec;
  /** Name of the subnet, its route table, association and route. */
  name: string;
  cidr: string;
  subnet: string;
  routeTable: string;
}

const EVERYWHERE = "0.0.0.0/0";

/** Key of a resource of the expansion. */
export function key(type: string, name: string): string {
  return `${type}::${name}`;
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
} as const;

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
  const region = args.region === undefined ? {} : { region: args.region };
  const shared = { Name: name, ...args.tags };

  const vpc = key(TYPES.vpc, name);
  const gateway = key(TYPES.gateway, name);
  const subnets = layOut(name, args, specs);
  const endpoints = vpcEndpoints({ args, shared, vpc, subnets });
  const resources: ExpandedResource[] = [
    {
      key: vpc,
      type: TYPES.vpc,
      name,
      inputs: { ...args.vpc, ...endpoints.dns, cidrBlock: args.cidrBlock, tags: shared },
      dependsOn: [],
    },
    {
      key: gateway,
      type: TYPES.gateway,
      name,
      parent: vpc,
      inputs: { ...region, vpcId: new Reference(vpc, "id"), tags: shared },
      dependsOn: [vpc],
    },
  ];
  const nats = new Map<number, string>();
  for (const planned of subnets) {
    resources.push(...subnetResources(planned, { args, region, shared, vpc }));
    const nat =
      planned.spec.kind === "public" ? natName(name, args, planned.zone, nats.size) : undefined;
    if (nat !== undefined) {
      resources.push(...natResources(nat, planned, { args, region }));
      nats.set(planned.zone, key(TYPES.nat, nat));
    }
    const target =
      planned.spec.kind === "public"
        ? { gatewayId: new Reference(gateway, "id") }
        : natTarget(args, planned, nats);
    if (target !== undefined)
      resources.push({
        key: key(TYPES.route, planned.name),
        type: TYPES.route,
        name: planned.name,
        parent: planned.routeTable,
        inputs: {
          ...region,
          routeTableId: new Reference(planned.routeTable, "id"),
          ...target,
          destinationCidrBlock: EVERYWHERE,
        },
        dependsOn: [planned.routeTable],
      });
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
  const zoneMask = Math.max(
    16,
    parseCidr(args.cidrBlock).mask + Math.ceil(Math.log2(args.zones.length)),
  );
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
          subnet: key(TYPES.subnet, subnet),
          routeTable: key(TYPES.routeTable, subnet),
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

function natName(name: string, args: VpcInputs, zone: number, made: number): string | undefined {
  const wanted = args.nat === "oneperaz" ? zone + 1 : args.nat === "single" ? 1 : 0;
  return made < wanted ? `${name}-${zone + 1}` : undefined;
}

function natTarget(
  args: VpcInputs,
  { spec, zone }: ExpandedSubnet,
  nats: ReadonlyMap<number, string>,
) {
  if (spec.kind !== "private" || args.nat === "none") return undefined;
  const nat = nats.get(args.nat === "single" ? 0 : zone);
  if (nat === undefined) throw new Error(`Zone ${zone + 1} has no NAT gateway.`);
  return { natGatewayId: new Reference(nat, "id") };
}

interface Surroundings {
  args: VpcInputs;
  region: Record<string, Json>;
}

function subnetResources(
  { spec, name, zone, cidr, subnet, routeTable }: ExpandedSubnet,
  { args, region, shared, vpc }: Surroundings & { shared: Record<string, Json>; vpc: string },
): ExpandedResource[] {
  const tags = { Name: name, SubnetType: spec.type };
  return [
    {
      key: subnet,
      type: TYPES.subnet,
      name,
      parent: vpc,
      inputs: {
        ...region,
        vpcId: new Reference(vpc, "id"),
        availabilityZone: args.zones[zone] ?? "",
        mapPublicIpOnLaunch: spec.kind === "public",
        cidrBlock: cidr,
        assignIpv6AddressOnCreation: false,
        tags: { ...shared, ...spec.tags, ...tags },
      },
      dependsOn: [vpc],
    },
    {
      key: routeTable,
      type: TYPES.routeTable,
      name,
      parent: subnet,
      inputs: { ...region, vpcId: new Reference(vpc, "id"), tags: { ...shared, ...tags } },
      dependsOn: [subnet],
    },
    {
      key: key(TYPES.association, name),
      type: TYPES.association,
      name,
      parent: routeTable,
      inputs: {
        ...region,
        routeTableId: new Reference(routeTable, "id"),
        subnetId: new Reference(subnet, "id"),
      },
      dependsOn: [routeTable],
    },
  ];
}

function natResources(
  name: string,
  { subnet, zone }: ExpandedSubnet,
  { args, region }: Surroundings,
): ExpandedResource[] {
  const tags = { ...args.tags, Name: name };
  const common = { name, parent: subnet, dependsOn: [subnet] };
  const eip = key(TYPES.eip, name);
  const given = args.elasticIpAllocationIds[zone];
  const nat = (allocationId: Expandable): ExpandedResource => ({
    ...common,
    key: key(TYPES.nat, name),
    type: TYPES.nat,
    inputs: { ...region, subnetId: new Reference(subnet, "id"), allocationId, tags },
  });
  if (given !== undefined) return [nat(given)];
  return [
    { ...common, key: eip, type: TYPES.eip, inputs: { ...region, tags } },
    nat(new Reference(eip, "allocationId")),
  ];
}

function outputs(
  resources: readonly ExpandedResource[],
  subnets: readonly ExpandedSubnet[],
  specs: readonly SubnetSpec[],
  vpc: string,
): Record<string, Expandable> {
  const all = (type: string) =>
    resources
      .filter((resource) => resource.type === type)
      .map((resource) => new Reference(resource.key));
  const ofKind = (kind: SubnetType) => subnets.filter(({ spec }) => spec.kind === kind);
  const ids = (kind: SubnetType) => ofKind(kind).map(({ subnet }) => new Reference(subnet, "id"));
  const whole = (kind: SubnetType) => ofKind(kind).map(({ subnet }) => new Reference(subnet));
  return {
    eips: all(TYPES.eip),
    internetGateway: all(TYPES.gateway)[0] ?? null,
    isolatedSubnetIds: ids("isolated"),
    isolatedSubnets: whole("isolated"),
    natGateways: all(TYPES.nat),
    privateSubnetIds: ids("private"),
    privateSubnets: whole("private"),
    publicSubnetIds: ids("public"),
    publicSubnets: whole("public"),
    routeTableAssociations: all(TYPES.association),
    routeTables: all(TYPES.routeTable),
    routes: all(TYPES.route),
    subnetLayout: specs.map(({ type, mask }) => ({
      type,
      ...(mask === undefined ? {} : { cidrMask: mask }),
    })),
    subnets: all(TYPES.subnet),
    vpc: new Reference(vpc),
    vpcEndpoints: all("aws:ec2/vpcEndpoint:VpcEndpoint"),
    vpcId: new Reference(vpc, "id"),
  };
}
