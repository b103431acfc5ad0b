import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface LogGroupArgs {
  logRetentionDays: number;
  /** Key that encrypts the log. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /** Protects the log from deletion, and keeps it in the account when it leaves the program. */
  deletionProtection: boolean;
}

/** A log group of a component. Cost: about 0.57 USD a GB. */
export const logGroup = (
  name: string,
  { logRetentionDays, keyArn, deletionProtection }: LogGroupArgs,
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup =>
  new aws.cloudwatch.LogGroup(
    name,
    { retentionInDays: logRetentionDays, kmsKeyId: keyArn },
    { parent, protect: deletionProtection, retainOnDelete: deletionProtection },
  );
