import { expect } from "chai";
import { grants, widened } from "../../../src/review/diff/risk/policy.ts";
import { marked, quote } from "../../../src/review/diff/risk/quote.ts";
import { permissionSentences, riskSentences } from "../../../src/review/diff/risk/sentences.ts";
import { risks } from "../../../src/review/diff/risk/risks.ts";
import { UNKNOWN, type ResourceChange } from "../../../src/review/diff/types.ts";
import type { Json } from "../../../src/plan/types.ts";
import { change, changes } from "./change.ts";

const angle = (text: string): string => `<${text}>`;

function sentences(...resources: ResourceChange[]): Record<string, string[]> {
  const found = risks(changes(...resources));
  return {
    dataLoss: riskSentences(found.dataLoss, angle),
    downtime: riskSentences(found.downtime, angle),
    weakened: riskSentences(found.weakened, angle),
    redundancy: riskSentences(found.redundancy, angle),
    permissions: found.permissions.flatMap((widening) => permissionSentences(widening, angle)),
    exposure: riskSentences(found.exposure, angle),
  };
}

const NONE = {
  ...{ dataLoss: [], downtime: [], weakened: [], redundancy: [] },
  ...{ permissions: [], exposure: [] },
};
const TABLE = "aws:dynamodb/table:Table";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const POLICY = "aws:iam/rolePolicy:RolePolicy";

const allow = (action: Json, resource: Json = "*", rest: Record<string, Json> = {}): Json => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...rest,
});
const policy = (...statements: Json[]): string => JSON.stringify({ Statement: statements });

describe("risks", () => {
  it("data loss: a table that is replaced or deleted, unless it is protected or stays", () => {
    const properties = [{ path: "rangeKey", before: "a", after: "b", replaces: true }];
    expect(
      sentences(
        change(TABLE, "a", { operation: "replace", properties }),
        change(TABLE, "b", { operation: "delete" }),
        change(TABLE, "c", { operation: "delete", protected: true }),
        change(TABLE, "d", { operation: "delete", retained: true }),
        change(TABLE, "e", { properties }),
      )["dataLoss"],
    ).to.deep.equal([
      "DynamoDB table <a> is replaced because <rangeKey> changes: all items are deleted",
      "DynamoDB table <b> is deleted: all items are deleted",
      "DynamoDB table <c> is deleted: protected, so the deployment will be refused",
      "DynamoDB table <d> is deleted: left in the account, but unknown to this stack from then on",
    ]);
  });

  it("data loss: what is kept shorter or guarded less", () => {
    expect(
      sentences(
        change("aws:cloudwatch/logGroup:LogGroup", "log", {
          before: { retentionInDays: 365 },
          after: { retentionInDays: 7 },
        }),
        change(TABLE, "table", {
          unprotected: true,
          before: { pointInTimeRecovery: { enabled: true } },
          after: { pointInTimeRecovery: { enabled: false } },
        }),
        change("aws:cloudwatch/logGroup:LogGroup", "longer", {
          before: { retentionInDays: 7 },
          after: { retentionInDays: 0 },
        }),
      ),
    ).to.deep.equal({
      ...NONE,
      dataLoss: [
        "log group <log> keeps log events for <7> instead of <365> days: older ones are deleted",
        "DynamoDB table <table> loses its protection: nothing is deleted now, but a later change may do it",
        "DynamoDB table <table> cannot be restored to a point in time any more",
      ],
    });
  });

  it("downtime: what alike happens to several is said once; a new task definition interrupts nothing", () => {
    const properties = ["port", "vpcId"].map((path) => ({ path, replaces: true }));
    expect(
      sentences(
        change(GROUP, "blue", { operation: "replace", properties }),
        change(GROUP, "green", { operation: "replace", properties }),
        change("aws:ecs/taskDefinition:TaskDefinition", "api", { operation: "replace" }),
      ),
    ).to.deep.equal({
      ...NONE,
      downtime: [
        "target groups <blue> and <green> are replaced because <port> and <vpcId> change: the new one has no healthy target until the service has registered its tasks there",
      ],
    });
  });

  it("downtime: names what may take over from a deleted rule", () => {
    const rule = "aws:lb/listenerRule:ListenerRule";
    expect(
      sentences(
        change(rule, "old", { operation: "delete" }),
        change(rule, "new|", { operation: "create" }),
      )["downtime"],
    ).to.deep.equal([
      "listener rule <old> is deleted: requests that it forwarded get the listener's default answer, unless <new|>, which is new, takes its place",
    ]);
  });

  it("permissions: new actions, resources, principals, managed policies; removed denials and boundaries", () => {
    const trust = (service: string): string =>
      policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } });
    expect(
      sentences(
        change(POLICY, "a", {
          before: { policy: policy(allow(["s3:GetObject"], "b")) },
          after: { policy: policy(allow(["s3:GetObject", "s3:PutObject"], ["b", "c"])) },
        }),
        change(POLICY, "b", {
          before: {
            policy: policy(allow("*"), { Effect: "Deny", Action: "iam:*", Resource: "*" }),
          },
          after: { policy: policy(allow("*")) },
        }),
        change("aws:iam/role:Role", "c", {
          before: {
            assumeRolePolicy: trust("ecs.amazonaws.com"),
            permissionsBoundary: "arn:boundary",
          },
          after: { assumeRolePolicy: trust("ec2.amazonaws.com"), managedPolicyArns: ["arn:admin"] },
        }),
      )["permissions"],
    ).to.deep.equal([
      "<a> newly allows <s3:PutObject> on <b>",
      "<a> newly allows <s3:GetObject>, <s3:PutObject> on <c>",
      "<b> denies no longer <iam:*> on every resource",
      "<c> gets everything in <arn:admin>",
      "<c> loses its permissions boundary <arn:boundary>",
      "<c> may newly be assumed by <ec2.amazonaws.com>",
    ]);
  });

  it("permissions: a policy that a preview does not know is taken from the plan, else said to be unknown", () => {
    const resource = change(POLICY, "a", {
      before: { policy: policy(allow("s3:GetObject", "arn:real")) },
      after: { policy: UNKNOWN },
    });
    const planned = { policy: policy(allow(["s3:GetObject", "s3:PutObject"], "arn:invented")) };
    const [found] = risks(changes(resource), new Map([[resource.urn, planned]])).permissions;
    expect(found && permissionSentences(found, angle)).to.deep.equal([
      "<a> newly allows <s3:PutObject> on resources known after deployment",
    ]);
    expect(sentences(resource)["permissions"]).to.deep.equal([
      "<a> has a policy that only the deployment will know: read it in the code",
    ]);
  });

  it("newly public: ports, addresses, buckets, policies; not what was public before", () => {
    const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    const open = { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 80, toPort: 80 };
    const block = {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    };
    expect(
      sentences(
        change(ingress, "new", { operation: "create", after: open }),
        change(ingress, "same", { before: open, after: { ...open, description: "x" } }),
        change(ingress, "wider", {
          before: { ...open, cidrIpv4: "10.0.0.0/8" },
          after: { ...open, toPort: 90 },
        }),
        change("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "access", {
          before: block,
          after: { ...block, blockPublicPolicy: false },
        }),
        change("aws:s3/bucketPolicy:BucketPolicy", "bucket", {
          operation: "create",
          after: {
            policy: policy({
              Effect: "Allow",
              Principal: "*",
              Action: "s3:GetObject",
              Resource: "*",
            }),
          },
        }),
        change("aws:ecs/service:Service", "api", {
          before: { networkConfiguration: { assignPublicIp: false } },
          after: { networkConfiguration: { assignPublicIp: true } },
        }),
      )["exposure"],
    ).to.deep.equal([
      "bucket public access block <access> does not set <blockPublicPolicy>",
      "ECS service <api> gives its tasks public addresses",
      "bucket policy <bucket> allows anybody <s3:GetObject>",
      "security group ingress rule <new> is open to <0.0.0.0/0> on <tcp 80>",
      "security group ingress rule <wider> is open to <0.0.0.0/0> on <tcp 80-90>",
    ]);
  });

  it("a deleted public access block lets in what it kept out", () => {
    const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    expect(
      sentences(change(type, "a", { operation: "delete", before: { blockPublicAcls: true } }))[
        "exposure"
      ],
    ).to.deep.equal(["bucket public access block <a> does not set <blockPublicAcls>"]);
  });
});

describe("widened", () => {
  const of = (...statements: Json[]) => grants(policy(...statements)) ?? [];
  const none = (before: Json[], after: Json[]): void => {
    expect(widened(of(...before), of(...after))).to.deep.equal([]);
  };

  it("an older, wider allowance covers a narrower one", () => {
    none([allow("s3:*")], [allow("s3:GetObject", "arn:x")]);
    none([allow("S3:getobject")], [allow("s3:GetObject")]);
    none([allow("s3:Get?bject")], [allow("s3:GetObject")]);
    none([allow("*", "arn:a*")], [allow("x:Y", "arn:abc", { Condition: { Bool: { a: "b" } } })]);
  });

  it("the order of statements, actions and conditions does not matter", () => {
    const condition = (keys: string[]): Json => ({
      StringEquals: Object.fromEntries(keys.map((key) => [key, "v"])),
    });
    none(
      [allow(["a:b", "c:d"], "*", { Condition: condition(["x", "y"]) }), allow("e:f")],
      [allow("e:f"), allow(["c:d", "a:b"], "*", { Condition: condition(["y", "x"]) })],
    );
  });

  it("a condition that goes, a wider pattern and NotAction are new", () => {
    const conditional = allow("a:b", "*", { Condition: { Bool: { x: "true" } } });
    const actions = (before: Json, after: Json): string[] =>
      widened(of(before), of(after)).map(({ written }) => written);
    expect(actions(conditional, allow("a:b"))).to.deep.equal(["a:b"]);
    expect(actions(allow("a:Get*"), allow("a:*"))).to.deep.equal(["a:*"]);
    expect(
      actions(allow("a:b"), { Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
    ).to.deep.equal(["not:iam:*"]);
  });
});

describe("quote", () => {
  it("sets off what is cited, and nothing that is cited can end its quote", () => {
    const hostile = "\ue001 is fine \ue000";
    expect(marked(`a ${quote("b")} c ${quote(hostile)}`, angle)).to.equal("a <b> c < is fine >");
  });
});
