import type { Computed, MockResource } from "./resource.ts";

/** A taggable EC2 resource: `prefix-...`, an ARN of `kind` and the owner. */
function ec2(
  prefix: string,
  kind: string,
  more: (r: MockResource) => object = () => ({}),
): Computed {
  return (r) => {
    const id = r.ec2Id(prefix);
    return { id, arn: r.arn("ec2", `${kind}/${id}`), ownerId: r.accountId, ...more(r) };
  };
}

function securityGroupRule(r: MockResource) {
  const id = r.ec2Id("sgr");
  return { id, arn: r.arn("ec2", `security-group-rule/${id}`), securityGroupRuleId: id };
}

/** An address of TEST-NET-3, which is nobody's. */
function publicIp(r: MockResource): string {
  return `203.0.113.${(Number(r.digits(3)) % 254) + 1}`;
}

function privateIp(r: MockResource): string {
  return `10.0.${Number(r.digits(3, "a")) % 255}.${(Number(r.digits(3, "b")) % 250) + 4}`;
}

export const network: Record<string, Computed> = {
  "aws:ec2/vpc:Vpc": ec2("vpc", "vpc", (r) => ({
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
  "aws:ec2/subnet:Subnet": ec2("subnet", "subnet", () => ({ ipv6CidrBlockAssociationId: "" })),
  "aws:ec2/internetGateway:InternetGateway": ec2("igw", "internet-gateway"),
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": (r) => ({ id: r.ec2Id("eigw") }),
  "aws:ec2/routeTable:RouteTable": ec2("rtb", "route-table"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": (r) => ({ id: r.ec2Id("rtbassoc") }),
  "aws:ec2/route:Route": (r) => ({
    id: `r-${r.text("routeTableId")}${r.digits(10)}`,
    instanceId: "",
    instanceOwnerId: "",
    origin: "CreateRoute",
    state: "active",
  }),
  "aws:ec2/eip:Eip": (r) => {
    const id = r.ec2Id("eipalloc");
    const ip = publicIp(r);
    return {
      id,
      allocationId: id,
      arn: r.arn("ec2", `elastic-ip/${id}`),
      associationId: "",
      carrierIp: "",
      customerOwnedIp: "",
      domain: "vpc",
      privateDns: "",
      privateIp: "",
      ptrRecord: "",
      publicDns: `ec2-${ip.replaceAll(".", "-")}.${r.region}.compute.amazonaws.com`,
      publicIp: ip,
    };
  },
  "aws:ec2/natGateway:NatGateway": (r) => ({
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
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2("vpce", "vpc-endpoint", (r) => {
    const gateway = (r.text("vpcEndpointType") || "Gateway") === "Gateway";
    const service = r.text("serviceName").split(".").at(-1) ?? "";
    return {
      cidrBlocks: gateway ? ["198.51.100.0/24"] : [],
      dnsEntries: gateway
        ? []
        : [
            {
              dnsName: `${r.ec2Id("vpce")}-${r.hex(8)}.${service}.${r.region}.vpce.amazonaws.com`,
              hostedZoneId: `Z${r.hex(13).toUpperCase()}`,
            },
          ],
      networkInterfaceIds: gateway
        ? []
        : r.list("subnetIds").map((_, index) => r.ec2Id("eni", String(index))),
      prefixListId: gateway ? `pl-${r.hex(8)}` : "",
      requesterManaged: false,
      state: "available",
      vpcEndpointType: gateway ? "Gateway" : r.text("vpcEndpointType"),
    };
  }),
  "aws:ec2/securityGroup:SecurityGroup": ec2("sg", "security-group", (r) => ({
    description: r.text("description") || "Managed by Pulumi",
    name: r.physicalName("name", 255),
  })),
  "aws:ec2/securityGroupRule:SecurityGroupRule": (r) => ({
    id: `sgrule-${r.digits(10)}`,
    securityGroupRuleId: r.ec2Id("sgr"),
  }),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2("sg", "security-group", () => ({
    description: "default VPC security group",
    name: "default",
    namePrefix: "",
  })),
  "aws:ec2/networkAcl:NetworkAcl": ec2("acl", "network-acl"),
  "aws:ec2/networkAclRule:NetworkAclRule": (r) => ({ id: `nacl-${r.digits(10)}` }),
  "aws:ec2/networkAclAssociation:NetworkAclAssociation": (r) => ({ id: r.ec2Id("aclassoc") }),
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": (r) => ({
    id: r.text("defaultNetworkAclId"),
    arn: r.arn("ec2", `network-acl/${r.text("defaultNetworkAclId")}`),
    ownerId: r.accountId,
    vpcId: r.ec2Id("vpc"),
  }),
  "aws:ec2/defaultRouteTable:DefaultRouteTable": (r) => ({
    id: r.text("defaultRouteTableId"),
    arn: r.arn("ec2", `route-table/${r.text("defaultRouteTableId")}`),
    ownerId: r.accountId,
    vpcId: r.ec2Id("vpc"),
  }),
  "aws:ec2/managedPrefixList:ManagedPrefixList": ec2("pl", "prefix-list", (r) => ({
    name: r.physicalName(),
    version: 1,
  })),
  "aws:ec2/flowLog:FlowLog": (r) => {
    const id = r.ec2Id("fl");
    return { id, arn: r.arn("ec2", `vpc-flow-log/${id}`) };
  },
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": ec2("dopt", "dhcp-options"),
};
