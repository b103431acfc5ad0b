import { row, type Permission, type Permissions } from "./permission.ts";

const ec2 = (read: string, write: string): Permission =>
  row(`ec2: ${read}`, `ec2: ${write} CreateTags DeleteTags`);
const dns = (read: string, write: string): Permission =>
  row(`route53: ${read}`, `route53: ${write}`, "global");
const waf = (name: string): Permission =>
  row(
    `wafv2: Get${name} ListTagsForResource`,
    `wafv2: Create${name} Update${name} Delete${name} TagResource UntagResource`,
  );

const securityGroupRules = ec2(
  "DescribeSecurityGroups DescribeSecurityGroupRules",
  "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress",
);
const networkAcl = ec2(
  "DescribeNetworkAcls DescribeSubnets",
  "CreateNetworkAcl DeleteNetworkAcl CreateNetworkAclEntry DeleteNetworkAclEntry ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
);
const routes = ec2("DescribeRouteTables", "CreateRoute DeleteRoute ReplaceRoute");
const certificate = row(
  "acm: DescribeCertificate ListTagsForCertificate",
  "acm: RequestCertificate DeleteCertificate UpdateCertificateOptions AddTagsToCertificate RemoveTagsFromCertificate",
);

export const network: Permissions = {
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": networkAcl,
  "aws:ec2/defaultRouteTable:DefaultRouteTable": routes,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": securityGroupRules,
  "aws:ec2/eip:Eip": ec2(
    "DescribeAddresses DescribeAddressesAttribute",
    "AllocateAddress ReleaseAddress AssociateAddress DisassociateAddress",
  ),
  "aws:ec2/flowLog:FlowLog": ec2("DescribeFlowLogs", "CreateFlowLogs DeleteFlowLogs"),
  "aws:ec2/internetGateway:InternetGateway": ec2(
    "DescribeInternetGateways",
    "CreateInternetGateway DeleteInternetGateway AttachInternetGateway DetachInternetGateway",
  ),
  "aws:ec2/managedPrefixList:ManagedPrefixList": ec2(
    "DescribeManagedPrefixLists GetManagedPrefixListEntries",
    "CreateManagedPrefixList ModifyManagedPrefixList DeleteManagedPrefixList",
  ),
  "aws:ec2/natGateway:NatGateway": ec2("DescribeNatGateways", "CreateNatGateway DeleteNatGateway"),
  "aws:ec2/networkAcl:NetworkAcl": networkAcl,
  "aws:ec2/networkAclAssociation:NetworkAclAssociation": networkAcl,
  "aws:ec2/networkAclRule:NetworkAclRule": networkAcl,
  "aws:ec2/route:Route": routes,
  "aws:ec2/routeTable:RouteTable": ec2(
    "DescribeRouteTables",
    "CreateRouteTable DeleteRouteTable CreateRoute DeleteRoute ReplaceRoute",
  ),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2(
    "DescribeRouteTables",
    "AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
  ),
  "aws:ec2/securityGroup:SecurityGroup": ec2(
    "DescribeSecurityGroups DescribeNetworkInterfaces",
    "CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
  ),
  "aws:ec2/securityGroupRule:SecurityGroupRule": securityGroupRules,
  "aws:ec2/subnet:Subnet": ec2(
    "DescribeSubnets DescribeNetworkInterfaces DescribeAvailabilityZones",
    "CreateSubnet DeleteSubnet ModifySubnetAttribute",
  ),
  "aws:ec2/vpc:Vpc": ec2(
    "DescribeVpcs DescribeVpcAttribute DescribeSecurityGroups DescribeNetworkAcls DescribeRouteTables",
    "CreateVpc DeleteVpc ModifyVpcAttribute",
  ),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2(
    "DescribeVpcEndpoints DescribeVpcEndpointServices DescribePrefixLists",
    "CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint",
  ),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRules,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRules,
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": certificate,
  "aws:route53/healthCheck:HealthCheck": dns(
    "GetHealthCheck ListTagsForResource",
    "CreateHealthCheck UpdateHealthCheck DeleteHealthCheck ChangeTagsForResource",
  ),
  "aws:route53/record:Record": dns(
    "GetHostedZone ListResourceRecordSets GetChange",
    "ChangeResourceRecordSets",
  ),
  "aws:route53/zone:Zone": dns(
    "GetHostedZone ListResourceRecordSets ListTagsForResource GetDNSSEC GetChange",
    "CreateHostedZone UpdateHostedZoneComment DeleteHostedZone ChangeTagsForResource",
  ),
  "aws:wafv2/ipSet:IpSet": waf("IPSet"),
  "aws:wafv2/regexPatternSet:RegexPatternSet": waf("RegexPatternSet"),
  "aws:wafv2/ruleGroup:RuleGroup": waf("RuleGroup"),
  "aws:wafv2/webAcl:WebAcl": waf("WebACL"),
  // AWS asks for WAF's action and for the load balancer's own.
  // Source: AWS, "Actions that require additional permissions settings", AWS WAF Developer Guide.
  "aws:wafv2/webAclAssociation:WebAclAssociation": row(
    "wafv2: GetWebACLForResource elasticloadbalancing: GetLoadBalancerWebACL",
    "wafv2: AssociateWebACL DisassociateWebACL elasticloadbalancing: SetWebACL CreateWebACLAssociation DeleteWebACLAssociation",
  ),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": row(
    "wafv2: GetLoggingConfiguration",
    "wafv2: PutLoggingConfiguration DeleteLoggingConfiguration logs: CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
  ),
};
