import { parseCidr, subnetMasks, VPC_MASKS } from "@koa-fargate/workbench/ecs";
import type { StackValues } from "./keys.ts";
import { problemsOf, type Problem } from "./problem.ts";
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
type Needs = readonly [what: string, addresses: number][];

/** Whether a VPC has room for what the stack may run at a time. @param services - beside the main one */
export function addressSpace(values: StackValues, services: readonly SizedService[]): Problem[] {
  const { vpcId, vpcCidr } = values.network;
  const { mask } = parseCidr(vpcCidr);
  if (vpcId !== "" || mask < VPC_MASKS.min) return [];
  for (const type of ["public", "private"] as const) {
    const needs = needsOf(type, values, services).filter(([, count]) => count > 0);
    const needed = sum(needs.map(([, count]) => count));
    const fits = (size: number): boolean => roomIn(`0.0.0.0/${size}`, type) >= needed;
    if (fits(mask)) continue;
    let larger = mask;
    while (larger >= VPC_MASKS.min && !fits(larger)) larger -= 1;
    const parts = needs.map(([what, count]) => `${count} for ${what}`);
    const advice = larger < VPC_MASKS.min ? "Lower" : `Take a /${larger}, or lower`;
    return problemsOf({
      vpcCidr: `is ${vpcCidr}, whose ${type} subnets are /${subnetMasks(vpcCidr)[type]} with ${roomIn(vpcCidr, type)} addresses each beside the ${KEPT} that AWS keeps, but ${needed} are needed: ${parts.join(", ")}. ${advice} maxCapacity.`,
    });
  }
  return [];
}

function needsOf(
  type: "public" | "private",
  { network, service }: StackValues,
  services: readonly SizedService[],
): Needs {
  const { availabilityZoneCount: zones, natStrategy, interfaceEndpoints } = network;
  const most = sum([
    DEPLOYING * service.maxCapacity,
    ...services.map(({ service: { kind }, values }) =>
      kind === "scheduled" ? 1 : DEPLOYING * values.maxCapacity,
    ),
  ]);
  const tasks = `${most} tasks in ${zones} zones, which is twice maxCapacity while a deployment runs`;
  return [
    ["the load balancer", type === "public" ? BALANCER : 0],
    ["a NAT gateway", type === "public" && natStrategy !== "none" ? 1 : 0],
    ["endpoints", type === "private" ? interfaceEndpoints.length : 0],
    [tasks, service.taskSubnets === type ? Math.ceil(most / zones) : 0],
  ];
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

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
