import type { Json, Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { inside, passes, type Filter, type Packet } from "./acl.ts";
import { all, at, one } from "./plans.ts";

/** How a connection leaves its subnet; undefined when it does not arrive. */
export type Route = "local" | "gateway endpoint" | "interface endpoint" | "internet" | "NAT";

/** Where something runs. */
export interface Placement {
  subnets: readonly string[];
  groups: readonly string[];
  publicIp: boolean;
}

/** An address of TEST-NET-3: somewhere in the internet. */
const INTERNET = "203.0.113.7";
/** Ports at both ends of what clients, NAT gateways and load balancers answer to. */
const EPHEMERAL = [1024, 32768, 65535];

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const id = (resource: PlannedResource): string => resource.outputs["id"] as string;
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The network of a plan, as its packets see it: routes, ACLs, security groups and endpoints. */
export class Reach {
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  tasks(): Placement {
    const network = one(this.plan, "ecs/service:Service").inputs["networkConfiguration"];
    return {
      subnets: strings(at(network, "subnets")),
      groups: strings(at(network, "securityGroups")),
      publicIp: at(network, "assignPublicIp") === true,
    };
  }

  loadBalancer(): Placement {
    const { inputs } = one(this.plan, "lb/loadBalancer:LoadBalancer");
    const groups = strings(inputs["securityGroups"]);
    return { subnets: strings(inputs["subnets"]), groups, publicIp: inputs["internal"] !== true };
  }

  /** How each subnet of `from` reaches an AWS service over HTTPS, such as `ecr.api`; distinct, in order. */
  toService(from: Placement, service: string): (Route | undefined)[] {
    return distinct(from.subnets.map((subnet) => this.serviceRoute(from, subnet, service)));
  }

  /** How each subnet of `from` reaches a port in the internet. */
  toInternet(from: Placement, port: number): (Route | undefined)[] {
    return distinct(from.subnets.map((subnet) => this.internetRoute(from, subnet, port)));
  }

  /** Whether every subnet of `from` reaches every subnet of `to` on a port. */
  between(from: Placement, to: Placement, port: number): boolean {
    return from.subnets.every((source) =>
      to.subnets.every((target) => this.local(from, source, to, target, port)),
    );
  }

  /** Whether somebody in the internet reaches a port of `to`, in any subnet. */
  fromInternet(to: Placement, port: number): boolean {
    return to.subnets.some(
      (subnet) =>
        to.publicIp &&
        this.defaultRoute(subnet)?.inputs["gatewayId"] !== undefined &&
        this.admits(to.groups, "ingress", { peer: INTERNET, groups: [] }, port) &&
        this.acl(subnet, "ingress", INTERNET, [port]) &&
        this.acl(subnet, "egress", INTERNET, EPHEMERAL),
    );
  }

  private serviceRoute(from: Placement, subnet: string, service: string): Route | undefined {
    const endpoint = all(this.plan, "VpcEndpoint").find(({ inputs }) =>
      text(inputs["serviceName"]).endsWith(`.${service}`),
    );
    if (endpoint?.inputs["vpcEndpointType"] === "Gateway") {
      const routed = strings(endpoint.inputs["routeTableIds"]).includes(this.routeTable(subnet));
      if (routed) return this.outside(from, subnet, 443) ? "gateway endpoint" : undefined;
    } else if (endpoint?.inputs["privateDnsEnabled"] === true) {
      // Private DNS names the endpoint's own addresses, so there is no other way.
      const to = {
        subnets: strings(endpoint.inputs["subnetIds"]),
        groups: strings(endpoint.inputs["securityGroupIds"]),
        publicIp: false,
      };
      return to.subnets.every((target) => this.local(from, subnet, to, target, 443))
        ? "interface endpoint"
        : undefined;
    }
    return this.internetRoute(from, subnet, 443);
  }

  private internetRoute(from: Placement, subnet: string, port: number): Route | undefined {
    if (!this.outside(from, subnet, port)) return undefined;
    const route = this.defaultRoute(subnet);
    if (route?.inputs["gatewayId"] !== undefined) return from.publicIp ? "internet" : undefined;
    const gateway = all(this.plan, "NatGateway").find(
      (nat) => id(nat) === route?.inputs["natGatewayId"],
    );
    if (gateway === undefined) return undefined;
    const home = text(gateway.inputs["subnetId"]);
    const own = this.address(subnet);
    const forwards =
      this.defaultRoute(home)?.inputs["gatewayId"] !== undefined &&
      this.acl(home, "ingress", own, [port]) &&
      this.acl(home, "egress", INTERNET, [port]) &&
      this.acl(home, "ingress", INTERNET, EPHEMERAL) &&
      this.acl(home, "egress", own, EPHEMERAL);
    return forwards ? "NAT" : undefined;
  }

  /** Whether packets leave for an address outside, and answers come back, as far as the subnet itself goes. */
  private outside(from: Placement, subnet: string, port: number): boolean {
    return (
      this.admits(from.groups, "egress", { peer: INTERNET, groups: [] }, port) &&
      this.acl(subnet, "egress", INTERNET, [port]) &&
      this.acl(subnet, "ingress", INTERNET, EPHEMERAL)
    );
  }

  private local(
    from: Placement,
    source: string,
    to: Placement,
    target: string,
    port: number,
  ): boolean {
    const [a, b] = [this.address(source), this.address(target)];
    return (
      this.admits(from.groups, "egress", { peer: b, groups: to.groups }, port) &&
      this.admits(to.groups, "ingress", { peer: a, groups: from.groups }, port) &&
      // Inside one subnet no ACL is asked.
      (source === target ||
        (this.acl(source, "egress", b, [port]) &&
          this.acl(target, "ingress", a, [port]) &&
          this.acl(target, "egress", a, EPHEMERAL) &&
          this.acl(source, "ingress", b, EPHEMERAL)))
    );
  }

  /** Whether a rule of one of the groups lets the connection through. Answers need no rule: groups are stateful. */
  private admits(
    groups: readonly string[],
    direction: "ingress" | "egress",
    other: { peer: string; groups: readonly string[] },
    port: number,
  ): boolean {
    const type = direction === "ingress" ? "SecurityGroupIngressRule" : "SecurityGroupEgressRule";
    const classic = all(this.plan, "SecurityGroupRule").filter(
      ({ inputs }) => inputs["type"] === direction,
    );
    return [...all(this.plan, type), ...classic].some(({ inputs }) => {
      const cidrs = [inputs["cidrIpv4"], ...strings(inputs["cidrBlocks"])].map(text);
      return (
        groups.includes(text(inputs["securityGroupId"])) &&
        Number(inputs["fromPort"]) <= port &&
        Number(inputs["toPort"]) >= port &&
        (other.groups.includes(text(inputs["referencedSecurityGroupId"])) ||
          cidrs.some((cidr) => cidr !== "" && inside(other.peer, cidr)))
      );
    });
  }

  private acl(
    subnet: string,
    direction: "ingress" | "egress",
    peer: string,
    ports: readonly number[],
  ): boolean {
    const acl = all(this.plan, "NetworkAcl").find(({ inputs }) =>
      strings(inputs["subnetIds"]).includes(subnet),
    );
    // A subnet without one has the VPC's own, which lets everything through.
    const rules = acl?.inputs[direction] as Filter[] | undefined;
    const packet = (port: number): Packet => ({ protocol: "tcp", peer, port });
    return rules === undefined || ports.every((port) => passes(rules, packet(port)));
  }

  private routeTable(subnet: string): string {
    const association = all(this.plan, "RouteTableAssociation").find(
      ({ inputs }) => inputs["subnetId"] === subnet,
    );
    return text(association?.inputs["routeTableId"]);
  }

  private defaultRoute(subnet: string): PlannedResource | undefined {
    return all(this.plan, "ec2/route:Route").find(
      ({ inputs }) =>
        inputs["routeTableId"] === this.routeTable(subnet) &&
        inputs["destinationCidrBlock"] === "0.0.0.0/0",
    );
  }

  /** An address inside a subnet. */
  private address(subnet: string): string {
    const found = all(this.plan, "Subnet").find((resource) => id(resource) === subnet);
    const [start = ""] = text(found?.inputs["cidrBlock"]).split("/");
    return start.replace(/\d+$/, (last) => String(Number(last) + 10));
  }
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
