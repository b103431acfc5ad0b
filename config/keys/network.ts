import { choice, integer, key, list, text } from "../kinds.ts";
import { CIDR, HOST_NAME, HTTP_PATH } from "./patterns.ts";

/** Keys of the network and the load balancer. */

export const network = {
  vpcCidr: key(
    text("an IPv4 range such as 10.0.0.0/16", CIDR),
    "10.0.0.0/16",
    "IPv4 range of the VPC.",
  ),
  availabilityZoneCount: key(integer(2, 6), 2, "Number of availability zones."),
  natStrategy: key(
    choice("none", "single", "one-per-az"),
    "none",
    "NAT gateways for private subnets.",
  ),
  interfaceEndpoints: key(
    list("service names such as ecr.api", /^[a-z0-9][a-z0-9.-]*$/),
    [],
    "AWS services reached without leaving the VPC, over interface endpoints. S3 and DynamoDB always have a gateway endpoint.",
  ),
  flowLogs: key(choice("none", "rejected", "all"), "none", "Which traffic of the VPC is logged."),
  peerCidrs: key(
    list("IPv4 ranges such as 10.1.0.0/16", CIDR),
    [],
    "IPv4 ranges of the networks that the VPC is, or will be, peered with; vpcCidr may not overlap them.",
  ),
  vpcId: key(
    text("the id of a VPC", /^vpc-[0-9a-f]{8,17}$/, true),
    "",
    "An existing VPC to use in place of a new one.",
  ),
  publicSubnetIds: key(
    list("subnet ids", /^subnet-[0-9a-f]{8,17}$/),
    [],
    "With vpcId, its public subnets for the load balancer (and for public tasks).",
  ),
  privateSubnetIds: key(
    list("subnet ids", /^subnet-[0-9a-f]{8,17}$/),
    [],
    "With vpcId, its private subnets for private tasks.",
  ),
};

export const loadBalancer = {
  tls: key(choice("required", "optional"), "optional", "Whether the stack may go without HTTPS."),
  certificateArn: key(
    text("the ARN of an ACM certificate", /^arn:aws[a-z-]*:acm:.+:certificate\/.+$/, true),
    "",
    "ACM certificate of the HTTPS listener; HTTP then redirects to it.",
  ),
  domainName: key(
    text("a host name such as api.example.com", HOST_NAME, true),
    "",
    "Host name that the certificate covers and callers use.",
  ),
  ingressCidrs: key(
    list("IPv4 ranges such as 203.0.113.0/24", CIDR),
    ["0.0.0.0/0"],
    "IPv4 ranges that may call the load balancer.",
  ),
  idleTimeoutSeconds: key(
    integer(1, 4000),
    60,
    "After how long the load balancer closes a silent connection. The app's keep-alive is five seconds longer.",
  ),
  accessLogRetentionDays: key(
    integer(1, 3650),
    30,
    "How long access and connection logs are kept.",
  ),
  healthPath: key(
    text("a path such as /readyz", HTTP_PATH),
    "/readyz",
    "Path that the load balancer checks; 200 means that the task may take requests.",
  ),
  healthCheckIntervalSeconds: key(
    integer(5, 300),
    10,
    "Time between two health checks of a target.",
  ),
  healthCheckTimeoutSeconds: key(
    integer(2, 120),
    5,
    "How long a health check waits for its answer.",
  ),
  healthyThreshold: key(
    integer(2, 10),
    2,
    "Checks that an unhealthy target has to pass in a row. A new target needs one.",
  ),
  unhealthyThreshold: key(
    integer(2, 10),
    2,
    "Checks that a target has to fail in a row to be taken out.",
  ),
  deregistrationDelaySeconds: key(
    integer(0, 3600),
    30,
    "How long a target that leaves may finish its requests.",
  ),
  waf: key(
    choice("none", "standard"),
    "none",
    "Web ACL before the load balancer, with a limit for bodies, one for addresses, and AWS's managed rules. Standard costs about 10 USD a month and 0.60 USD per million requests.",
  ),
  wafRequestsPerAddress: key(
    integer(10, 2000000000),
    10000,
    "With waf, about the requests that one address may send in five minutes; a company behind one address shares them.",
  ),
  wafCountedRules: key(
    list("names of managed rules such as GenericRFI_BODY", /^[A-Za-z0-9_]+$/),
    [],
    "With waf, managed rules that only count what they find, because they blocked requests that were right. docs/runbook.md says how to find their names.",
  ),
};
