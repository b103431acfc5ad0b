import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { keyPolicy, type KeyPolicyArgs } from "./key-policy.ts";

export interface EncryptionKeyArgs extends KeyPolicyArgs {
  deletionProtection: boolean;
}

/** The customer-managed key of the stack, rotated every year. Cost: 1 USD a month, plus requests. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:security:EncryptionKey", name, {}, opts);

    const key = new aws.kms.Key(
      name,
      {
        description: "Logs, table, registry, buckets and topic of the stack",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: JSON.stringify(keyPolicy(args)),
      },
      // What the key encrypted is lost with it.
      { parent: this, protect: args.deletionProtection, retainOnDelete: args.deletionProtection },
    );
    new aws.kms.Alias(`${name}-alias`, { targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
