import { networkAddress, parseCidr, VPC_MASKS } from "@koa-fargate/workbench/ecs";
import { misplaced } from "./address-space.ts";
import { isPlaceholder } from "./kinds.ts";
import type { StackValues } from "./keys.ts";
import type { Problem, Rule } from "./problem.ts";

/** Without NAT, a private task reaches the registry and its logs only through these. Image layers come over the S3 gateway endpoint. */
const ENDPOINTS_WITHOUT_NAT = ["ecr.api", "ecr.dkr", "logs"];

/** Keys of a VPC of our own, with the defaults of Pulumi.yaml. With an existing VPC they would have no effect. */
export const OWN_VPC = {
  vpcCidr: "10.0.0.0/16",
  availabilityZoneCount: 2,
  natStrategy: "none",
  interfaceEndpoints: [],
  flowLogs: "none",
  peerCidrs: [],
} as const;

/** The VPC: ours by its range and ways out, or an existing one by its subnets. */
export const network: Rule = ({ network: n, service, app }) => {
  const problems: (Problem | false)[] = [];
  if (n.vpcId !== "") {
    problems.push(
      ...withoutEffect(n),
      n.publicSubnetIds.length < 2 && {
        key: "publicSubnetIds",
        reason: `names ${count(n.publicSubnetIds)}, but with vpcId the load balancer needs two public subnets in two zones. Name them.`,
      },
      service.taskSubnets === "private" &&
        n.privateSubnetIds.length < 2 && {
          key: "privateSubnetIds",
          reason: `names ${count(n.privateSubnetIds)}, but taskSubnets is private, so two are needed in two zones. Name them or set taskSubnets to public.`,
        },
    );
    return problems;
  }
  for (const key of ["publicSubnetIds", "privateSubnetIds"] as const)
    problems.push(
      n[key].length > 0 && {
        key,
        reason: `names subnets of an existing VPC, but vpcId is empty. Set vpcId or remove the list.`,
      },
    );
  problems.push(...vpcRange(n.vpcCidr, n.peerCidrs));
  if (service.taskSubnets === "private" && n.natStrategy === "none") {
    const arns = Object.values(app.secrets);
    const needed = [
      ...ENDPOINTS_WITHOUT_NAT,
      ...(arns.some((arn) => arn.includes(":secretsmanager:")) ? ["secretsmanager"] : []),
      ...(arns.some((arn) => arn.includes(":ssm:")) ? ["ssm"] : []),
      ...(service.executeCommand === "enabled" ? ["ssmmessages"] : []),
    ];
    const missing = needed.filter((name) => !n.interfaceEndpoints.includes(name));
    problems.push(
      missing.length > 0 && {
        key: "interfaceEndpoints",
        reason: `lacks ${missing.join(", ")}, but private tasks without NAT reach these services only through endpoints. Add them, or set natStrategy to single.`,
      },
    );
  }
  return problems;
};

const withoutEffect = (n: StackValues["network"]): (Problem | false)[] =>
  Object.entries(OWN_VPC).map(([key, preset]) => {
    const value = n[key as keyof typeof OWN_VPC];
    return (
      String(value) !== String(preset) && {
        key,
        reason: `is ${Array.isArray(value) ? value.join(", ") : String(value)}, but vpcId names an existing VPC, whose network is not this stack's. Remove it.`,
      }
    );
  });

const count = (subnets: readonly string[]): string =>
  subnets.length === 1 ? "1 subnet" : `${subnets.length} subnets`;

function vpcRange(cidr: string, peerCidrs: readonly string[]): Problem[] {
  const problems = ranges("peerCidrs", peerCidrs).filter((problem) => problem !== false);
  const wrong = wrongRange(cidr) ?? (problems.length > 0 ? undefined : misplaced(cidr, peerCidrs));
  if (wrong !== undefined) return [...problems, { key: "vpcCidr", reason: `is ${cidr}, ${wrong}` }];
  const { mask } = parseCidr(cidr);
  if (mask < VPC_MASKS.min || mask > VPC_MASKS.max)
    problems.push({
      key: "vpcCidr",
      reason: `is ${cidr}, but it has to be a /${VPC_MASKS.min} to /${VPC_MASKS.max}, so that every subnet has room: the load balancer's are /27 at least.`,
    });
  return problems;
}

/** What is wrong with a range beside its form; undefined when nothing is. */
function wrongRange(cidr: string): string | undefined {
  try {
    const { mask } = parseCidr(cidr);
    const start = networkAddress(cidr);
    return cidr === `${start}/${mask}`
      ? undefined
      : `which is not the start of a range. Write ${start}/${mask}.`;
  } catch {
    return "but it has to be an IPv4 range such as 10.0.0.0/16.";
  }
}

/** Who may call in, and whom tasks may call. */
export const access: Rule = ({ loadBalancer, deployment, service: { egressPorts } }) => [
  ...ranges("ingressCidrs", loadBalancer.ingressCidrs),
  ...ranges("testIngressCidrs", deployment.testIngressCidrs),
  !egressPorts.includes("443") && {
    key: "egressPorts",
    reason:
      "lacks 443, by which tasks reach the registry, the logs and the table: none would start. Add it.",
  },
];

const ranges = (key: string, cidrs: readonly string[]): (Problem | false)[] =>
  cidrs.map((cidr) => {
    const wrong = isPlaceholder(cidr) ? undefined : wrongRange(cidr);
    return wrong !== undefined && { key, reason: `holds ${cidr}, ${wrong}` };
  });
