import * as pulumi from "@pulumi/pulumi";
import type { ArnsByType } from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { wrongSubjectPrefix } from "./trust.ts";

/**
 * Reads and checks the configuration of the account.
 * @param offline accepts the placeholders of the template
 * @throws pulumi.RunError that lists all problems, a sentence each
 */
export function readConfig(offline: boolean) {
  const config = new pulumi.Config();
  const [accountId = "", ...others] = config.requireObject<string[]>("allowedAccountIds");
  const githubSubjectPrefix = config.require("githubSubjectPrefix");
  const stacks = config.requireObject<string[]>("stacks");
  const costAllocationTags = config.requireObject<string[]>("costAllocationTags");
  const oidcProviderArn = config.get("oidcProviderArn") ?? "";
  const formerArns = config.requireObject<Record<string, ArnsByType>>("formerArns");
  const region = new pulumi.Config("aws").require("region");

  const placeholder = (value: string): boolean => offline && /^<[^<>]+>$/.test(value);
  const wrongPrefix = wrongSubjectPrefix(githubSubjectPrefix);
  const problems: string[] = [];
  if (others.length > 0 || !(placeholder(accountId) || /^\d{12}$/.test(accountId)))
    problems.push("allowedAccountIds has to hold one account id of 12 digits.");
  if (wrongPrefix !== undefined && !placeholder(githubSubjectPrefix)) problems.push(wrongPrefix);
  if (stacks.length === 0 || stacks.some((stack) => !/^[a-z][a-z0-9-]*$/.test(stack)))
    problems.push("stacks has to name at least one stack, in small letters, digits and hyphens.");
  if (costAllocationTags.some((tag) => typeof tag !== "string" || tag === ""))
    problems.push("costAllocationTags has to be a list of keys of tags, such as [project, stack].");
  if (oidcProviderArn !== "" && !oidcProviderArn.includes(":oidc-provider/"))
    problems.push(
      `oidcProviderArn is ${JSON.stringify(oidcProviderArn)}, but it has to be the ARN of an identity provider, or empty.`,
    );
  if (problems.length > 0)
    throw new pulumi.RunError(
      [`${pulumi.getStack()}: wrong configuration`, ...problems].join("\n  "),
    );
  return {
    ...{ region, accountId, githubSubjectPrefix, stacks },
    ...{ costAllocationTags, oidcProviderArn, formerArns },
  };
}
