import {
  ANYWHERE,
  anyOf,
  HERE,
  made,
  named,
  RECORDS,
  row,
  shared,
  TAGGED,
  untagged,
  type Permission,
  type Permissions,
  type Writes,
} from "./permission.ts";

/**
 * A row of EC2, which gives its resources numbers: what carries the stack's tags is its own.
 * @param makes actions by what they make, with the stack's tags
 */
const ec2 = (
  file: string,
  read: string,
  write: string,
  makes: Readonly<Record<string, string>> = {},
  more: Writes = [],
): Permission => {
  const made_ = Object.entries(makes);
  return row(`ec2/${file}`, `ec2: ${read}`, [
    ...made_.map(([type, action]) => [made(`ec2:${type}`), `ec2: ${action}`] as const),
    // What a new resource is made in is the stack's own, too.
    [TAGGED, `ec2: ${write} ${made_.map(([, action]) => action).join(" ")} CreateTags DeleteTags`],
    ...more,
  ]);
};

/** A rule has tags of its own, given after it is made; its group tells whose it is. */
const RULE = anyOf("ec2:security-group-rule");
const RULES = "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress";
const UNRULE = "RevokeSecurityGroupIngress RevokeSecurityGroupEgress";
const newRule = [RULE, `ec2: ${RULES}`] as const;
const rules = (file: string): Permission =>
  ec2(
    file,
    "DescribeSecurityGroups DescribeSecurityGroupRules",
    `${RULES} ${UNRULE} ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress`,
    {},
    [
      newRule,
      [RULE, "ec2: ModifySecurityGroupRules"],
      // The lists that name gateway endpoints are AWS's own.
      [anyOf("ec2:prefix-list"), "ec2: ModifySecurityGroupRules"],
      [untagged("ec2:security-group-rule"), "ec2: CreateTags"],
    ],
  );

const WEB_ACL = named("aws:wafv2/webAcl:WebAcl");
const BALANCER = named("aws:lb/loadBalancer:LoadBalancer");

export const network: Permissions = {
  // A VPC's own group has no tags until the provider gives it the stack's, which it does before it closes it.
  "ec2/DefaultSecurityGroup": ec2(
    "vpc_default_security_group.go",
    "DescribeSecurityGroups DescribeSecurityGroupRules",
    `${RULES} ${UNRULE}`,
    {},
    [newRule, [untagged("ec2:security-group"), "ec2: CreateTags"]],
  ),
  "ec2/Eip": ec2(
    "ec2_eip.go",
    "DescribeAddresses DescribeAddressesAttribute",
    "ReleaseAddress DisassociateAddress",
    { "elastic-ip": "AllocateAddress" },
    // The interface of a NAT gateway is AWS's own.
    [[anyOf("ec2:network-interface"), "ec2: DisassociateAddress"]],
  ),
  "ec2/FlowLog": ec2("vpc_flow_log.go", "DescribeFlowLogs", "DeleteFlowLogs", {
    "vpc-flow-log": "CreateFlowLogs",
  }),
  "ec2/InternetGateway": ec2(
    "vpc_internet_gateway.go",
    "DescribeInternetGateways",
    "DeleteInternetGateway AttachInternetGateway DetachInternetGateway",
    { "internet-gateway": "CreateInternetGateway" },
  ),
  "ec2/NatGateway": ec2("vpc_nat_gateway.go", "DescribeNatGateways", "DeleteNatGateway", {
    natgateway: "CreateNatGateway",
  }),
  "ec2/NetworkAcl": ec2(
    "vpc_network_acl.go",
    "DescribeNetworkAcls DescribeSubnets",
    "DeleteNetworkAcl CreateNetworkAclEntry DeleteNetworkAclEntry ReplaceNetworkAclAssociation",
    { "network-acl": "CreateNetworkAcl" },
    // Before one goes, its subnets go back to the VPC's own, which has no tags.
    [[anyOf("ec2:network-acl"), "ec2: ReplaceNetworkAclAssociation"]],
  ),
  "ec2/Route": ec2("vpc_route.go", "DescribeRouteTables", "CreateRoute DeleteRoute ReplaceRoute"),
  "ec2/RouteTable": ec2(
    "vpc_route_table.go",
    "DescribeRouteTables",
    "DeleteRouteTable CreateRoute DeleteRoute ReplaceRoute DisassociateRouteTable",
    { "route-table": "CreateRouteTable" },
  ),
  "ec2/RouteTableAssociation": ec2(
    "vpc_route_table_association.go",
    "DescribeRouteTables",
    "AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
  ),
  "ec2/SecurityGroup": ec2(
    "vpc_security_group.go",
    "DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces",
    `DeleteSecurityGroup ${RULES} ${UNRULE}`,
    { "security-group": "CreateSecurityGroup" },
    [newRule, [shared("ec2:vpc"), "ec2: CreateSecurityGroup"]],
  ),
  "ec2/SecurityGroupRule": rules("vpc_security_group_rule.go"),
  "ec2/Subnet": ec2(
    "vpc_subnet.go",
    "DescribeSubnets DescribeNetworkInterfaces DescribeAvailabilityZones",
    "DeleteSubnet ModifySubnetAttribute",
    { subnet: "CreateSubnet" },
  ),
  "ec2/Vpc": ec2(
    "vpc_.go",
    "DescribeVpcs DescribeVpcAttribute DescribeSecurityGroups DescribeNetworkAcls DescribeRouteTables",
    "DeleteVpc ModifyVpcAttribute",
    { vpc: "CreateVpc" },
  ),
  "ec2/VpcEndpoint": ec2(
    "vpc_endpoint.go",
    "DescribeVpcEndpoints DescribeVpcEndpointServices DescribePrefixLists DescribeNetworkInterfaces",
    "DeleteVpcEndpoints ModifyVpcEndpoint",
    { "vpc-endpoint": "CreateVpcEndpoint" },
    // An interface endpoint with a private name has a hosted zone of AWS's own in the VPC.
    // Source: AWS, "Access an AWS service using an interface VPC endpoint", AWS PrivateLink Guide.
    [[ANYWHERE, "route53: AssociateVPCWithHostedZone"]],
  ),
  "vpc/SecurityGroupEgressRule": rules("vpc_security_group_egress_rule.go"),
  "vpc/SecurityGroupIngressRule": rules("vpc_security_group_ingress_rule.go"),
  "acm/Certificate": row("acm/certificate.go", "acm: DescribeCertificate ListTagsForCertificate", [
    [made(), "acm: RequestCertificate"],
    [untagged("acm:certificate"), "acm: AddTagsToCertificate"],
    [
      TAGGED,
      "acm: DeleteCertificate UpdateCertificateOptions AddTagsToCertificate RemoveTagsFromCertificate",
    ],
  ]),
  // Waits until it is issued.
  "acm/CertificateValidation": row("acm/certificate_validation.go", "acm: DescribeCertificate", []),
  "cloudfront/Distribution": row(
    "cloudfront/distribution.go",
    "cloudfront: GetDistribution ListTagsForResource",
    [
      [made(), "cloudfront: CreateDistribution"],
      [untagged("cloudfront:distribution"), "cloudfront: TagResource"],
      [TAGGED, "cloudfront: UpdateDistribution TagResource UntagResource"],
    ],
    [[TAGGED, "cloudfront: DeleteDistribution"]],
  ),
  // What CloudFront looks at before it makes its network interfaces, it looks at as the caller; assumed.
  "cloudfront/OriginAccessControl": row(
    "cloudfront/origin_access_control.go",
    "cloudfront: GetOriginAccessControl",
    [
      [
        ANYWHERE,
        "cloudfront: CreateOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl",
      ],
    ],
  ),
  "cloudfront/VpcOrigin": row(
    "cloudfront/vpc_origin.go",
    "cloudfront: GetVpcOrigin ListTagsForResource elasticloadbalancing: DescribeLoadBalancers DescribeListeners ec2: DescribeInternetGateways DescribeSecurityGroups DescribeSubnets",
    [
      [made(), "cloudfront: CreateVpcOrigin"],
      [untagged("cloudfront:vpcorigin"), "cloudfront: TagResource"],
      [TAGGED, "cloudfront: UpdateVpcOrigin DeleteVpcOrigin TagResource UntagResource"],
    ],
  ),
  "route53/HealthCheck": row(
    "route53/health_check.go",
    "route53: GetHealthCheck ListTagsForResource",
    [
      [
        ANYWHERE,
        "route53: CreateHealthCheck UpdateHealthCheck DeleteHealthCheck ChangeTagsForResource",
      ],
    ],
  ),
  "route53/Record": row(
    "route53/record.go",
    "route53: GetHostedZone ListResourceRecordSets GetChange",
    [[RECORDS, "route53: ChangeResourceRecordSets"]],
  ),
  "route53/Zone": row(
    "route53/zone.go",
    "route53: GetHostedZone ListResourceRecordSets ListTagsForResource GetDNSSEC GetChange",
    [[ANYWHERE, "route53: CreateHostedZone UpdateHostedZoneComment ChangeTagsForResource"]],
    [[ANYWHERE, "route53: DeleteHostedZone"]],
  ),
  "wafv2/WebAcl": row("wafv2/web_acl.go", "wafv2: GetWebACL ListTagsForResource", [
    [WEB_ACL, "wafv2: CreateWebACL UpdateWebACL DeleteWebACL TagResource UntagResource"],
    // AWS's rules are checked as resources of their own.
    [anyOf("wafv2:regional/managedruleset"), "wafv2: CreateWebACL UpdateWebACL"],
    [anyOf("wafv2:global/managedruleset"), "wafv2: CreateWebACL UpdateWebACL"],
  ]),
  // AWS asks for WAF's action and for the load balancer's own.
  // Source: AWS, "Actions that require additional permissions settings", AWS WAF Developer Guide.
  "wafv2/WebAclAssociation": row(
    "wafv2/web_acl_association.go",
    "wafv2: GetWebACLForResource elasticloadbalancing: GetLoadBalancerWebACL",
    [
      [WEB_ACL, "wafv2: AssociateWebACL"],
      [
        BALANCER,
        "wafv2: AssociateWebACL DisassociateWebACL elasticloadbalancing: CreateWebACLAssociation DeleteWebACLAssociation",
      ],
      [HERE, "elasticloadbalancing: SetWebACL"],
    ],
  ),
  // A log group lets WAF in by a policy of the account that WAF writes in the caller's name.
  // Source: AWS, "Sending web ACL traffic logs to an Amazon CloudWatch Logs log group", AWS WAF Developer Guide.
  "wafv2/WebAclLoggingConfiguration": row(
    "wafv2/web_acl_logging_configuration.go",
    "wafv2: GetLoggingConfiguration logs: DescribeResourcePolicies DescribeLogGroups",
    [
      [WEB_ACL, "wafv2: PutLoggingConfiguration DeleteLoggingConfiguration"],
      [HERE, "logs: CreateLogDelivery DeleteLogDelivery PutResourcePolicy"],
    ],
  ),
};
