import { byToken } from "../../plan/aws-types.ts";

/**
 * Inputs that a provider cannot change in place: a change of one of them makes a new resource and deletes the old one.
 * `ForceNew: true` in the schemas of hashicorp/terraform-provider-aws (internal/service/<service>/), on which
 * @pulumi/aws is built, in the property names of Pulumi; `*` stands for every input. A real preview asks the provider
 * itself; this table only serves the comparison of two offline plans. What it does not name counts as changeable.
 */
export const FORCE_NEW: Readonly<Record<string, readonly string[]>> = byToken<readonly string[]>({
  "acm/Certificate": ["domainName", "subjectAlternativeNames", "validationMethod"],
  "appautoscaling/Policy": ["resourceId", "scalableDimension", "serviceNamespace", "name"],
  "appautoscaling/ScheduledAction": ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  "appautoscaling/Target": ["resourceId", "scalableDimension", "serviceNamespace"],
  "budgets/Budget": ["name", "namePrefix"],
  "cloudtrail/Trail": ["name"],
  "cloudwatch/CompositeAlarm": ["alarmName"],
  "cloudwatch/Dashboard": ["dashboardName"],
  "cloudwatch/LogGroup": ["name", "namePrefix", "logGroupClass"],
  "cloudwatch/MetricAlarm": ["name"],
  "dynamodb/Table": ["name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable"],
  "ec2/Eip": ["domain", "publicIpv4Pool", "networkBorderGroup"],
  "ec2/FlowLog": [
    "vpcId",
    "subnetId",
    "eniId",
    "trafficType",
    "logDestination",
    "logDestinationType",
    "logFormat",
    "iamRoleArn",
    "maxAggregationInterval",
    "destinationOptions",
  ],
  "ec2/NatGateway": ["allocationId", "connectivityType", "privateIp", "subnetId"],
  "ec2/NetworkAcl": ["vpcId"],
  "ec2/Route": [
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "routeTableId",
  ],
  "ec2/RouteTable": ["vpcId"],
  "ec2/RouteTableAssociation": ["subnetId", "gatewayId"],
  "ec2/SecurityGroup": ["description", "name", "namePrefix", "vpcId"],
  "ec2/SecurityGroupRule": [
    "cidrBlocks",
    "fromPort",
    "ipv6CidrBlocks",
    "prefixListIds",
    "protocol",
    "securityGroupId",
    "self",
    "sourceSecurityGroupId",
    "toPort",
    "type",
  ],
  "ec2/Subnet": ["availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"],
  "ec2/Vpc": ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  "ec2/VpcEndpoint": ["serviceName", "vpcEndpointType", "vpcId"],
  "ecr/LifecyclePolicy": ["policy", "repository"],
  "ecr/Repository": ["name", "encryptionConfigurations"],
  "ecs/Cluster": ["name"],
  "ecs/ClusterCapacityProviders": ["clusterName"],
  "ecs/Service": ["cluster", "iamRole", "launchType", "name", "schedulingStrategy"],
  "ecs/TaskDefinition": ["*"],
  "iam/Policy": ["description", "name", "namePrefix", "path"],
  "iam/Role": ["name", "namePrefix", "path"],
  "iam/RolePolicy": ["name", "namePrefix", "role"],
  "iam/RolePolicyAttachment": ["policyArn", "role"],
  "kms/Alias": ["name", "namePrefix"],
  "kms/Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
  "lb/Listener": ["loadBalancerArn"],
  "lb/ListenerCertificate": ["certificateArn", "listenerArn"],
  "lb/ListenerRule": ["listenerArn"],
  "lb/LoadBalancer": [
    "customerOwnedIpv4Pool",
    "internal",
    "loadBalancerType",
    "name",
    "namePrefix",
  ],
  "lb/TargetGroup": [
    "ipAddressType",
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "targetType",
    "vpcId",
  ],
  "route53/Record": ["name", "setIdentifier", "type", "zoneId"],
  "route53/Zone": ["name", "delegationSetId"],
  "s3/Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "s3/BucketLifecycleConfiguration": ["bucket", "expectedBucketOwner"],
  "s3/BucketLogging": ["bucket", "expectedBucketOwner"],
  "s3/BucketOwnershipControls": ["bucket"],
  "s3/BucketPolicy": ["bucket"],
  "s3/BucketPublicAccessBlock": ["bucket"],
  "s3/BucketServerSideEncryptionConfiguration": ["bucket", "expectedBucketOwner"],
  "s3/BucketVersioning": ["bucket", "expectedBucketOwner", "mfa"],
  "servicediscovery/PrivateDnsNamespace": ["name", "vpc"],
  "servicediscovery/Service": ["name", "namespaceId", "type"],
  "sns/Topic": ["fifoTopic", "name", "namePrefix"],
  "sns/TopicPolicy": ["arn"],
  "sns/TopicSubscription": ["endpoint", "protocol", "topicArn"],
  "vpc/SecurityGroupEgressRule": ["securityGroupId"],
  "vpc/SecurityGroupIngressRule": ["securityGroupId"],
  "wafv2/WebAcl": ["description", "name", "namePrefix", "scope"],
  "wafv2/WebAclAssociation": ["resourceArn", "webAclArn"],
  "wafv2/WebAclLoggingConfiguration": ["logDestinationConfigs", "resourceArn"],
});

/**
 * Inputs of the ECS task definition that its provider keeps for itself: a change of them registers no new revision
 * (internal/service/ecs/task_definition.go).
 */
const KEPT = new Set(["skipDestroy", "tags", "trackLatest"]);

/** Whether a change of the top-level input `property` makes the provider replace the resource. */
export function forcesNew(type: string, property: string): boolean {
  const properties = FORCE_NEW[type] ?? [];
  return properties.includes("*") ? !KEPT.has(property) : properties.includes(property);
}

/** First part of a property path: `containerDefinitions` of `containerDefinitions[app].cpu`. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
