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

/** In a key policy `*` means this key alone. */
export function keyPolicy(args: KeyPolicyArgs): { Version: string; Statement: Statement[] } {
  const { partition, region, accountId, trailName } = args;
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": accountId } };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountDecidesByIam",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
          },
        },
      },
      {
        // Without this, alarms on an encrypted topic are lost in silence.
        Sid: "AlarmsToTopic",
        Effect: "Allow",
        Principal: { Service: args.monthlyBudgetUsd > 0 ? [BUDGETS, CLOUDWATCH] : CLOUDWATCH },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: ofThisAccount,
      },
      ...(trailName === undefined
        ? []
        : [
            {
              Sid: "Trail",
              Effect: "Allow" as const,
              Principal: { Service: "cloudtrail.amazonaws.com" },
              Action: ["kms:GenerateDataKey*", "kms:DescribeKey"],
              Resource: "*" as const,
              Condition: {
                StringEquals: {
                  "aws:SourceArn": `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trailName}`,
                },
              },
            },
          ]),
    ],
  };
}
