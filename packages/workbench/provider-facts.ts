/**
 * `node packages/workbench/provider-facts.ts` writes src/plan/provider/facts.json: what the AWS provider does with inputs that
 * no type tells. From the documentation in @pulumi/aws's own types, for every resource that says so there, and from the list
 * below, whose types and inputs have to be in the installed version. A test fails until it was run for that version.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { byToken } from "./src/plan/aws-types.ts";
import type { ProviderFacts } from "./src/plan/provider/facts.ts";

const ROOT = path.dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

/**
 * Inputs whose change makes a new resource and deletes the old one: `ForceNew: true` in the schemas of
 * hashicorp/terraform-provider-aws (internal/service/<service>/), on which @pulumi/aws is built; `*` stands for every input.
 */
const REPLACES: Readonly<Record<string, readonly string[]>> = {
  "acm/Certificate": ["domainName", "subjectAlternativeNames", "validationMethod"],
  "appautoscaling/Policy": ["resourceId", "scalableDimension", "serviceNamespace", "name"],
  "appautoscaling/ScheduledAction": ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  "appautoscaling/Target": ["resourceId", "scalableDimension", "serviceNamespace"],
  "budgets/Budget": ["name", "namePrefix"],
  "cloudtrail/Trail": ["name"],
  "cloudwatch/CompositeAlarm": ["alarmName"],
  "cloudwatch/Dashboard": ["dashboardName"],
  "cloudwatch/LogDeliveryDestination": ["name", "outputFormat"],
  "cloudwatch/LogDeliverySource": ["logType", "name", "resourceArn"],
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
  "route53/HealthCheck": [
    "measureLatency",
    "referenceName",
    "requestInterval",
    "routingControlArn",
    "type",
  ],
  "route53/Record": ["name", "setIdentifier", "type", "zoneId"],
  "route53/Zone": ["name", "delegationSetId"],
  "s3/Bucket": ["bucket", "bucketPrefix", "objectLockEnabled"],
  "s3/BucketLifecycleConfiguration": ["bucket", "expectedBucketOwner"],
  "s3/BucketLogging": ["bucket", "expectedBucketOwner"],
  "s3/BucketNotification": ["bucket"],
  "s3/BucketObjectv2": ["bucket", "key"],
  "s3/BucketOwnershipControls": ["bucket"],
  "s3/BucketPolicy": ["bucket"],
  "s3/BucketPublicAccessBlock": ["bucket"],
  "s3/BucketServerSideEncryptionConfiguration": ["bucket", "expectedBucketOwner"],
  "s3/BucketVersioning": ["bucket", "expectedBucketOwner", "mfa"],
  "servicediscovery/PrivateDnsNamespace": ["name", "vpc"],
  "servicediscovery/Service": ["name", "namespaceId", "type"],
  "sns/Topic": ["fifoTopic", "name", "namePrefix"],
  "sns/TopicPolicy": ["arn"],
  "sns/TopicSubscription": ["endpoint", "protocol", "topic"],
  "vpc/SecurityGroupEgressRule": ["securityGroupId"],
  "vpc/SecurityGroupIngressRule": ["securityGroupId"],
  "wafv2/WebAcl": ["description", "name", "namePrefix", "scope"],
  "wafv2/WebAclAssociation": ["resourceArn", "webAclArn"],
  "wafv2/WebAclLoggingConfiguration": ["logDestinationConfigs", "resourceArn"],
};

/** Inputs that are kept by the provider itself, or whose change registers nothing new: exceptions of `*`. Source: as above. */
const KEEPS = { "ecs/TaskDefinition": ["skipDestroy", "tags", "trackLatest"] };

/**
 * Blocks of which a missing one is no change: what was on stays on. Source: DiffSuppressFunc
 * SuppressMissingOptionalConfigurationBlock in internal/service/ecs/service.go; hooks: expandLifecycleHooks there.
 */
const SUPPRESSES = {
  "ecs/Service": ["alarms", "deploymentCircuitBreaker", "deploymentController"],
};

/** How the documentation says it, at the end of an input's own sentences. */
const FORCES =
  /(changing|modifying|updating) (this|any|the) .{0,60}(forces? (a )?new|force new|re-?create|replace)|forces new resource/i;

/** A condition in that sentence: what it depends on nobody can tell from the input alone. */
const DEPENDS = /\b(if|for|when|unless|only)\b/i;

const sentences = (doc: string): string[] => doc.replaceAll(/\s*\n\s*\*\s*/g, " ").split(". ");

/** How a constructor adds an input. */
const ADDS = /resourceInputs\["(\w+)"\] = \(args\?\.\w+\) \?\? "([^"]*)";/g;

/** The inputs of a resource in its .d.ts, with what each one's documentation says. */
function inputsOf(file: string): ReadonlyMap<string, string> {
  const text = readFileSync(file, "utf8");
  const args = /\nexport interface \w+Args \{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  const pairs = args.matchAll(
    /\/\*\*([\s\S]*?)\*\/\s*(?:\/\*\*[\s\S]*?\*\/\s*)?(\w+)\??:|^ {4}(\w+)\??:/gm,
  );
  return new Map([...pairs].map(([, doc = "", name, bare]) => [name ?? bare ?? "", doc]));
}

/** What the package says of every resource type: which changes replace it, and which inputs its constructor adds. */
function said(): {
  replaces: Record<string, string[]>;
  fills: Record<string, Record<string, string>>;
} {
  const replaces: Record<string, string[]> = {};
  const fills: Record<string, Record<string, string>> = {};
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
    if (!entry.isDirectory() || /^(types|node_modules|scripts|bin)$/.test(entry.name)) continue;
    for (const file of readdirSync(path.join(ROOT, entry.name))) {
      const [, base = ""] = /^((?!get|index)\w+)\.d\.ts$/.exec(file) ?? [];
      if (base === "") continue;
      const short = `${entry.name}/${base.charAt(0).toUpperCase()}${base.slice(1)}`;
      const at = path.join(ROOT, entry.name, base);
      const forced = [...inputsOf(`${at}.d.ts`)]
        .filter(([, doc]) =>
          sentences(doc).some((text) => FORCES.test(text) && !DEPENDS.test(text)),
        )
        .map(([input]) => input);
      if (forced.length > 0) replaces[short] = forced;
      const added = [...readFileSync(`${at}.js`, "utf8").matchAll(ADDS)];
      if (added.length > 0)
        fills[short] = Object.fromEntries(added.map(([, input = "", text = ""]) => [input, text]));
    }
  }
  return { replaces, fills };
}

/** @throws Error where the list names what the installed version does not have */
function checked<T>(
  rows: Readonly<Record<string, T>>,
  inputs: (row: T) => readonly string[],
): Readonly<Record<string, T>> {
  for (const [short, row] of Object.entries(rows)) {
    const [module = "", type = ""] = short.split("/");
    const known = inputsOf(
      path.join(ROOT, module, `${type.charAt(0).toLowerCase()}${type.slice(1)}.d.ts`),
    );
    const wrong = inputs(row).find((input) => input !== "*" && !known.has(input));
    if (wrong !== undefined)
      throw new Error(`${short} of @pulumi/aws has no input ${wrong}. Correct provider-facts.ts.`);
  }
  return rows;
}

/** The file's content, for the installed version. */
export function providerFacts(): ProviderFacts {
  const { replaces: documented, fills } = said();
  const replaces = checked(REPLACES, (row) => row);
  const merged = Object.fromEntries(
    [...new Set([...Object.keys(replaces), ...Object.keys(documented)])]
      .sort()
      .map((short) => [
        short,
        [...new Set([...(replaces[short] ?? []), ...(documented[short] ?? [])])],
      ]),
  );
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  return {
    version,
    replaces: byToken(merged),
    keeps: byToken(checked(KEEPS, (row) => row)),
    suppresses: byToken(checked(SUPPRESSES, (row) => row)),
    fills: byToken(fills),
  };
}

export const FACTS_FILE = path.join(import.meta.dirname, "src/plan/provider/facts.json");

if (process.argv[1] === import.meta.filename)
  writeFileSync(FACTS_FILE, `${JSON.stringify(providerFacts())}\n`);
