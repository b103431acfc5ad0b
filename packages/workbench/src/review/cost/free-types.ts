/**
 * Types that AWS does not bill by themselves, by service: what they hold or send is billed elsewhere, or nothing is.
 * `*` for all types of a service.
 */
export const FREE_TYPES: Readonly<Record<string, string>> = {
  acm: "Certificate CertificateValidation",
  appautoscaling: "*",
  budgets: "Budget",
  chatbot: "SlackChannelConfiguration TeamsChannelConfiguration",
  cloudfront:
    "CachePolicy Function OriginAccessControl OriginRequestPolicy ResponseHeadersPolicy VpcOrigin",
  cloudwatch:
    "EventPermission EventRule EventTarget LogAccountPolicy LogDelivery LogDeliveryDestination LogDeliverySource LogResourcePolicy LogStream QueryDefinition",
  cloudtrail: "",
  costexplorer: "*",
  dynamodb: "TableItem ResourcePolicy",
  ec2: [
    "DefaultNetworkAcl DefaultSecurityGroup FlowLog InternetGateway LaunchTemplate NetworkAcl NetworkAclRule Route",
    "RouteTable RouteTableAssociation SecurityGroup SecurityGroupRule Subnet Vpc VpcDhcpOptions",
    "VpcDhcpOptionsAssociation VpcEndpointRouteTableAssociation VpcEndpointSubnetAssociation EgressOnlyInternetGateway",
  ].join(" "),
  ecr: "LifecyclePolicy RepositoryPolicy RegistryScanningConfiguration PullThroughCacheRule",
  ecs: "AccountSettingDefault CapacityProvider ClusterCapacityProviders TaskDefinition TaskSet",
  iam: "*",
  kms: "Alias Grant KeyPolicy",
  lambda: "Permission EventSourceMapping Alias LayerVersion",
  lb: "Listener ListenerCertificate ListenerRule TargetGroup TargetGroupAttachment",
  alb: "Listener ListenerCertificate ListenerRule TargetGroup TargetGroupAttachment",
  notifications: "*",
  resourcegroups: "*",
  route53: "Record VpcAssociationAuthorization ZoneAssociation",
  s3: [
    "BucketAclV2 BucketAcl BucketCorsConfiguration BucketLifecycleConfiguration BucketLogging BucketNotification",
    "BucketObject BucketObjectv2 BucketObjectLockConfiguration BucketOwnershipControls BucketPolicy",
    "BucketPublicAccessBlock BucketServerSideEncryptionConfiguration BucketVersioning BucketWebsiteConfiguration",
    "BucketIntelligentTieringConfiguration",
  ].join(" "),
  scheduler: "ScheduleGroup",
  secretsmanager: "SecretPolicy SecretRotation SecretVersion",
  servicediscovery: "HttpNamespace Service",
  sns: "Topic TopicPolicy TopicSubscription",
  sqs: "QueuePolicy QueueRedriveAllowPolicy QueueRedrivePolicy",
  vpc: "SecurityGroupEgressRule SecurityGroupIngressRule SecurityGroupVpcAssociation",
  wafv2: "IpSet RegexPatternSet RuleGroup WebAclAssociation WebAclLoggingConfiguration",
};
