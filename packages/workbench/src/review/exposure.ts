import { parseCidr } from "../ecs/subnet-plan.ts";
import { enumerated } from "../lib/words.ts";
import { list, ofType, record, scalar, text, texts, type Values } from "../plan/plan-reader.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";
import type { Section } from "./section.ts";

const RULES = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];

/** Something that callers may reach, and what keeps the internet off. */
export interface Front {
  resource: PlannedResource;
  noun: "distribution" | "load balancer" | "tasks of";
  /** `80`, `443`, or what an open group lets in. */
  ports: string[];
  /** Each alone keeps the internet off; none where it gets there. */
  walls: ("private address" | "no open port" | "no route")[];
}

/**
 * What stands at the front of a plan. The internet reaches every distribution, and what has a public address, lies in a subnet that is
 * routed to the internet, and is in a group that lets callers from outside in. Addresses of others alone (a list, a group) let nobody
 * else in. A subnet whose routes the plan does not hold counts as routed. Network ACLs are left out: they are wider than groups.
 */
export function fronts(plan: Plan): Front[] {
  const placed = (
    noun: Front["noun"],
    resource: PlannedResource,
    isPublic: boolean,
    { subnets, securityGroups }: Values,
  ): Front => {
    const ports = openPorts(plan, texts(securityGroups));
    const walls: [boolean, Front["walls"][number]][] = [
      [!isPublic, "private address"],
      [ports.length === 0, "no open port"],
      [!texts(subnets).some((subnet) => isRouted(plan, subnet)), "no route"],
    ];
    return {
      noun,
      resource,
      ports,
      walls: walls.flatMap(([stands, wall]) => (stands ? wall : [])),
    };
  };
  return [
    ...ofType(plan, "aws:cloudfront/distribution:Distribution")
      .filter(({ inputs }) => inputs["enabled"] === true)
      .map((resource): Front => ({
        noun: "distribution",
        resource,
        ports: ["80", "443"],
        walls: [],
      })),
    ...ofType(plan, "aws:lb/loadBalancer:LoadBalancer").map((resource) =>
      placed("load balancer", resource, resource.inputs["internal"] !== true, resource.inputs),
    ),
    ...ofType(plan, "aws:ecs/service:Service").map((resource) => {
      const network = record(resource.inputs["networkConfiguration"]);
      return placed("tasks of", resource, network["assignPublicIp"] === true, network);
    }),
  ];
}

/** Ports that rules of these groups open to ranges of the internet, smallest first. */
function openPorts(plan: Plan, groups: readonly string[]): string[] {
  const rules = RULES.flatMap((type) => ofType(plan, type))
    .map(({ inputs }) => inputs)
    .filter(
      ({ type = "ingress", securityGroupId }) =>
        type === "ingress" && groups.includes(text(securityGroupId) ?? ""),
    );
  const own = ofType(plan, "aws:ec2/securityGroup:SecurityGroup")
    .filter(({ outputs }) => groups.includes(text(outputs["id"]) ?? ""))
    .flatMap(({ inputs }) => list(inputs["ingress"]))
    .map(record);
  const open = [...rules, ...own].filter((rule) =>
    [rule["cidrIpv4"], rule["cidrIpv6"]]
      .concat(texts(rule["cidrBlocks"]), texts(rule["ipv6CidrBlocks"]))
      .some((range) => isOutside(text(range))),
  );
  const ports = open.map(({ fromPort, toPort, ipProtocol, protocol }) =>
    ["-1", "all"].includes(text(ipProtocol ?? protocol) ?? "")
      ? "every port"
      : [...new Set([scalar(fromPort), scalar(toPort)])].join("-"),
  );
  return [...new Set(ports)].sort((a, b) => parseInt(a) - parseInt(b));
}

/** Ranges of private networks. Source: RFC 1918, RFC 6598, RFC 4193. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(parseCidr);

function isOutside(range: string | undefined): boolean {
  if (range === undefined) return false;
  if (range.includes(":")) return !/^f[cde]/i.test(range);
  const { address, mask } = parseCidr(range);
  return !PRIVATE.some(
    (own) =>
      mask >= own.mask && address >= own.address && address < own.address + 2 ** (32 - own.mask),
  );
}

/** Whether a subnet's route table leads to an internet gateway. */
function isRouted(plan: Plan, subnet: string): boolean {
  const table = ofType(plan, "aws:ec2/routeTableAssociation:RouteTableAssociation").find(
    ({ inputs }) => inputs["subnetId"] === subnet,
  )?.inputs["routeTableId"];
  return (
    table === undefined ||
    ofType(plan, "aws:ec2/route:Route").some(
      ({ inputs }) => inputs["routeTableId"] === table && inputs["gatewayId"] !== undefined,
    )
  );
}

/** `the internet reaches load balancer api on 80; out of reach are tasks of api (no open port)` */
export const EXPOSURE_SECTION: Section = {
  name: "exposure",
  lines: (plan) => {
    const all = fronts(plan);
    const listed = (found: readonly Front[], words: (front: Front) => string): string =>
      found.map((front) => `${front.noun} ${front.resource.name}${words(front)}`).join(", ");
    const open = all.filter(({ walls }) => walls.length === 0);
    const shut = all.filter(({ walls }) => walls.length > 0);
    if (all.length === 0) return [];
    return [
      `the internet reaches ${listed(open, ({ ports }) => ` on ${enumerated(ports)}`) || "nothing"}${shut.length === 0 ? "" : `; out of reach are ${listed(shut, ({ walls }) => ` (${walls.join(", ")})`)}`}`,
      ...firstAnswer(plan, open),
    ];
  },
};

/**
 * What the first request of a connection waits for: one round trip for TCP, one for TLS 1.3, one for the answer, the last by way of
 * CloudFront where a distribution stands at the front, which keeps its own connections. Source: RFC 9293, RFC 8446, section 2; AWS, "Request and response
 * behavior for custom origins", Amazon CloudFront Developer Guide.
 */
function firstAnswer(plan: Plan, open: readonly Front[]): string[] {
  const front = open.find(({ noun }) => noun !== "tasks of");
  if (front === undefined) return [];
  const region = text(plan.config["aws:region"]) ?? "the region";
  if (front.noun === "distribution")
    return [`a first answer takes 2 round trips to CloudFront nearby, and 1 to ${region}`];
  const encrypted = ofType(plan, "aws:lb/listener:Listener").some(
    ({ inputs }) =>
      inputs["loadBalancerArn"] === front.resource.outputs["arn"] && inputs["protocol"] === "HTTPS",
  );
  return [`a first answer takes ${encrypted ? 3 : 2} round trips to ${region}`];
}
