import { wireSecret, type WireMap } from "../wire.ts";
import { digest, type Account } from "./resource.ts";
import { defined } from "../../lib/defined.ts";
import { list, record } from "../plan-reader.ts";
import type { Json } from "../types.ts";

/** Answers a provider function. */
export type Call = (args: Record<string, Json>, account: Account) => WireMap;

/** What stands for the password of the registry. It shows up in a plan only if the program loses its secrecy. */
export const REGISTRY_PASSWORD = "[secret password of the registry]";
const REGISTRY_TOKEN = Buffer.from(`AWS:${REGISTRY_PASSWORD}`).toString("base64");

/** Texts that no plan may show. */
export const SECRET_STAND_INS: readonly string[] = [REGISTRY_PASSWORD, REGISTRY_TOKEN];

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function region(args: Record<string, Json>, account: Account): string {
  return text(args["region"]) || text(args["name"]) || account.region;
}

/** Most regions have at least the zones a, b and c. */
export function zones(name: string): { names: string[]; zoneIds: string[] } {
  const letters = ["a", "b", "c"];
  return {
    names: letters.map((letter) => name + letter),
    zoneIds: letters.map(
      (_, index) => `${name.replace(/^(..)-(.).*-(\d)$/, "$1$2$3")}-az${index + 1}`,
    ),
  };
}

/** One principal or condition value stays text, several become a list, as the provider writes them. */
function oneOrMany(values: Json[]): Json {
  return values.length === 1 ? (values[0] ?? null) : values;
}

function statement(value: Json): Record<string, Json> {
  const s = record(value);
  const grouped = (items: Json[]) =>
    Object.fromEntries(
      items.map((item) => [
        text(record(item)["type"]),
        oneOrMany(list(record(item)["identifiers"])),
      ]),
    );
  const conditions: Record<string, Record<string, Json>> = {};
  for (const item of list(s["conditions"]).map(record))
    (conditions[text(item["test"])] ??= {})[text(item["variable"])] = oneOrMany(
      list(item["values"]),
    );
  return defined({
    Sid: s["sid"],
    Effect: text(s["effect"]) || "Allow",
    Action: s["actions"] && oneOrMany(list(s["actions"])),
    NotAction: s["notActions"] && oneOrMany(list(s["notActions"])),
    Resource: s["resources"] && oneOrMany(list(s["resources"])),
    NotResource: s["notResources"] && oneOrMany(list(s["notResources"])),
    Principal: s["principals"] && grouped(list(s["principals"])),
    NotPrincipal: s["notPrincipals"] && grouped(list(s["notPrincipals"])),
    Condition: Object.keys(conditions).length === 0 ? undefined : conditions,
  });
}

function policyDocument(args: Record<string, Json>): WireMap {
  const document = {
    Version: text(args["version"]) || "2012-10-17",
    ...(args["policyId"] === undefined ? {} : { Id: args["policyId"] }),
    Statement: list(args["statements"]).map(statement),
  };
  const json = JSON.stringify(document, null, 2);
  return { id: digest(json).slice(0, 10), json, minifiedJson: JSON.stringify(document) };
}

/** Every provider function that a plan can answer. */
export const CALLS: Record<string, Call> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId }) => ({
    id: accountId,
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/plan/offline`,
    userId: "AROAOFFLINEPLAN:offline",
  }),
  "aws:index/getRegion:getRegion": (args, account) => {
    const name = region(args, account);
    return {
      id: name,
      name,
      region: name,
      description: name,
      endpoint: `ec2.${name}.amazonaws.com`,
    };
  },
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    dnsSuffix: "amazonaws.com",
    partition: "aws",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (args, account) => {
    const name = region(args, account);
    return { ...args, id: name, groupNames: [name], ...zones(name) };
  },
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": (args, account) => ({
    id: account.region,
    authorizationToken: wireSecret(REGISTRY_TOKEN),
    expiresAt: "2026-01-01T12:00:00Z",
    password: wireSecret(REGISTRY_PASSWORD),
    proxyEndpoint: `https://${text(args["registryId"]) || account.accountId}.dkr.ecr.${account.region}.amazonaws.com`,
    region: account.region,
    userName: "AWS",
  }),
  "aws:secretsmanager/getSecretVersions:getSecretVersions": (args, account) => ({
    ...args,
    id: text(args["secretId"]),
    arn: text(args["secretId"]),
    region: region(args, account),
    versions: [
      {
        versionId: "00000000-0000-4000-8000-000000000000",
        versionStages: ["AWSCURRENT"],
        createdTime: "2026-01-01T00:00:00Z",
        lastAccessedDate: "2026-01-01",
      },
    ],
  }),
  // A stack that was never deployed has no image.
  "aws:ecr/getImages:getImages": (args, account) => ({
    ...args,
    id: text(args["repositoryName"]),
    imageIds: [],
    registryId: account.accountId,
    region: account.region,
  }),
  "aws:ecr/getImage:getImage": (args, account) => {
    const repository = text(args["repositoryName"]);
    const imageDigest =
      text(args["imageDigest"]) || `sha256:${digest(`${repository}:${text(args["imageTag"])}`)}`;
    return {
      ...args,
      id: imageDigest,
      imageDigest,
      imagePushedAt: 0,
      imageSizeInBytes: 0,
      imageTags: args["imageTag"] === undefined ? [] : [args["imageTag"]],
      imageUri: `${account.accountId}.dkr.ecr.${account.region}.amazonaws.com/${repository}@${imageDigest}`,
      registryId: account.accountId,
      region: account.region,
    };
  },
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => ({ ...args, ...policyDocument(args) }),
  // Since 2022 new regions deliver logs by a service principal; older ones have an account each.
  "aws:elb/getServiceAccount:getServiceAccount": (args, account) => ({
    id: "156460612806",
    arn: "arn:aws:iam::156460612806:root",
    region: region(args, account),
  }),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": (args, account) => {
    const id = text(args["id"]) || `pl-${digest(text(args["name"])).slice(0, 8)}`;
    return {
      ...args,
      id,
      addressFamily: "IPv4",
      arn: `arn:aws:ec2:${account.region}:aws:prefix-list/${id}`,
      entries: [],
      maxEntries: 10,
      ownerId: "AWS",
      region: account.region,
      tags: {},
      version: 1,
    };
  },
  "aws:ec2/getVpc:getVpc": (args, account) => {
    const id = text(args["id"]);
    return {
      ...args,
      arn: `arn:aws:ec2:${account.region}:${account.accountId}:vpc/${id}`,
      cidrBlock: "10.0.0.0/16",
      enableDnsHostnames: true,
      enableDnsSupport: true,
      mainRouteTableId: `rtb-0${digest(id).slice(0, 16)}`,
      ownerId: account.accountId,
      region: account.region,
      state: "available",
    };
  },
  "aws:ec2/getSubnet:getSubnet": (args, account) => {
    const id = text(args["id"]);
    const { names } = zones(account.region);
    const number = Number.parseInt(digest(id).slice(0, 6), 16);
    return {
      ...args,
      arn: `arn:aws:ec2:${account.region}:${account.accountId}:subnet/${id}`,
      availabilityZone: names[number % names.length] ?? "",
      cidrBlock: `10.0.${number % 256}.0/24`,
      ownerId: account.accountId,
      region: account.region,
      state: "available",
      vpcId: text(args["vpcId"]) || `vpc-0${digest(account.accountId).slice(0, 16)}`,
    };
  },
  "aws:route53/getZone:getZone": (args) => {
    const name = text(args["name"]) || "example.com";
    const zoneId = text(args["zoneId"]) || `Z${digest(name).slice(0, 20).toUpperCase()}`;
    return {
      ...args,
      id: zoneId,
      arn: `arn:aws:route53:::hostedzone/${zoneId}`,
      name,
      nameServers: [],
      zoneId,
    };
  },
};
