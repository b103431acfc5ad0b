import { digest, type Computed, type MockResource, type Rows } from "./resource.ts";
import type { Json } from "../types.ts";
import { row } from "./rows.ts";

/** A taggable EC2 resource: `prefix-...`, an ARN of `kind` and the owner. */
function ec2(prefix: string, kind: string, more: Readonly<Record<string, Json>> = {}): Computed {
  return row(`{ec2:${prefix}}`, `ec2:${kind}/{id}`, { ownerId: "{account}", ...more });
}

const securityGroupRule = row("{ec2:sgr}", "ec2:security-group-rule/{id}", {
  securityGroupRuleId: "{id}",
});

/** What a VPC already has when a program adopts it. */
function adopted(key: string, kind: string): Computed {
  return row(`{${key}}`, `ec2:${kind}/{id}`, { ownerId: "{account}", vpcId: "{ec2:vpc}" });
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
function balancing(kind: string, prefix = "", more: Readonly<Record<string, Json>> = {}): Computed {
  return row("{arn}", `elasticloadbalancing:${prefix}{arnSuffix}`, {
    arnSuffix: `${kind}/{name<32}/{hex16}`,
    ...more,
  });
}

/** A listener has the ARN of its load balancer with another kind and a number more; so has a rule of its listener's. */
function below(parent: string, kind: string, own: string): Computed {
  return (r) => {
    const arn = `${r.text(parent).replace(`:${kind}/`, `:${own}/`)}/${r.hex(16)}`;
    return { id: arn, arn };
  };
}

export const network: Rows = {
  "ec2/Vpc": (r) =>
    ec2("vpc", "vpc", {
      cidrBlock: "{cidrBlock|10.0.0.0/16}",
      defaultNetworkAclId: "{ec2:acl:default}",
      defaultRouteTableId: "{ec2:rtb:main}",
      defaultSecurityGroupId: "{ec2:sg:default}",
      dhcpOptionsId: "{ec2:dopt:default}",
      enableDnsSupport: r.inputs["enableDnsSupport"] ?? true,
      enableDnsHostnames: r.inputs["enableDnsHostnames"] ?? false,
      ...{ ipv6AssociationId: "", ipv6CidrBlock: "" },
      mainRouteTableId: "{ec2:rtb:main}",
    })(r),
  "ec2/Subnet": ec2("subnet", "subnet", { ipv6CidrBlockAssociationId: "" }),
  "ec2/InternetGateway": ec2("igw", "internet-gateway"),
  "ec2/EgressOnlyInternetGateway": row("{ec2:eigw}"),
  "ec2/RouteTable": ec2("rtb", "route-table"),
  "ec2/RouteTableAssociation": row("{ec2:rtbassoc}"),
  "ec2/Route": row("r-{routeTableId}{digits10}", "", {
    ...{ instanceId: "", instanceOwnerId: "", origin: "CreateRoute", state: "active" },
  }),
  "ec2/Eip": (r) =>
    row("{ec2:eipalloc}", "ec2:elastic-ip/{id}", {
      allocationId: "{id}",
      ...{ associationId: "", carrierIp: "", customerOwnedIp: "", domain: "vpc" },
      ...{ privateDns: "", privateIp: "", ptrRecord: "" },
      publicDns: `ec2-${publicIp(r).replaceAll(".", "-")}.{region}.compute.amazonaws.com`,
      publicIp: publicIp(r),
    })(r),
  "ec2/NatGateway": row("{ec2:nat}", "", (r) => ({
    associationId: r.ec2Id("eipassoc"),
    ...{ autoProvisionZones: "", autoScalingIps: "" },
    networkInterfaceId: r.ec2Id("eni"),
    privateIp: privateIp(r),
    publicIp: publicIp(r),
    ...{ regionalNatGatewayAddresses: [], regionalNatGatewayAutoMode: "", routeTableId: "" },
  })),
  "ec2/VpcEndpoint": (r) => ({ ...ec2("vpce", "vpc-endpoint")(r), ...vpcEndpoint(r) }),
  "ec2/SecurityGroup": ec2("sg", "security-group", {
    description: "{description|Managed by Pulumi}",
    name: "{name<255}",
  }),
  "ec2/SecurityGroupRule": row("sgrule-{digits10}", "", { securityGroupRuleId: "{ec2:sgr}" }),
  "ec2/DefaultSecurityGroup": ec2("sg", "security-group", {
    description: "default VPC security group",
    name: "default",
    namePrefix: "",
  }),
  "ec2/NetworkAcl": ec2("acl", "network-acl"),
  "ec2/NetworkAclRule": row("nacl-{digits10}"),
  "ec2/NetworkAclAssociation": row("{ec2:aclassoc}"),
  "ec2/DefaultNetworkAcl": adopted("defaultNetworkAclId", "network-acl"),
  "ec2/DefaultRouteTable": adopted("defaultRouteTableId", "route-table"),
  "ec2/ManagedPrefixList": ec2("pl", "prefix-list", { name: "{name<}", version: 1 }),
  "ec2/FlowLog": row("{ec2:fl}", "ec2:vpc-flow-log/{id}"),
  "ec2/VpcDhcpOptions": ec2("dopt", "dhcp-options"),
  "vpc/SecurityGroupIngressRule": securityGroupRule,
  "vpc/SecurityGroupEgressRule": securityGroupRule,
  "lb/LoadBalancer": (r) => {
    const internal = r.inputs["internal"] === true;
    const host = `${internal ? "internal-" : ""}{name<32}-{digits10}.{region}.elb.amazonaws.com`;
    const kind = LOAD_BALANCERS[r.text("loadBalancerType")] ?? "app";
    return balancing(kind, "loadbalancer/", {
      dnsName: host,
      internal,
      ipAddressType: "{ipAddressType|ipv4}",
      loadBalancerType: "{loadBalancerType|application}",
      vpcId: `vpc-0${digest(JSON.stringify(r.list("subnets"))).slice(0, 16)}`,
      zoneId: LOAD_BALANCER_ZONES[r.region] ?? r.zoneId(),
    })(r);
  },
  "lb/TargetGroup": balancing("targetgroup", "", { loadBalancerArns: [] }),
  "lb/Listener": below("loadBalancerArn", "loadbalancer", "listener"),
  "lb/ListenerRule": below("listenerArn", "listener", "listener-rule"),
  "lb/ListenerCertificate": row("{listenerArn}_{certificateArn}"),
  "lb/TargetGroupAttachment": row("{targetGroupArn}-{digits20}"),
  "lb/TrustStore": balancing("truststore"),
  "route53/Zone": (r) => {
    const nameServers = [1, 2, 3, 4].map((n) => `ns-${r.digits(3, String(n))}.awsdns-${n}.com`);
    return row("Z{HEX20}", "route53:hostedzone/{id}", {
      name: "{name<}",
      nameServers,
      primaryNameServer: nameServers[0] ?? "",
      zoneId: "{id}",
    })(r);
  },
  "route53/Record": (r) => {
    const set = r.text("setIdentifier");
    return row(`{zoneId}_{name}_{type}${set === "" ? "" : "_{setIdentifier}"}`, "", {
      fqdn: r.text("name").replace(/\.$/, ""),
    })(r);
  },
  "cloudfront/Distribution": row("E{HEX13}", "cloudfront:distribution/{id}", {
    ...{ callerReference: "", etag: "", inProgressValidationBatches: 0, status: "Deployed" },
    domainName: "d{hex13}.cloudfront.net",
    // Of every distribution. Source: AWS, AliasTarget, `HostedZoneId`, Route 53 API Reference.
    hostedZoneId: "Z2FDTNDATAQYW2",
    lastModifiedTime: "2026-01-01T00:00:00Z",
    ...{ loggingV1Enabled: false, trustedKeyGroups: [], trustedSigners: [] },
  }),
  "cloudfront/OriginAccessControl": row("E{HEX13}", "cloudfront:origin-access-control/{id}", {
    ...{ etag: "", name: "{name<64}" },
  }),
  "cloudfront/VpcOrigin": row("vo_{hex16}", "cloudfront:vpcorigin/{id}", { etag: "" }),
  "route53/HealthCheck": row("{uuid}", "route53:healthcheck/{id}"),
};
