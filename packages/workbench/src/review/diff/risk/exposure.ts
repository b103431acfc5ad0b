import { byToken } from "../../../plan/aws-types.ts";
import type { Json } from "../../../plan/types.ts";
import { list, record } from "../../../plan/plan-reader.ts";
import type { ResourceChange } from "../types.ts";
import { grants } from "./policy.ts";
import { quote } from "./quote.ts";

type Inputs = Readonly<Record<string, Json>>;

/** The longest prefix of a range that is most of the internet, or a good part of it: `128.0.0.0/1` is half. */
const WIDEST = { v4: 7, v6: 12 };

/**
 * What of a resource the internet may reach, as short facts without their subject (`is open to 0.0.0.0/0 on tcp 443`).
 * `inputs` are absent for a resource that is not there.
 */
type Facts = (inputs: Inputs | undefined) => string[];

const EXPOSURES = byToken<Facts>({
  "vpc/SecurityGroupIngressRule": (inputs) =>
    [inputs?.["cidrIpv4"], inputs?.["cidrIpv6"]]
      .filter(isWorld)
      .map((range) => open(range, inputs)),
  "ec2/SecurityGroupRule": (inputs) =>
    inputs?.["type"] === "ingress" ? ranges(inputs).map((range) => open(range, inputs)) : [],
  "ec2/SecurityGroup": (inputs) =>
    list(inputs?.["ingress"])
      .map(record)
      .flatMap((rule) => ranges(rule).map((range) => open(range, rule))),
  "ec2/Subnet": (inputs) =>
    when(inputs?.["mapPublicIpOnLaunch"] === true, "gives whatever starts in it a public address"),
  "ecs/Service": (inputs) =>
    when(
      record(inputs?.["networkConfiguration"])["assignPublicIp"] === true,
      "gives its tasks public addresses",
    ),
  "lb/LoadBalancer": (inputs) =>
    when(inputs !== undefined && inputs["internal"] !== true, "has a public address"),
  "rds/Instance": (inputs) => when(inputs?.["publiclyAccessible"] === true, "has a public address"),
  "s3/Bucket": publicAcl,
  "s3/BucketAcl": publicAcl,
  "s3/BucketPolicy": openPolicy,
  "s3/BucketPublicAccessBlock": (inputs) =>
    ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
      .filter((flag) => inputs?.[flag] !== true)
      .map((flag) => `does not set ${quote(flag)}`),
  "sns/TopicPolicy": openPolicy,
  "sqs/QueuePolicy": openPolicy,
  "kms/Key": openPolicy,
  "ecr/RepositoryPolicy": openPolicy,
});

/** Facts that are true after the change and were not before. */
export function newlyPublic({ type, operation, before, after }: ResourceChange): string[] {
  const facts = EXPOSURES[type];
  if (facts === undefined) return [];
  // What was never there blocks nothing, but it opened nothing either.
  const old = new Set(operation === "create" ? [] : facts(before));
  return [...new Set(facts(after))].filter((fact) => !old.has(fact));
}

const when = (isSo: boolean, fact: string): string[] => (isSo ? [fact] : []);

function open(range: string, inputs: Inputs | undefined): string {
  const protocol = text(inputs?.["ipProtocol"] ?? inputs?.["protocol"]);
  const [from, to] = [text(inputs?.["fromPort"]), text(inputs?.["toPort"])];
  if (protocol === "-1" || protocol === "all") return `is open to ${quote(range)} on every port`;
  const ports = from === to ? from : `${from}-${to}`;
  return `is open to ${quote(range)} on ${quote(`${protocol} ${ports}`)}`;
}

function ranges(inputs: Inputs): string[] {
  return [...list(inputs["cidrBlocks"]), ...list(inputs["ipv6CidrBlocks"])].filter(isWorld);
}

function publicAcl(inputs: Inputs | undefined): string[] {
  const acl = inputs?.["acl"];
  if (typeof acl !== "string" || !acl.startsWith("public-")) return [];
  return [`has the access list ${quote(acl)}`];
}

function openPolicy(inputs: Inputs | undefined): string[] {
  return (grants(inputs?.["policy"]) ?? [])
    .filter(
      ({ effect, principal, condition }) =>
        effect === "Allow" && principal === "*" && condition === "",
    )
    .map(({ written }) => `allows anybody ${quote(written)}`);
}

function isWorld(value: unknown): value is string {
  const [, address = "", length = ""] = /^([\d.:a-f]+)\/(\d+)$/i.exec(String(value)) ?? [];
  if (length === "") return false;
  // Unique local and link-local addresses are of no use outside.
  const isOwn = /^f(?:[cd]|e[89ab])/i.test(address);
  return !isOwn && Number(length) <= (address.includes(":") ? WIDEST.v6 : WIDEST.v4);
}

function text(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
