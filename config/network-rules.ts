import { networkAddress, parseCidr, VPC_MASKS } from "@koa-fargate/workbench/ecs";
import { misplaced } from "./address-space.ts";
import { isPlaceholder } from "./kinds.ts";
import type { StackValues } from "./keys.ts";
import type { Reason, Reasons, Rule } from "./problem.ts";

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
export const network: Rule = (values, region) =>
  values.network.vpcId === "" ? ownVpc(values, region) : existingVpc(values, region);

const existingVpc: Rule = ({ network: n, service }) => ({
  ...withoutEffect(n),
  publicSubnetIds:
    n.publicSubnetIds.length < 2 &&
    `names ${count(n.publicSubnetIds)}, but with vpcId the load balancer needs two public subnets in two zones. Name them.`,
  privateSubnetIds:
    service.taskSubnets === "private" &&
    n.privateSubnetIds.length < 2 &&
    `names ${count(n.privateSubnetIds)}, but taskSubnets is private, so two are needed in two zones. Name them or set taskSubnets to public.`,
});

const withoutEffect = (n: StackValues["network"]): Reasons =>
  Object.fromEntries(
    Object.entries(OWN_VPC).map(([key, preset]) => {
      const value = n[key as keyof typeof OWN_VPC];
      const shown = Array.isArray(value) ? value.join(", ") : String(value);
      return [
        key,
        String(value) !== String(preset) &&
          `is ${shown}, but vpcId names an existing VPC, whose network is not this stack's. Remove it.`,
      ];
    }),
  );

const count = (subnets: readonly string[]): string =>
  subnets.length === 1 ? "1 subnet" : `${subnets.length} subnets`;

const ownVpc: Rule = ({ network: n, service, app }) => {
  const stray =
    "names subnets of an existing VPC, but vpcId is empty. Set vpcId or remove the list.";
  const arns = Object.values(app.secrets);
  const needed = [
    ...ENDPOINTS_WITHOUT_NAT,
    ...(arns.some((arn) => arn.includes(":secretsmanager:")) ? ["secretsmanager"] : []),
    ...(arns.some((arn) => arn.includes(":ssm:")) ? ["ssm"] : []),
    ...(service.executeCommand === "enabled" ? ["ssmmessages"] : []),
  ];
  const missing = needed.filter((name) => !n.interfaceEndpoints.includes(name));
  const peers = ranges(n.peerCidrs);
  return {
    publicSubnetIds: n.publicSubnetIds.length > 0 && stray,
    privateSubnetIds: n.privateSubnetIds.length > 0 && stray,
    peerCidrs: peers,
    vpcCidr: vpcRange(n.vpcCidr, peers.some(Boolean) ? [] : n.peerCidrs),
    interfaceEndpoints:
      service.taskSubnets === "private" &&
      n.natStrategy === "none" &&
      missing.length > 0 &&
      `lacks ${missing.join(", ")}, but private tasks without NAT reach these services only through endpoints. Add them, or set natStrategy to single.`,
  };
};

function vpcRange(cidr: string, peerCidrs: readonly string[]): Reason {
  const wrong = wrongRange(cidr) ?? misplaced(cidr, peerCidrs);
  if (wrong !== undefined) return `is ${cidr}, ${wrong}`;
  const { mask } = parseCidr(cidr);
  return (
    (mask < VPC_MASKS.min || mask > VPC_MASKS.max) &&
    `is ${cidr}, but it has to be a /${VPC_MASKS.min} to /${VPC_MASKS.max}, so that every subnet has room: the load balancer's are /27 at least.`
  );
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
export const access: Rule = ({ loadBalancer, deployment, service: { egressPorts } }) => ({
  ingressCidrs: ranges(loadBalancer.ingressCidrs),
  testIngressCidrs: ranges(deployment.testIngressCidrs),
  egressPorts:
    !egressPorts.includes("443") &&
    "lacks 443, by which tasks reach the registry, the logs and the table: none would start. Add it.",
});

const ranges = (cidrs: readonly string[]): Reason[] =>
  cidrs.map((cidr) => {
    const wrong = isPlaceholder(cidr) ? undefined : wrongRange(cidr);
    return wrong && `holds ${cidr}, ${wrong}`;
  });
