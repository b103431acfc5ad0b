import type { Account } from "../bootstrap/names.ts";
import type { ServiceGraph } from "./graph.ts";
import type { Named, Scope } from "./permission.ts";
import type { Condition } from "./policy.ts";
import { known } from "./unknown.ts";

/** Where a statement applies. */
export interface Place {
  Resource: readonly string[];
  Condition?: Condition | undefined;
}

/**
 * Tags that a resource keeps for its life. By any other tag a deployment could not add or change that very tag: the resource
 * does not carry the new value yet.
 */
const IDENTITY_TAGS = ["project", "stack"];

/** Condition keys and their values: that a resource carries the stack's tags, or that a request gives them. */
export const tagged = (
  graph: ServiceGraph,
  where: "RequestTag" | "ResourceTag",
): Record<string, string> =>
  Object.fromEntries(
    IDENTITY_TAGS.map((key) => [
      `aws:${where}/${key}`,
      known(
        graph.tags[key],
        `Stack ${graph.stack} gives its resources no tag ${key}, by which the pipeline knows the stack's own. Add it to aws:defaultTags in Pulumi.${graph.stack}.yaml.`,
      ),
    ]),
  );

/**
 * Where a scope lies in a stack; on no resource where the stack has nothing of it.
 * @param account whose partition ARNs begin with. @default any
 * @param regions of what it is about. @default the stack's
 */
export function place(
  graph: ServiceGraph,
  { partition }: Pick<Account, "partition">,
  scope: Scope,
  regions: readonly string[] = [graph.region],
): Place {
  const { shared = [], records = [] } = graph;
  const [only = "", ...others] = regions;
  const here = { "aws:RequestedRegion": others.length === 0 ? only : regions };
  /** @param type such as `ec2:subnet`; empty for none */
  const ofType = (type: string): string[] => {
    const [service = "", resource = ""] = type.split(":");
    if (type === "") return ["*"];
    return (service === "cloudfront" ? [""] : regions).map(
      (each) => `arn:${partition}:${service}:${each}:*:${resource}/*`,
    );
  };
  switch (scope.by) {
    case "name":
      return { Resource: named(graph, scope) };
    case "tags":
      return {
        Resource: ["*"],
        Condition: { StringEquals: { ...here, ...tagged(graph, "ResourceTag") } },
      };
    case "new":
      return {
        Resource: ofType(scope.type),
        Condition: {
          StringEquals: { ...(scope.type === "" && here), ...tagged(graph, "RequestTag") },
        },
      };
    case "untagged":
      return {
        Resource: ofType(scope.type),
        Condition: {
          StringEquals: tagged(graph, "RequestTag"),
          Null: { "aws:ResourceTag/project": "true" },
        },
      };
    case "type":
      return { Resource: ofType(scope.type) };
    case "shared":
      return { Resource: shared.map((id) => `arn:${partition}:ec2:${only}:*:${id}`) };
    case "records":
      return {
        Resource: records.length === 0 ? [] : [`arn:${partition}:route53:::hostedzone/*`],
        Condition: { "ForAllValues:StringLike": { [RECORD_NAMES]: records } },
      };
    case "nothing":
      return { Resource: ["*"], ...(scope.region && { Condition: { StringEquals: here } }) };
  }
}

const RECORD_NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames";

/** `arn:aws:` `ecs` `:eu-west-1:123456789012:` `service/` `shop-dev-api/shop-dev-api`. */
const ARN = /^(arn:[^:]*:)([^:]*)(:[^:]*:[^:]*:)(\w[\w-]*[/:])?(.*)$/;

/** ARNs of the stack's own. */
export const named = ({ arns }: ServiceGraph, { arnsOf, forms }: Named): string[] =>
  (arns[arnsOf] ?? []).flatMap((arn) => forms.map((form) => formed(arn, form)));

/** An ARN in a form of `Named`. */
const formed = (arn: string, form: string): string =>
  form.includes("$&") ? form.replace("$&", () => arn) : arn.replace(ARN, form);
