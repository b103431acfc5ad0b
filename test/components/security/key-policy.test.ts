import { expect } from "chai";
import { keyPolicy } from "../../../components/security/key-policy.ts";

const args = {
  ...{ partition: "aws", region: "eu-west-1", accountId: "123456789012" },
  monthlyBudgetUsd: 0,
};
const statements = [
  {
    Sid: "AccountDecidesByIam",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::123456789012:root" },
    Action: "kms:*",
    Resource: "*",
  },
  {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: "logs.eu-west-1.amazonaws.com" },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:*",
      },
    },
  },
  {
    Sid: "AlarmsToTopic",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
  },
];

describe("keyPolicy", () => {
  it("lets the account decide, logs encrypt and alarms reach their topic", () => {
    expect(keyPolicy(args)).to.deep.equal({ Version: "2012-10-17", Statement: statements });
  });

  it("lets a budget reach the topic, too", () => {
    const { Statement } = keyPolicy({ ...args, monthlyBudgetUsd: 1 });

    expect(Statement[2]?.Principal).to.deep.equal({
      Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"],
    });
    expect(Statement.with(2, statements[2] as never)).to.deep.equal(statements);
  });

  it("lets one trail encrypt its files", () => {
    expect(keyPolicy({ ...args, trailName: "koa-fargate-prod" })).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        ...statements,
        {
          Sid: "Trail",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: ["kms:GenerateDataKey*", "kms:DescribeKey"],
          Resource: "*",
          Condition: {
            StringEquals: {
              "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/koa-fargate-prod",
            },
          },
        },
      ],
    });
  });

  it("names another partition's ARNs", () => {
    const text = JSON.stringify(keyPolicy({ ...args, partition: "aws-cn", trailName: "t" }));

    expect(text.match(/arn:aws[a-z-]*/g)).to.deep.equal(["arn:aws-cn", "arn:aws-cn", "arn:aws-cn"]);
  });
});
