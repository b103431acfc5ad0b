import { of, type Permission, type Permissions } from "./permission.ts";

const certificate: Permission = {
  read: of("acm", "DescribeCertificate ListTagsForCertificate"),
  write: of(
    "acm",
    "RequestCertificate DeleteCertificate UpdateCertificateOptions AddTagsToCertificate RemoveTagsFromCertificate",
  ),
  on: "region",
};
const waf = (read: string, write: string): Permission => ({
  read: of("wafv2", `${read} ListTagsForResource`),
  write: of("wafv2", `${write} TagResource UntagResource`),
  on: "region",
});

export const edge: Permissions = {
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": certificate,
  "aws:route53/healthCheck:HealthCheck": {
    read: of("route53", "GetHealthCheck ListTagsForResource"),
    write: of(
      "route53",
      "CreateHealthCheck UpdateHealthCheck DeleteHealthCheck ChangeTagsForResource",
    ),
    on: "global",
  },
  "aws:route53/record:Record": {
    read: of("route53", "GetHostedZone ListResourceRecordSets GetChange"),
    write: of("route53", "ChangeResourceRecordSets"),
    on: "global",
  },
  "aws:route53/zone:Zone": {
    read: of(
      "route53",
      "GetHostedZone ListResourceRecordSets ListTagsForResource GetDNSSEC GetChange",
    ),
    write: of(
      "route53",
      "CreateHostedZone UpdateHostedZoneComment DeleteHostedZone ChangeTagsForResource",
    ),
    on: "global",
  },
  "aws:wafv2/ipSet:IpSet": waf("GetIPSet", "CreateIPSet UpdateIPSet DeleteIPSet"),
  "aws:wafv2/regexPatternSet:RegexPatternSet": waf(
    "GetRegexPatternSet",
    "CreateRegexPatternSet UpdateRegexPatternSet DeleteRegexPatternSet",
  ),
  "aws:wafv2/ruleGroup:RuleGroup": waf(
    "GetRuleGroup",
    "CreateRuleGroup UpdateRuleGroup DeleteRuleGroup",
  ),
  "aws:wafv2/webAcl:WebAcl": waf("GetWebACL", "CreateWebACL UpdateWebACL DeleteWebACL"),
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    // AWS asks for WAF's action and for the load balancer's own.
    // Source: AWS, "Actions that require additional permissions settings", AWS WAF Developer Guide.
    read: [
      ...of("wafv2", "GetWebACLForResource"),
      ...of("elasticloadbalancing", "GetLoadBalancerWebACL"),
    ],
    write: [
      ...of("wafv2", "AssociateWebACL DisassociateWebACL"),
      ...of("elasticloadbalancing", "SetWebACL CreateWebACLAssociation DeleteWebACLAssociation"),
    ],
    on: "region",
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
    read: of("wafv2", "GetLoggingConfiguration"),
    write: [
      ...of("wafv2", "PutLoggingConfiguration DeleteLoggingConfiguration"),
      ...of(
        "logs",
        "CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
      ),
    ],
    on: "region",
  },
};
