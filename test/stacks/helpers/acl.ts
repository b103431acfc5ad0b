import { parseCidr } from "@koa-fargate/workbench/ecs/subnet-plan.ts";

/** A rule of a network ACL or, with less, of a security group. */
export interface Filter {
  ruleNo: number;
  action: string;
  protocol: string;
  cidrBlock: string;
  fromPort: number;
  toPort: number;
  icmpType?: number;
  icmpCode?: number;
}

export interface Packet {
  protocol: "tcp" | "udp" | "icmp";
  /** The other end, as the subnet sees it. */
  peer: string;
  /** Destination port of the packet. */
  port?: number;
  /** Type and code of an ICMP message. */
  icmp?: [number, number];
}

/** Whether an address lies in a range. */
export function inside(address: string, cidr: string): boolean {
  const { address: first, mask } = parseCidr(cidr);
  const value = parseCidr(`${address}/32`).address;
  return value >= first && value < first + 2 ** (32 - mask);
}

/** What AWS does: the rule with the lowest number that matches decides; what none matches is dropped. */
export function passes(rules: readonly Filter[], packet: Packet): boolean {
  const matching = [...rules]
    .sort((a, b) => a.ruleNo - b.ruleNo)
    .find((rule) => inside(packet.peer, rule.cidrBlock) && matches(rule, packet));
  return matching?.action === "allow";
}

function matches(rule: Filter, { protocol, port, icmp }: Packet): boolean {
  if (rule.protocol === "-1") return true;
  if (rule.protocol !== protocol) return false;
  if (protocol === "icmp") return icmp?.[0] === rule.icmpType && icmp?.[1] === rule.icmpCode;
  return port !== undefined && port >= rule.fromPort && port <= rule.toPort;
}
