import { parseCidr, subnetMasks, VPC_MASKS } from "@koa-fargate/workbench/ecs";
import type { StackValues } from "./keys.ts";
import type { Problem } from "./problem.ts";
import type { SizedService } from "./service-sizes.ts";

/** Addresses of a subnet that AWS keeps. Source: AWS, Amazon VPC User Guide, Subnet CIDR blocks. */
const KEPT = 5;

/** Free addresses that a load balancer needs in each of its subnets. Source: AWS, User Guide for Application Load Balancers, Subnets. */
const BALANCER = 8;

/** A deployment starts as many new tasks as there are old ones. */
const DEPLOYING = 2;

/** Ranges that AWS gives to no VPC. Source: AWS, Amazon VPC User Guide, VPC CIDR blocks. */
const FORBIDDEN = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/** What lives in a subnet, in words and numbers. */
type Needs = [what: string, addresses: number][];

/** Whether a VPC has room for what the stack may run at a time. @param services - beside the main one */
export function addressSpace(values: StackValues, services: readonly SizedService[]): Problem[] {
  const { vpcId, vpcCidr } = values.network;
  if (vpcId !== "") return [];
  const needs = needsOf(values, services);
  for (const type of ["public", "private"] as const) {
    const needed = sum(needs[type]);
    const fits = (mask: number): boolean => roomIn(`0.0.0.0/${mask}`, type) >= needed;
    const { mask } = parseCidr(vpcCidr);
    if (mask < VPC_MASKS.min || fits(mask)) continue;
    let larger = mask;
    while (larger >= VPC_MASKS.min && !fits(larger)) larger -= 1;
    const parts = needs[type].map(([what, count]) => `${count} for ${what}`);
    return [
      {
        key: "vpcCidr",
        reason: `is ${vpcCidr}, whose ${type} subnets are /${subnetMasks(vpcCidr)[type]} with ${roomIn(vpcCidr, type)} addresses each beside the ${KEPT} that AWS keeps, but ${needed} are needed: ${parts.join(", ")}. ${larger < VPC_MASKS.min ? "Lower maxCapacity." : `Take a /${larger}, or lower maxCapacity.`}`,
      },
    ];
  }
  return [];
}

function needsOf(
  { network, service }: StackValues,
  services: readonly SizedService[],
): Record<"public" | "private", Needs> {
  const zones = network.availabilityZoneCount;
  const most =
    DEPLOYING * service.maxCapacity +
    services.reduce(
      (tasks, { service: { kind }, values }) =>
        tasks + (kind === "scheduled" ? 1 : DEPLOYING * values.maxCapacity),
      0,
    );
  const tasks: Needs = [
    [
      `${most} tasks in ${zones} zones, which is twice maxCapacity while a deployment runs`,
      Math.ceil(most / zones),
    ],
  ];
  const endpoints = network.interfaceEndpoints.length;
  return {
    public: [
      ["the load balancer", BALANCER],
      ...(network.natStrategy === "none" ? [] : ([["a NAT gateway", 1]] satisfies Needs)),
      ...(service.taskSubnets === "public" ? tasks : []),
    ],
    private: [
      ...(endpoints === 0 ? [] : ([["endpoints", endpoints]] satisfies Needs)),
      ...(service.taskSubnets === "private" ? tasks : []),
    ],
  };
}

const sum = (needs: Needs): number => needs.reduce((all, [, count]) => all + count, 0);

const roomIn = (vpcCidr: string, type: "public" | "private"): number =>
  2 ** (32 - subnetMasks(vpcCidr)[type]) - KEPT;

/** Why a VPC may not have this range, beside its form and size; undefined where it may. */
export function misplaced(cidr: string, peerCidrs: readonly string[]): string | undefined {
  const forbidden = FORBIDDEN.find((range) => overlap(range, cidr));
  if (forbidden !== undefined)
    return `in ${forbidden}, which AWS gives to no VPC. Take a private range such as 10.0.0.0/16.`;
  const peer = peerCidrs.find((range) => overlap(range, cidr));
  return peer === undefined
    ? undefined
    : `which overlaps ${peer} of peerCidrs: AWS peers no networks that share addresses. Take another range before the VPC exists, which another one would replace.`;
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  const size = 2 ** (32 - Math.min(a.mask, b.mask));
  return Math.floor(a.address / size) === Math.floor(b.address / size);
}
