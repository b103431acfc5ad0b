/** Key policy of the stack's key: the account decides by IAM, and the services that use it for us may, in our name only. */

export interface KeyPolicyArgs {
  partition: string;
  region: string;
  accountId: string;
  /** Name of the trail that encrypts its logs. @default - no trail does */
  trailName?: string | undefined;
  /** Above 0 a budget publishes to the topic, too. */
  monthlyBudgetUsd: number;
}

interface Statement {
  Sid: string;
  Effect: "Allow";
  Principal: Record<string, string | string[]>;
  Action: string | string[];
  Resource: "*";
  Condition?: Record<string, Record<string, string>>;
}

const [BUDGETS, CLOUDWATCH] = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"];
const TRAIL = "cloudtrail.amazonaws.com";

/** In a key policy `*` means this key alone. */
const allow = (
  Sid: string,
  Principal: Statement["Principal"],
  Action: Statement["Action"],
  Condition?: Statement["Condition"],
): Statement => ({
  ...{ Sid, Effect: "Allow", Principal, Action, Resource: "*" },
  ...(Condition && { Condition }),
});

export function keyPolicy(args: KeyPolicyArgs): { Version: string; Statement: Statement[] } {
  const { partition, region, accountId, trailName } = args;
  const ofAccount = (service: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}`;
  const publishers = args.monthlyBudgetUsd > 0 ? [BUDGETS, CLOUDWATCH] : CLOUDWATCH;
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"];
  return {
    Version: "2012-10-17",
    Statement: [
      allow("AccountDecidesByIam", { AWS: `arn:${partition}:iam::${accountId}:root` }, "kms:*"),
      allow("Logs", { Service: `logs.${region}.amazonaws.com` }, use, {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `${ofAccount("logs")}:log-group:*` },
      }),
      // Without this, alarms on an encrypted topic are lost in silence.
      allow("AlarmsToTopic", { Service: publishers }, ["kms:Decrypt", "kms:GenerateDataKey*"], {
        StringEquals: { "aws:SourceAccount": accountId },
      }),
      ...(trailName === undefined
        ? []
        : [
            allow("Trail", { Service: TRAIL }, ["kms:GenerateDataKey*", "kms:DescribeKey"], {
              StringEquals: { "aws:SourceArn": `${ofAccount("cloudtrail")}:trail/${trailName}` },
            }),
          ]),
    ],
  };
}
