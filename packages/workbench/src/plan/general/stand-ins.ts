/** Values for what no table lists. All follow from the URN or the arguments, so that plans repeat exactly. */
import { MockResource, digest, type Account, type MockResourceArgs } from "../mocks/resource.ts";
import type { Json } from "../types.ts";
import type { Metadata } from "./metadata.ts";

/** Services whose ARNs do not say what their types say. */
const ARN_SERVICES: Readonly<Record<string, string>> = {
  alb: "elasticloadbalancing",
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  cfg: "config",
  cloudhsmv2: "cloudhsm",
  cognito: "cognito-idp",
  docdb: "rds",
  ebs: "ec2",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  lb: "elasticloadbalancing",
  mq: "mq",
  msk: "kafka",
  neptune: "rds",
  opensearch: "es",
  sfn: "states",
  transfer: "transfer",
  vpc: "ec2",
};

const ACCOUNT_FIELD = /^(?:owner|account|awsAccount|registry)Id$/;

/** Outputs of a resource type that no table lists, `id` among them: id, ARN, name, region, account. The rest is unknown. */
export function inventOutputs(
  type: string,
  args: MockResourceArgs,
  names: readonly string[],
  metadata: Metadata,
): { id: string; [output: string]: Json } {
  const r = new MockResource(args);
  const [pkg = "", module = "", kind = ""] = type.split(":");
  const example = metadata.importedId(type);
  const named = names.includes("name");
  const name = named ? r.physicalName() : r.hex(17);
  const parts = pkg === "aws" ? arn(r, module, kind, name, example) : "";
  const id = idLike(r, example, parts, name);
  if (pkg !== "aws") return { id };
  return {
    id,
    ...(names.includes("arn") ? { arn: parts } : {}),
    ...(named ? { name } : {}),
    ...(names.includes("region") ? { region: r.region } : {}),
    ...Object.fromEntries(
      names.filter((field) => ACCOUNT_FIELD.test(field)).map((field) => [field, r.accountId]),
    ),
  };
}

/** An ARN as in the example of an import, else `arn:aws:service:region:account:kind/name`. */
function arn(r: MockResource, module: string, kind: string, name: string, example = ""): string {
  const [, partition, service, region, account, rest] =
    /^arn:([\w-]+):([\w-]+):([\w-]*):(\d*):(.+)$/.exec(example) ?? [];
  if (rest !== undefined && !rest.includes(","))
    return `arn:${partition ?? "aws"}:${service ?? ""}:${region === "" ? "" : r.region}:${account === "" ? "" : r.accountId}:${rest.replace(/[^/:]+$/, name)}`;
  const own = module.split("/")[0] ?? "";
  const dashed = kind.replace(/(?<=[a-z0-9])[A-Z]/g, "-$&").toLowerCase();
  return r.arn(`${ARN_SERVICES[own] ?? own}:${dashed}/${name}`);
}

function idLike(
  r: MockResource,
  example: string | undefined,
  ownArn: string,
  name: string,
): string {
  if (example?.startsWith("arn:") === true && ownArn !== "") return ownArn;
  const prefix = /^([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,}$/.exec(example ?? "")?.[1];
  return prefix === undefined ? name : r.ec2Id(prefix);
}

/** Prefixes of ids by the word that a function's name or field ends in. */
const IDS: readonly [RegExp, string][] = [
  [/ami(?:ids?)?$/i, "ami"],
  [/vpcs?(?:ids?)?$/i, "vpc"],
  [/subnets?(?:ids?)?$/i, "subnet"],
  [/securitygroups?(?:ids?)?$/i, "sg"],
  [/routetables?(?:ids?)?$/i, "rtb"],
  [/instances?(?:ids?)?$/i, "i"],
  [/internetgateway(?:ids?)?$/i, "igw"],
];

/** The answer of a function that no table lists: its arguments, and a value for each field that its types require. */
export function inventAnswer(
  token: string,
  args: Readonly<Record<string, Json>>,
  account: Account,
  metadata: Metadata,
): Record<string, Json> {
  const own = token.split(":")[2] ?? "";
  const seed = `${token}#${JSON.stringify(args)}`;
  const fields = metadata.result(token) ?? new Map([["id", "string"]]);
  const invented = [...fields].map(([field, type]): [string, Json] => {
    const subject = /^ids?$/.test(field) ? own : field;
    const one = () => text(subject, field, `${seed}#${field}`, account, own);
    if (type === "string") return [field, one()];
    if (type === "string[]") return [field, [one()]];
    if (type === "number") return [field, 1];
    if (type === "boolean") return [field, false];
    return [field, type.endsWith("[]") ? [] : {}];
  });
  return { ...Object.fromEntries(invented), ...args };
}

function text(
  subject: string,
  field: string,
  seed: string,
  account: Account,
  call: string,
): string {
  const hex = digest(seed);
  const prefix = /ids?$/i.test(field) ? IDS.find(([word]) => word.test(subject))?.[1] : undefined;
  if (prefix !== undefined) return `${prefix}-0${hex.slice(0, 16)}`;
  if (field === "region") return account.region;
  if (ACCOUNT_FIELD.test(field)) return account.accountId;
  if (/arns?$/i.test(field))
    return `arn:aws:${call.replace(/^get/, "").toLowerCase()}:${account.region}:${account.accountId}:${hex.slice(0, 12)}`;
  if (/cidr/i.test(field)) return "10.0.0.0/16";
  if (/(?:url|endpoint|uri)$/i.test(field))
    return `https://${hex.slice(0, 10)}.${account.region}.amazonaws.com`;
  if (/json|policy|document/i.test(field)) return "{}";
  if (/(?:date|time|At)$/i.test(field)) return "2026-01-01T00:00:00Z";
  return /^ids?$/.test(field) ? hex.slice(0, 17) : `offline-${field}-${hex.slice(0, 7)}`;
}
