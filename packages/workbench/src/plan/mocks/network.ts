import { digest, type Computed, type MockResource, type Rows } from "./resource.ts";
import { byId, ofInputs, outputsOf, type More } from "./rows.ts";

/** A taggable EC2 resource: `prefix-...`, an ARN of `kind` and the owner. */
function ec2(prefix: string, kind: string, more: More = {}): Computed {
  return byId(
    `ec2:${kind}/`,
    (r) => r.ec2Id(prefix),
    (r, id) => ({ ownerId: r.accountId, ...outputsOf(more, r, id) }),
  );
}

const idOnly =
  (prefix: string): Computed =>
  (r) => ({ id: r.ec2Id(prefix) });

const securityGroupRule = byId(
  "ec2:security-group-rule/",
  (r) => r.ec2Id("sgr"),
  (_, id) => ({ securityGroupRuleId: id }),
);

/** What a VPC already has when a program adopts it. */
function adopted(key: string, kind: string): Computed {
  return ofInputs(`{${key}}`, (r) => ({
    arn: r.arn(`ec2:${kind}/${r.text(key)}`),
    ownerId: r.accountId,
    vpcId: r.ec2Id("vpc"),
  }));
}

/** An address of TEST-NET-3, which is nobody's. */
function publicIp(r: MockResource): string {
  return `203.0.113.${(Number(r.digits(3)) % 254) + 1}`;
}

function privateIp(r: MockResource): string {
  return `10.0.${Number(r.digits(3, "a")) % 255}.${(Number(r.digits(3, "b")) % 250) + 4}`;
}

function vpcEndpoint(r: MockResource) {
  const fixed = { requesterManaged: false, state: "available" };
  if ((r.text("vpcEndpointType") || "Gateway") === "Gateway")
    return {
      ...fixed,
      cidrBlocks: ["198.51.100.0/24"],
      dnsEntries: [],
      networkInterfaceIds: [],
      prefixListId: `pl-${r.hex(8)}`,
      vpcEndpointType: "Gateway",
    };
  const service = r.text("serviceName").split(".").at(-1) ?? "";
  const dnsName = `${r.ec2Id("vpce")}-${r.hex(8)}.${service}.${r.region}.vpce.amazonaws.com`;
  return {
    ...fixed,
    cidrBlocks: [],
    dnsEntries: [{ dnsName, hostedZoneId: r.zoneId() }],
    networkInterfaceIds: r.list("subnetIds").map((_, index) => r.ec2Id("eni", String(index))),
    prefixListId: "",
    vpcEndpointType: r.text("vpcEndpointType"),
  };
}

/** Hosted zone of the load balancers of a region (AWS General Reference, Elastic Load Balancing endpoints). */
const LOAD_BALANCER_ZONES: Record<string, string> = {
  "eu-central-1": "Z215JYRZR1TBD5",
  "eu-west-1": "Z32O12XQLNTSW2",
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-2": "Z1H1FL5HABSF5",
};
const LOAD_BALANCERS: Record<string, string> = {
  application: "app",
  network: "net",
  gateway: "gwy",
};

/** A part of Elastic Load Balancing, whose ARN ends in kind, name and a number. */
function balancing(kind: (r: MockResource) => string, prefix: string, more: More = {}): Computed {
  return (r) => {
    const name = r.physicalName("name", 32);
    const arnSuffix = `${kind(r)}/${name}/${r.hex(16)}`;
    const arn = r.arn(`elasticloadbalancing:${prefix}${arnSuffix}`);
    return { id: arn, arn, arnSuffix, name, ...outputsOf(more, r, name) };
  };
}

/** A listener has the ARN of its load balancer with another kind and a number more; so has a rule of its listener's. */
function below(parent: string, kind: string, own: string): Computed {
  return (r) => {
    const arn = `${r.text(parent).replace(`:${kind}/`, `:${own}/`)}/${r.hex(16)}`;
    return { id: arn, arn };
  };
}

export const network: Rows = {
  "ec2/Vpc": ec2("vpc", "vpc", (r) => ({
    cidrBlock: r.text("cidrBlock") || "10.0.0.0/16",
    defaultNetworkAclId: r.ec2Id("acl", "default"),
    defaultRouteTableId: r.ec2Id("rtb", "main"),
    defaultSecurityGroupId: r.ec2Id("sg", "default"),
    dhcpOptionsId: r.ec2Id("dopt", "default"),
    enableDnsSupport: r.inputs["enableDnsSupport"] ?? true,
    enableDnsHostnames: r.inputs["enableDnsHostnames"] ?? false,
    ipv6AssociationId: "",
    ipv6CidrBlock: "",
    mainRouteTableId: r.ec2Id("rtb", "main"),
  })),
  "ec2/Subnet": ec2("subnet", "subnet", { ipv6CidrBlockAssociationId: "" }),
  "ec2/InternetGateway": ec2("igw", "internet-gateway"),
  "ec2/EgressOnlyInternetGateway": idOnly("eigw"),
  "ec2/RouteTable": ec2("rtb", "route-table"),
  "ec2/RouteTableAssociation": idOnly("rtbassoc"),
  "ec2/Route": (r) => ({
    id: `r-${r.text("routeTableId")}${r.digits(10)}`,
    instanceId: "",
    instanceOwnerId: "",
    origin: "CreateRoute",
    state: "active",
  }),
  "ec2/Eip": byId(
    "ec2:elastic-ip/",
    (r) => r.ec2Id("eipalloc"),
    (r, id) => ({
      allocationId: id,
      associationId: "",
      carrierIp: "",
      customerOwnedIp: "",
      domain: "vpc",
      privateDns: "",
      privateIp: "",
      ptrRecord: "",
      publicDns: `ec2-${publicIp(r).replaceAll(".", "-")}.${r.region}.compute.amazonaws.com`,
      publicIp: publicIp(r),
    }),
  ),
  "ec2/NatGateway": (r) => ({
    id: r.ec2Id("nat"),
    associationId: r.ec2Id("eipassoc"),
    autoProvisionZones: "",
    autoScalingIps: "",
    networkInterfaceId: r.ec2Id("eni"),
    privateIp: privateIp(r),
    publicIp: publicIp(r),
    regionalNatGatewayAddresses: [],
    regionalNatGatewayAutoMode: "",
    routeTableId: "",
  }),
  "ec2/VpcEndpoint": ec2("vpce", "vpc-endpoint", vpcEndpoint),
  "ec2/SecurityGroup": ec2("sg", "security-group", (r) => ({
    description: r.text("description") || "Managed by Pulumi",
    name: r.physicalName("name", 255),
  })),
  "ec2/SecurityGroupRule": (r) => ({
    id: `sgrule-${r.digits(10)}`,
    securityGroupRuleId: r.ec2Id("sgr"),
  }),
  "ec2/DefaultSecurityGroup": ec2("sg", "security-group", {
    description: "default VPC security group",
    name: "default",
    namePrefix: "",
  }),
  "ec2/NetworkAcl": ec2("acl", "network-acl"),
  "ec2/NetworkAclRule": (r) => ({ id: `nacl-${r.digits(10)}` }),
  "ec2/NetworkAclAssociation": idOnly("aclassoc"),
  "ec2/DefaultNetworkAcl": adopted("defaultNetworkAclId", "network-acl"),
  "ec2/DefaultRouteTable": adopted("defaultRouteTableId", "route-table"),
  "ec2/ManagedPrefixList": ec2("pl", "prefix-list", (r) => ({
    name: r.physicalName(),
    version: 1,
  })),
  "ec2/FlowLog": byId("ec2:vpc-flow-log/", (r) => r.ec2Id("fl")),
  "ec2/VpcDhcpOptions": ec2("dopt", "dhcp-options"),
  "vpc/SecurityGroupIngressRule": securityGroupRule,
  "vpc/SecurityGroupEgressRule": securityGroupRule,
  "lb/LoadBalancer": balancing(
    (r) => LOAD_BALANCERS[r.text("loadBalancerType")] ?? "app",
    "loadbalancer/",
    (r, name) => {
      const internal = r.inputs["internal"] === true;
      return {
        dnsName: `${internal ? "internal-" : ""}${name}-${r.digits(10)}.${r.region}.elb.amazonaws.com`,
        internal,
        ipAddressType: r.text("ipAddressType") || "ipv4",
        loadBalancerType: r.text("loadBalancerType") || "application",
        vpcId: `vpc-0${digest(JSON.stringify(r.list("subnets"))).slice(0, 16)}`,
        zoneId: LOAD_BALANCER_ZONES[r.region] ?? r.zoneId(),
      };
    },
  ),
  "lb/TargetGroup": balancing(() => "targetgroup", "", { loadBalancerArns: [] }),
  "lb/Listener": below("loadBalancerArn", "loadbalancer", "listener"),
  "lb/ListenerRule": below("listenerArn", "listener", "listener-rule"),
  "lb/ListenerCertificate": ofInputs("{listenerArn}_{certificateArn}"),
  "lb/TargetGroupAttachment": (r) => ({ id: `${r.text("targetGroupArn")}-${r.digits(20)}` }),
  "lb/TrustStore": balancing(() => "truststore", ""),
  "route53/Zone": (r) => {
    const zoneId = `Z${r.hex(20).toUpperCase()}`;
    const nameServers = [1, 2, 3, 4].map((n) => `ns-${r.digits(3, String(n))}.awsdns-${n}.com`);
    return {
      id: zoneId,
      arn: r.arn(`route53:hostedzone/${zoneId}`),
      name: r.physicalName(),
      nameServers,
      primaryNameServer: nameServers[0] ?? "",
      zoneId,
    };
  },
  "route53/Record": (r) => {
    const set = r.text("setIdentifier");
    return {
      id: `${r.text("zoneId")}_${r.text("name")}_${r.text("type")}${set === "" ? "" : `_${set}`}`,
      fqdn: r.text("name").replace(/\.$/, ""),
    };
  },
  "route53/HealthCheck": byId("route53:healthcheck/", (r) => r.uuid()),
};
