/**
 * Writing actions that are allowed on everything, and why: AWS takes no resource and no tags for them, or not what the stack has.
 * A test derives from AWS's reference which actions have to stand here.
 */
export const UNSCOPED: Readonly<Record<string, string>> = {
  "chatbot:CreateSlackChannelConfiguration":
    "AWS checks it against no resource, in a region that is not the stack's",
  "cloudfront:CreateOriginAccessControl": "AWS checks it against no resource",
  "cloudfront:DeleteOriginAccessControl": "it has a number of AWS's own, and no tags",
  "cloudfront:UpdateOriginAccessControl": "it has a number of AWS's own, and no tags",
  "cloudwatch:PutCompositeAlarm": "AWS refuses it with a narrower scope than everything",
  "ecs:DeregisterTaskDefinition": "AWS checks it against no resource",
  "elasticloadbalancing:SetWebACL": "AWS checks it against no resource",
  "kms:EnableKeyRotation":
    "the provider calls it right after a key is made, and policies know the key's tags minutes later; it harms no key",
  "logs:CreateLogDelivery": "AWS checks it against no resource",
  "logs:DeleteLogDelivery": "AWS checks it against no resource",
  "logs:DeleteQueryDefinition": "AWS checks it against no resource",
  "logs:DeleteResourcePolicy": "AWS checks it against no resource",
  "logs:PutQueryDefinition": "AWS checks it against no resource",
  "logs:PutResourcePolicy": "AWS checks it against no resource",
  "route53:AssociateVPCWithHostedZone":
    "the zone of an endpoint is AWS's own, and its number is known to nobody",
  "route53:ChangeTagsForResource":
    "zones and health checks have numbers of AWS's own, and no tags in policies",
  "route53:CreateHealthCheck": "AWS checks it against no resource",
  "route53:CreateHostedZone": "AWS checks it against no resource",
  "route53:DeleteHealthCheck": "health checks have numbers of AWS's own, and no tags in policies",
  "route53:DeleteHostedZone":
    "zones have numbers of AWS's own, and no tags in policies; AWS deletes none that has records, and those of others are out of reach",
  "route53:UpdateHealthCheck": "health checks have numbers of AWS's own, and no tags in policies",
  "route53:UpdateHostedZoneComment": "zones have numbers of AWS's own, and no tags in policies",
  "servicediscovery:TagResource":
    "AWS checks it against no resource, and a change of tags sends those alone that change",
  "servicediscovery:UntagResource": "AWS checks it against no resource",
};
