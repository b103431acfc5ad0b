import { of, type Permission, type Permissions } from "./permission.ts";

const ec2 = (read: string, write: string): Permission => ({
  read: of("ec2", read),
  write: of("ec2", `${write} CreateTags DeleteTags`),
  on: "region",
});

const securityGroupRules = ec2(
  "DescribeSecurityGroups DescribeSecurityGroupRules",
  "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress",
);
const networkAcl = ec2(
  "DescribeNetworkAcls DescribeSubnets",
  "CreateNetworkAcl DeleteNetworkAcl CreateNetworkAclEntry DeleteNetworkAclEntry ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
);
const routes = ec2("DescribeRouteTables", "CreateRoute DeleteRoute ReplaceRoute");

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
};
