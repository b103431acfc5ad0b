import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config.ts";

/** The account that the credentials in use belong to, and the region of the stack. */
export interface Account {
  /** `aws`, or `aws-cn` and the like. */
  partition: string;
  accountId: string;
  region: string;
}

/**
 * Looks the account up before anything is created.
 * @throws pulumi.RunError when the stack may not be deployed to it
 */
export async function currentAccount(config: StackConfig): Promise<Account> {
  const { accountId, arn } = await aws.getCallerIdentity();
  const allowed = config.account.allowedAccountIds;
  // In the offline plan the list may still hold the placeholder of the template, which a deployment refuses before.
  if (allowed.some((id) => /^\d/.test(id)) && !allowed.includes(accountId)) {
    throw new pulumi.RunError(
      `The credentials are for account ${accountId}, but ${config.project}:allowedAccountIds of stack ${config.stack} allows ${allowed.join(", ")}. Switch the credentials, or add the account to the list.`,
    );
  }
  return { partition: arn.split(":")[1] ?? "aws", accountId, region: config.region };
}
