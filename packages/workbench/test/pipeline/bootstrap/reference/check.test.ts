import { expect } from "chai";
import { problems, type WrittenStatement } from "./check.ts";
import { serviceReference } from "./reference.ts";

const REFERENCE = serviceReference();
const ecs = (resource: string): string => `arn:aws:ecs:eu-west-1:123456789012:${resource}`;
const BUCKET = "arn:aws:s3:::state";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";

type Rest = Pick<WrittenStatement, "Resource" | "Condition">;
const allow = (Action: string | string[], rest: Rest = { Resource: "*" }): WrittenStatement => ({
  Effect: "Allow",
  Action,
  ...rest,
});
const equals = (key: string): NonNullable<WrittenStatement["Condition"]> => ({
  StringEquals: { [key]: "x" },
});
const wrong = (...statements: WrittenStatement[]): Promise<string[]> =>
  problems(statements, REFERENCE);

describe("Statements against AWS's service reference", () => {
  it("are right as AWS writes them", async () => {
    expect(
      await wrong(
        allow("ecs:RunTask", { Resource: ecs("task-definition/api:*") }),
        allow(["s3:ListBucket", "s3:GetObject"], { Resource: [BUCKET, `${BUCKET}/*`] }),
        allow("kms:*"),
        allow("kms:GenerateDataKey*", {
          Resource: KEY,
          Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": BUCKET } },
        }),
        allow("kms:CreateKey", { Resource: "*", Condition: equals("aws:RequestTag/stack") }),
        allow("kms:PutKeyPolicy", { Resource: "*", Condition: equals("aws:ResourceTag/stack") }),
        allow("ec2:CreateVpc", { Resource: "*", Condition: equals("aws:RequestedRegion") }),
        { Effect: "Deny", Action: "*", Resource: "*", Condition: equals("aws:ResourceTag/stack") },
        { Effect: "Deny", Action: "s3:*", Resource: [BUCKET, `${BUCKET}/*`] },
        allow("sts:AssumeRoleWithWebIdentity", {
          Condition: equals("token.actions.githubusercontent.com:environment"),
        }),
      ),
    ).to.deep.equal([]);
  });

  it("are refused for actions that do not exist", async () => {
    expect(
      await wrong(
        allow(["ecs:StopServiceDeploymnt", "ecs:Stop*", "ecs:Halt*", "esc:RunTask", "RunTask"]),
        { Effect: "Deny", Action: "s3:DeleteBukkit", Resource: BUCKET },
      ),
    ).to.deep.equal([
      "RunTask does not exist",
      "arn:aws:s3:::state is no resource of s3:DeleteBukkit",
      "ecs:Halt* does not exist",
      "ecs:StopServiceDeploymnt does not exist",
      "esc:RunTask does not exist",
      "s3:DeleteBukkit does not exist",
    ]);
  });

  it("are refused for resources that an action is not checked against", async () => {
    expect(await wrong(allow("ecs:ListTaskDefinitions", { Resource: ecs("cluster/api") }))).to.eql([
      `${ecs("cluster/api")} is no resource of ecs:ListTaskDefinitions`,
      `ecs:ListTaskDefinitions takes *, as AWS checks it against no resource; it is given ${ecs("cluster/api")}`,
    ]);
    expect(
      await wrong(
        allow(["dynamodb:Scan", "s3:PutObject", "s3:ListBucket"], { Resource: `${BUCKET}/*` }),
      ),
    ).to.deep.equal([
      "dynamodb:Scan takes arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/index/${IndexName}, arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}; it is given arn:aws:s3:::state/*",
      "s3:ListBucket takes arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}, arn:${Partition}:s3:::${BucketName}; it is given arn:aws:s3:::state/*",
    ]);
  });

  it("are refused for a resource of none of their actions", async () => {
    expect(
      await wrong(
        allow(["s3:ListBucket", "s3:GetBucketPolicy"], { Resource: [BUCKET, `${BUCKET}/*`] }),
      ),
    ).to.deep.equal(["arn:aws:s3:::state/* is no resource of s3:ListBucket, s3:GetBucketPolicy"]);
  });

  it("are refused where AWS checks an action against more than they name, all of them together", async () => {
    const service = allow("ecs:StopServiceDeployment", { Resource: ecs("service/api/api") });
    const deployment = { Resource: ecs("service-deployment/api/api/*") };
    expect(await wrong(service)).to.deep.equal([
      "ecs:StopServiceDeployment is checked against arn:${Partition}:ecs:${Region}:${Account}:service-deployment/${ClusterName}/${ServiceName}/${ServiceDeploymentId} too",
    ]);
    expect(await wrong(service, allow("ecs:StopServiceDeployment", deployment))).to.deep.equal([]);
    const denied = { ...service, Effect: "Deny" } as const;
    expect(await wrong(denied)).to.deep.equal([]);
  });

  it("are refused for condition keys that an action never sends", async () => {
    const condition = (Action: string, key: string, Resource = "*"): Promise<string[]> =>
      wrong(allow(Action, { Resource, Condition: equals(key) }));
    const context = "kms:EncryptionContext:aws:logs:arn";
    expect(await condition("kms:DescribeKey", context)).to.deep.equal([
      `kms:DescribeKey never sends ${context}`,
    ]);
    expect(await condition("iam:PassRole", "iam:PermissionsBoundary")).to.deep.equal([
      "iam:PassRole never sends iam:PermissionsBoundary",
    ]);
    // Global keys: of a tag some services send them, of no other name anybody does.
    expect(await condition("ecs:ListServices", "aws:RequestTag/stack")).to.deep.equal([
      "ecs:ListServices never sends aws:RequestTag/stack",
    ]);
    expect(await condition("ecs:ListServices", "aws:RequestedRegoin")).to.deep.equal([
      "ecs:ListServices never sends aws:RequestedRegoin",
    ]);
    expect(await condition("*", "aws:RequestedRegoin")).to.deep.equal([
      "* never sends aws:RequestedRegoin",
    ]);
    // A key of one type of resource says nothing about another.
    expect(await condition("ecs:TagResource", "ecs:cluster", ecs("cluster/api"))).to.deep.equal([
      "ecs:TagResource never sends ecs:cluster",
    ]);
    expect(await condition("ecs:TagResource", "ecs:cluster", ecs("daemon/api/x"))).to.deep.equal(
      [],
    );
  });
});
