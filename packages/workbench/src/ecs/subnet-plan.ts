/**
 * The addresses of the network, as `awsx.ec2.Vpc` lays them out with `subnetStrategy: "Auto"`: the VPC is cut into
 * equal power-of-two blocks, one a zone, and the subnets follow each other from the start of each block.
 */

export interface SubnetPlanArgs {
  /** IPv4 range of the VPC, such as `10.0.0.0/16`. */
  vpcCidr: string;
  /** Number of availability zones. */
  zones: number;
  /** Subnets of each zone in the order of the specs: type and prefix length. */
  specs: readonly { type: "private" | "public"; mask: number }[];
}

export interface PlannedSubnet {
  type: "private" | "public";
  /** 1-based number of the zone. */
  zone: number;
  cidr: string;
}

/** The prefix lengths that a VPC of ours may have: AWS allows /16 to /28, and a load balancer's subnet (VPC + 8) has to be /27 or larger. */
export const VPC_MASKS = { min: 16, max: 19 };

/** Private subnets take a sixteenth of the VPC each, public ones (load balancer, NAT) a 256th. */
export function subnetMasks(vpcCidr: string): { private: number; public: number } {
  const { mask } = parseCidr(vpcCidr);
  return { private: mask + 4, public: mask + 8 };
}

export function parseCidr(cidr: string): { address: number; mask: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [a = NaN, b = NaN, c = NaN, d = NaN, mask = NaN] = match?.slice(1).map(Number) ?? [];
  if (!(Math.max(a, b, c, d) <= 255 && mask <= 32))
    throw new Error(`${JSON.stringify(cidr)} is not an IPv4 range such as 10.0.0.0/16.`);
  // >>> 0 keeps addresses above 127.255.255.255 positive.
  return { address: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0, mask };
}

/** First address of the range that `cidr` names: 10.0.5.0 for 10.0.5.7/24. */
export function networkAddress(cidr: string): string {
  const { address, mask } = parseCidr(cidr);
  return formatAddress(address - (address % 2 ** (32 - mask)));
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/**
 * Lays out the subnets.
 * @throws Error when the specs of one zone do not fit into its block
 */
export function planSubnets(args: SubnetPlanArgs): PlannedSubnet[] {
  const vpc = parseCidr(args.vpcCidr);
  const zoneMask = vpc.mask + Math.ceil(Math.log2(args.zones));
  const zoneSize = 2 ** (32 - zoneMask);
  return Array.from({ length: args.zones }, (_, zone) => {
    let next = vpc.address + zone * zoneSize;
    const end = next + zoneSize;
    return args.specs.map(({ type, mask }) => {
      const size = 2 ** (32 - mask);
      // A subnet starts at a multiple of its own size.
      const start = Math.ceil(next / size) * size;
      next = start + size;
      if (next > end)
        throw new Error(
          `The subnets of a zone do not fit: ${args.vpcCidr} gives ${args.zones} zones a /${zoneMask} each, which has no room left for a /${mask}.`,
        );
      return { type, zone: zone + 1, cidr: `${formatAddress(start)}/${mask}` };
    });
  }).flat();
}
