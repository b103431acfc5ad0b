/** What awsx.lb.ApplicationLoadBalancer and ec2.DefaultVpc create, by pulumi/pulumi-awsx 3.8, awsx/lb and awsx/ec2. */
import { filled } from "../provider/facts.ts";
import { zones } from "../mocks/calls.ts";
import { digest } from "../mocks/resource.ts";
import { list, record } from "../plan-reader.ts";
import type { Json } from "../types.ts";
import { child, Reference, type Component, type Expansion } from "./expansion.ts";

/** The default VPC of an account, which no plan can look up: AWS gives it a public subnet in each zone, and no other. */
export function defaultNetwork({ region, invent }: Component) {
  // As the general answer to aws.ec2.getVpc({ default: true }).
  const vpcId = invent(`vpc-0${digest('aws:ec2/getVpc:getVpc#{"default":true}#id').slice(0, 16)}`);
  const publicSubnetIds = zones(region).names.map((zone) =>
    invent(`subnet-0${digest(`${vpcId} ${zone}`).slice(0, 16)}`),
  );
  return { vpcId, publicSubnetIds, privateSubnetIds: [] };
}

export function expandDefaultVpc(component: Component): Expansion {
  return { resources: [], outputs: defaultNetwork(component), warnings: [] };
}

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** What awsx puts around what has no security group: everything in, TCP out. */
export function openGroup(vpcId: Json): Record<string, Json> {
  const everywhere = { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };
  return filled(SECURITY_GROUP, {
    vpcId,
    ingress: [{ fromPort: 0, toPort: 0, protocol: "-1", ...everywhere }],
    egress: [{ fromPort: 0, toPort: 65_535, protocol: "tcp", ...everywhere }],
  });
}

export function expandLoadBalancer(component: Component): Expansion {
  const { name, inputs, vpcOf } = component;
  const { subnetIds, subnets, listener, listeners, ...own } = inputs;
  const { defaultTargetGroup, defaultTargetGroupPort, defaultSecurityGroup, ...args } = own;
  const given = subnets === undefined ? undefined : list(subnets).map(record);
  const ids =
    given?.map(({ id = null }) => id) ?? (subnetIds === undefined ? undefined : list(subnetIds));
  const mapped = list(args["subnetMappings"]).map((mapping) => record(mapping)["subnetId"] ?? null);
  const around = defaultNetwork(component);
  const [first] = [...(ids ?? []), ...mapped];
  const vpcId = given?.[0]?.["vpcId"] ?? (first === undefined ? around.vpcId : vpcOf(first));
  const placed = first === undefined ? around.publicSubnetIds : ids;

  const security = record(defaultSecurityGroup);
  const existing = security["securityGroupId"];
  const wantsGroup =
    args["securityGroups"] === undefined && security["skip"] !== true && existing === undefined;
  const group = child(
    SECURITY_GROUP,
    name,
    security["args"] === undefined
      ? openGroup(vpcId)
      : filled(SECURITY_GROUP, record(security["args"])),
  );
  const groups = wantsGroup
    ? { securityGroups: [new Reference(group.key, "id")] }
    : existing !== undefined && args["securityGroups"] === undefined
      ? { securityGroups: [existing] }
      : {};
  const balancer = child("aws:lb/loadBalancer:LoadBalancer", name, {
    ...args,
    ...(placed === undefined ? {} : { subnets: placed }),
    ...groups,
    loadBalancerType: "application",
  });

  const several = listeners === undefined ? undefined : list(listeners).map(record);
  // awsx takes the first of several listeners, and of a single one nothing (getDefaultProtocol).
  const usual =
    several === undefined
      ? protocolOf(listener === undefined ? undefined : record(listener), defaultTargetGroupPort)
      : several.length === 1
        ? {}
        : protocolOf(several[0], defaultTargetGroupPort);
  const target = child("aws:lb/targetGroup:TargetGroup", name, {
    vpcId,
    targetType: "ip",
    ...usual,
    ...record(defaultTargetGroup),
  });
  const forward = {
    defaultActions: [{ type: "forward", targetGroupArn: new Reference(target.key, "arn") }],
    loadBalancerArn: new Reference(balancer.key, "arn"),
  };
  const wanted = several?.map((it) => ({ ...protocolOf(it), ...it })) ?? [
    { ...usual, ...record(listener) },
  ];
  const made = wanted.map((it, index) =>
    child("aws:lb/listener:Listener", `${name}-${index}`, { ...forward, ...it }),
  );
  return {
    resources: [...(wantsGroup ? [group] : []), balancer, target, ...made],
    outputs: {
      loadBalancer: new Reference(balancer.key),
      defaultTargetGroup: new Reference(target.key),
      ...(wantsGroup ? { defaultSecurityGroup: new Reference(group.key) } : {}),
      listeners: made.map(({ key }) => new Reference(key)),
      vpcId,
    },
    warnings: [],
  };
}

/** Port and protocol of a listener, each from the other where one is missing. */
function protocolOf(
  listener: Readonly<Record<string, Json>> | undefined,
  port?: Json,
): Record<string, Json> {
  const own = listener ?? {};
  if (own["port"] !== undefined)
    return {
      port: own["port"],
      protocol: own["protocol"] ?? (own["port"] === 443 ? "HTTPS" : "HTTP"),
    };
  if (own["protocol"] !== undefined)
    return { protocol: own["protocol"], port: own["protocol"] === "HTTPS" ? 443 : 80 };
  return { port: port ?? 80, protocol: "HTTP" };
}
