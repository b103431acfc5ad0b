import { byToken } from "../../../plan/aws-types.ts";
import { list, record, scalar } from "../../../plan/plan-reader.ts";
import type { ResourceChange } from "../types.ts";
import { weakenedContainers } from "./containers.ts";
import { quote } from "./quote.ts";
import { changedSettings, disabled, off, on, type Setting, type Value } from "./settings.ts";

/** Types that guard or record something: what their deletion and their replacement mean, as ends of a sentence. */
export const GUARDS = byToken<{ deleted: string; replaced?: string }>({
  "cloudtrail/Trail": {
    deleted: "calls of the account's API are not recorded there any more",
    replaced: "calls of the account's API are not recorded there in between",
  },
  "ec2/FlowLog": { deleted: "connections in the network are not recorded any more" },
  "guardduty/Detector": { deleted: "nothing looks for threats any more" },
  "s3/BucketServerSideEncryptionConfiguration": {
    deleted: "new objects are encrypted by S3's own key alone",
  },
  "wafv2/WebAclAssociation": {
    deleted: "requests are not filtered any more",
    replaced: "requests are not filtered in between",
  },
  "wafv2/WebAclLoggingConfiguration": {
    deleted: "what the web ACL blocks is not recorded any more",
  },
});

const LISTENER = "aws:lb/listener:Listener";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const REPOSITORY = "aws:ecr/repository:Repository";
const TRAIL = "aws:cloudtrail/trail:Trail";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

const isSecure = (protocol: Value): boolean => protocol === "HTTPS" || protocol === "TLS";

/**
 * The oldest TLS version that a security policy lets callers use.
 * Source: Elastic Load Balancing, Application Load Balancers, "Security policies": the names carry it, but for the oldest.
 */
function oldestTls(policy: Value): number | undefined {
  if (typeof policy !== "string") return undefined;
  if (/-TLS13-1-3(?:-|$)/.test(policy)) return 1.3;
  const [, minor] = /-(?:TLS13|TLS|FS)-1-([0-2])(?:-|$)/.exec(policy) ?? [];
  return minor === undefined ? 1.0 : Number(`1.${minor}`);
}

const SETTINGS: readonly Setting[] = [
  [
    LISTENER,
    "protocol",
    (before, after) => isSecure(before) && !isSecure(after),
    (_, after) => `takes requests unencrypted, by ${after}`,
  ],
  [
    LISTENER,
    "sslPolicy",
    (before, after) => (oldestTls(after) ?? 2) < (oldestTls(before) ?? 0),
    (_, after) => `lets callers use an older version of TLS, by ${after}`,
  ],
  [
    LISTENER,
    "defaultActions.0.type",
    (before, after) => before === "redirect" && after === "forward",
    () => "serves requests that it redirected before, to HTTPS as a rule",
  ],
  [LOAD_BALANCER, "accessLogs.enabled", off, () => "does not record requests any more"],
  [LOAD_BALANCER, "connectionLogs.enabled", off, () => "does not record connections any more"],
  [LOAD_BALANCER, "dropInvalidHeaderFields", off, () => "forwards invalid headers"],
  [TRAIL, "enableLogging", disabled, () => "does not record any more"],
  [TRAIL, "isMultiRegionTrail", off, () => "records one region alone"],
  [TRAIL, "enableLogFileValidation", off, () => "does not show whether its files were changed"],
  ["aws:kms/key:Key", "enableKeyRotation", off, () => "is not rotated any more"],
  [
    REPOSITORY,
    "imageTagMutability",
    (before, after) =>
      scalar(before).startsWith("IMMUTABLE") && !scalar(after).startsWith("IMMUTABLE"),
    () => "lets another image be pushed under a tag that is there",
  ],
  [
    REPOSITORY,
    "imageScanningConfiguration.scanOnPush",
    off,
    () => "does not scan what is pushed any more",
  ],
  [
    "aws:ecs/service:Service",
    "enableExecuteCommand",
    on,
    () => "lets commands be run inside of its tasks",
  ],
  ["aws:rds/instance:Instance", "storageEncrypted", off, () => "is not encrypted any more"],
];

/** Inputs that name a key, of whatever type. */
const KEYS = ["kmsKeyId", "kmsKeyArn", "kmsMasterKeyId"];

/**
 * What a change leaves less secure, as facts without their subject (`takes requests unencrypted`).
 * @param planned inputs of the same resource in an offline plan, for what a preview does not know yet
 */
export function weakened(
  change: ResourceChange,
  planned?: Readonly<Record<string, Value>>,
): string[] {
  const { type, operation, before = {}, after = {} } = change;
  if (operation === "create") return [];
  if (operation === "delete")
    return type === LISTENER && isSecure(before["protocol"])
      ? ["is deleted: what it took by TLS is refused, or taken unencrypted by another"]
      : [];
  const keys = KEYS.some((key) => isSet(before[key]) && !isSet(after[key]));
  return [
    ...changedSettings(SETTINGS, change),
    ...(keys ? ["is not encrypted by a key of its own any more"] : []),
    ...(type === WEB_ACL ? rulesLost(before["rules"], after["rules"]) : []),
    ...(type === TASK ? weakenedContainers(before, after, planned) : []),
  ];
}

const isSet = (value: Value): boolean => typeof value === "string" && value !== "";

/** Rules of a web ACL that are gone, or that count what they blocked. */
function rulesLost(before: Value, after: Value): string[] {
  const young = new Map(list(after).map((rule) => [record(rule)["name"], record(rule)]));
  return list(before).flatMap((item) => {
    const rule = record(item);
    const name = quote(scalar(rule["name"]));
    const next = young.get(rule["name"]);
    if (next === undefined) return [`does not have the rule ${name} any more`];
    return !counts(rule) && counts(next) ? [`only counts what the rule ${name} blocked`] : [];
  });
}

const counts = (rule: Readonly<Record<string, Value>>): boolean =>
  ["action", "overrideAction"].some((key) => record(rule[key])["count"] !== undefined);
