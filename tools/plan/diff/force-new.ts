/**
 * Inputs that a provider cannot change in place: a change of one of them makes a new resource and deletes the old one.
 * `ForceNew: true` in the schemas of hashicorp/terraform-provider-aws (internal/service/<service>/), on which
 * @pulumi/aws is built, in the property names of Pulumi; `*` stands for every input. A real preview asks the provider
 * itself; this table only serves the comparison of two offline plans. What it does not name counts as changeable.
 */
export const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  "aws:acm/certificate:Certificate": ["domainName", "subjectAlternativeNames", "validationMethod"],
  "aws:appautoscaling/policy:Policy": [
    "resourceId",
    "scalableDimension",
    "serviceNamespace",
    "name",
  ],
  "aws:appautoscaling/scheduledAction:ScheduledAction": [
    "name",
    "resourceId",
    "scalableDimension",
    "serviceNamespace",
  ],
  "aws:appautoscaling/target:Target": ["resourceId", "scalableDimension", "serviceNamespace"],
  "aws:budgets/budget:Budget": ["name", "namePrefix"],
  "aws:cloudtrail/trail:Trail": ["name"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarmName"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "aws:dynamodb/table:Table": [
    "name",
    "hashKey",
    "rangeKey",
    "localSecondaryIndexes",
    "importTable",
  ],
  "aws:ec2/eip:Eip": ["domain", "publicIpv4Pool", "networkBorderGroup"],
  "aws:ec2/flowLog:FlowLog": [
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
  "aws:ec2/internetGateway:InternetGateway": [],
  "aws:ec2/natGateway:NatGateway": ["allocationId", "connectivityType", "privateIp", "subnetId"],
  "aws:ec2/networkAcl:NetworkAcl": ["vpcId"],
  "aws:ec2/route:Route": [
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "routeTableId",
  ],
  "aws:ec2/routeTable:RouteTable": ["vpcId"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["subnetId", "gatewayId"],
  "aws:ec2/securityGroup:SecurityGroup": ["description", "name", "namePrefix", "vpcId"],
  "aws:ec2/securityGroupRule:SecurityGroupRule": [
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
  "aws:ec2/subnet:Subnet": ["availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"],
  "aws:ec2/vpc:Vpc": ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceName", "vpcEndpointType", "vpcId"],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": ["policy", "repository"],
  "aws:ecr/repository:Repository": ["name", "encryptionConfigurations"],
  "aws:ecs/cluster:Cluster": ["name"],
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": ["clusterName"],
  "aws:ecs/service:Service": ["cluster", "iamRole", "launchType", "name", "schedulingStrategy"],
  "aws:ecs/taskDefinition:TaskDefinition": ["*"],
  "aws:iam/policy:Policy": ["description", "name", "namePrefix", "path"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["policyArn", "role"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
  "aws:lb/listener:Listener": ["loadBalancerArn"],
  "aws:lb/listenerCertificate:ListenerCertificate": ["certificateArn", "listenerArn"],
  "aws:lb/listenerRule:ListenerRule": ["listenerArn"],
  "aws:lb/loadBalancer:LoadBalancer": [
    "customerOwnedIpv4Pool",
    "internal",
    "loadBalancerType",
    "name",
    "namePrefix",
  ],
  "aws:lb/targetGroup:TargetGroup": [
    "ipAddressType",
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "targetType",
    "vpcId",
  ],
  "aws:route53/record:Record": ["name", "setIdentifier", "type", "zoneId"],
  "aws:route53/zone:Zone": ["name", "delegationSetId"],
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    "bucket",
    "expectedBucketOwner",
  ],
  "aws:s3/bucketLogging:BucketLogging": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ["bucket"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    "bucket",
    "expectedBucketOwner",
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ["bucket", "expectedBucketOwner", "mfa"],
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": ["name", "vpc"],
  "aws:servicediscovery/service:Service": ["name", "namespaceId", "type"],
  "aws:sns/topic:Topic": ["fifoTopic", "name", "namePrefix"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  "aws:sns/topicSubscription:TopicSubscription": ["endpoint", "protocol", "topicArn"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
  "aws:wafv2/webAcl:WebAcl": ["description", "name", "namePrefix", "scope"],
  "aws:wafv2/webAclAssociation:WebAclAssociation": ["resourceArn", "webAclArn"],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
    "logDestinationConfigs",
    "resourceArn",
  ],
};

/**
 * Inputs of the ECS task definition that its provider keeps for itself: a change of them registers no new revision
 * (internal/service/ecs/task_definition.go).
 */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  "aws:ecs/taskDefinition:TaskDefinition": ["skipDestroy", "tags", "trackLatest"],
};

/** Whether a change of the top-level input `property` makes the provider replace the resource. */
export function forcesNew(type: string, property: string): boolean {
  const properties = FORCE_NEW[type] ?? [];
  if (KEPT[type]?.includes(property) === true) return false;
  return properties.includes("*") || properties.includes(property);
}

/** First part of a property path: `containerDefinitions` of `containerDefinitions[app].cpu`. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
