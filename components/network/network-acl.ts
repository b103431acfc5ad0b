/** Network ACL rules: stateless, so the answers of every allowed connection need a rule of their own. */

export interface AclRule {
  ruleNo: number;
  action: "allow";
  /** `tcp`, `udp`, `icmp` or `-1` for all. */
  protocol: string;
  cidrBlock: string;
  fromPort: number;
  toPort: number;
  icmpType?: number;
  icmpCode?: number;
}

/** Source ports that clients, NAT gateways (1024-65535) and load balancers use. Source: AWS, "Ephemeral ports", Amazon VPC User Guide. */
const EPHEMERAL = { fromPort: 1024, toPort: 65535 };
const EVERYWHERE = "0.0.0.0/0";

const allow = (
  ruleNo: number,
  protocol: string,
  cidrBlock: string,
  ports: { fromPort: number; toPort: number } = { fromPort: 0, toPort: 0 },
): AclRule => ({ ruleNo, action: "allow", protocol, cidrBlock, ...ports });

const answers: readonly AclRule[] = [
  allow(200, "tcp", EVERYWHERE, EPHEMERAL),
  allow(210, "udp", EVERYWHERE, EPHEMERAL),
  // "Fragmentation needed": without it connections with a smaller path MTU hang.
  { ...allow(220, "icmp", EVERYWHERE), icmpType: 3, icmpCode: 4 },
];

/** Ingress of public subnets: HTTP and HTTPS for the load balancer, everything inside the VPC, answers from anywhere. */
export function publicIngress(vpcCidr: string): AclRule[] {
  return [
    allow(100, "-1", vpcCidr),
    allow(110, "tcp", EVERYWHERE, { fromPort: 80, toPort: 80 }),
    allow(120, "tcp", EVERYWHERE, { fromPort: 443, toPort: 443 }),
    ...answers,
  ];
}

/** Ingress of private subnets: everything inside the VPC, and answers to what the tasks asked over NAT. */
export function privateIngress(vpcCidr: string): AclRule[] {
  return [allow(100, "-1", vpcCidr), ...answers];
}

/** Egress is the security groups' task: an ACL that filters it too breaks answers without making anything safer. */
export function egress(): AclRule[] {
  return [allow(100, "-1", EVERYWHERE)];
}
