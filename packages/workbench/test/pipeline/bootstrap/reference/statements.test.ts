import { expect } from "chai";
import path from "node:path";
import {
  pipelineBoundary,
  serviceBoundary,
} from "../../../../src/pipeline/permissions/boundary.ts";
import { serviceGraph, type ServiceGraph } from "../../../../src/pipeline/permissions/graph.ts";
import {
  readStatements,
  writeStatements,
} from "../../../../src/pipeline/permissions/service-statements.ts";
import { PERMISSIONS } from "../../../../src/pipeline/permissions/table.ts";
import { planStack } from "../../../../src/plan/evaluate.ts";
import { services as scheduledTask } from "../../../../../../examples/scheduled-task/services.ts";
import program from "../../../../../../index.ts";
import { planFrozen } from "../../../../../../test/helpers/frozen.ts";
import { variants, WATCHED } from "../variants.ts";
import { problems, type WrittenStatement } from "./check.ts";
import { policyDocuments } from "./documents.ts";
import { serviceReference } from "./reference.ts";

const REFERENCE = serviceReference();
const HERE = { partition: "aws", accountId: "123456789012" };
const PIPELINE = {
  ...HERE,
  path: "/koa-fargate-ci/",
  stateBucketArn: "arn:aws:s3:::state",
  keyArns: ["arn:aws:kms:eu-west-1:123456789012:key/state"],
};

/** Where the reference lags, and what says so. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  // The reference names what GitHub's tokens carry besides: every token of every provider has these two.
  "sts:AssumeRoleWithWebIdentity never sends token.actions.githubusercontent.com:aud":
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
  "sts:AssumeRoleWithWebIdentity never sends token.actions.githubusercontent.com:sub":
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
};

/** What the reference tells apart otherwise than AWS does, and what says so. */
const OTHERWISE: readonly (readonly [RegExp, source: string])[] = [
  // It has the actions of classic load balancers in one list with those of today.
  [
    /elasticloadbalancing:(AddTags|RemoveTags|\w+LoadBalancer|ModifyLoadBalancerAttributes) takes /,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html",
  ],
  [
    /:loadbalancer\/app\/\S+ is no resource of /,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html",
  ],
  [
    /:targetgroup\/\S+ is no resource of /,
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html",
  ],
  // It names the destination of a delivery in place of its source.
  [
    /:delivery-source:\S+ is no resource of logs:DeleteDeliverySource$/,
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html",
  ],
  // A listener is of one kind; what carries tags is a table or a stream.
  [
    /is checked against \S+:listener(-rule)?\/(net|gwy)\/\S+ too$/,
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html",
  ],
  [
    /dynamodb:(Tag|Untag)Resource is checked against \S+\/stream\/\S+ too$/,
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html",
  ],
];

/** Problems by the place of the statements, without the exceptions. */
async function found(
  all: readonly (readonly [place: string, statements: readonly WrittenStatement[]])[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const [place, statements] of all)
    for (const problem of await problems(statements, REFERENCE))
      if (EXCEPTIONS[problem] === undefined && !OTHERWISE.some(([form]) => form.test(problem)))
        texts.push(`${place}: ${problem}`);
  return texts;
}

const ofStack = (graph: ServiceGraph) =>
  [
    ["preview", readStatements(graph)],
    ["deploy", [...readStatements(graph), ...writeStatements(graph, HERE)]],
    ["boundary", pipelineBoundary(graph, PIPELINE)],
    ["service boundary", serviceBoundary(graph, PIPELINE)],
  ] as const;

describe("Statements that AWS has to understand", function () {
  for (const stack of ["dev", "prod"])
    it(`are those of ${stack} and of its pipeline, however it is configured`, async () => {
      for (const plan of await variants(stack)) {
        const documents = policyDocuments(plan).map(
          ({ place, statements }) => [place, statements] as const,
        );
        expect(await found([...ofStack(serviceGraph(plan)), ...documents])).to.deep.equal([]);
      }
    });

  it("are found wherever a stack has them", async () => {
    const plan = await planFrozen({ stack: "prod", overrides: { deploymentStrategy: "canary" } });
    const kinds = policyDocuments(plan).map(({ place }) => {
      const [type = "", , input = ""] = place.split(" ");
      return `${type} ${input}`;
    });
    expect([...new Set(kinds)].sort()).to.deep.equal([
      "cloudwatch/logResourcePolicy:LogResourcePolicy policyDocument",
      "iam/role:Role assumeRolePolicy",
      "iam/rolePolicy:RolePolicy policy",
      "kms/key:Key policy",
      "s3/bucketPolicy:BucketPolicy policy",
    ]);
  });

  it("are those of every row, also where no stack has the type now", async () => {
    // With a schedule, which the template's own stacks have not.
    const plan = await planFrozen({
      stack: "prod",
      overrides: WATCHED,
      program: () => program({ offline: true, services: scheduledTask }),
    });
    const { arns } = serviceGraph(
      await planFrozen({ stack: "dev", overrides: { edge: "cloudfront" } }),
    );
    const graph = { ...serviceGraph(plan), arns: { ...arns, ...serviceGraph(plan).arns } };
    const types = Object.keys(PERMISSIONS);
    const scoped = Object.values(PERMISSIONS).flatMap(({ write, remove }) =>
      [...write, ...remove].flatMap(({ on }) => (on.by === "name" ? [on.arnsOf] : [])),
    );
    expect(scoped.filter((type) => graph.arns[type] === undefined)).to.deep.equal([]);
    expect(await found(ofStack({ ...graph, types }))).to.deep.equal([]);
  });

  it("are those that bootstrap makes, as they are attached", async () => {
    const plan = await planStack({
      stack: "account",
      root: path.resolve(import.meta.dirname, "../../../../../../bootstrap"),
      overrides: { githubSubjectPrefix: "repo:octo-org@123456/octo-repo@654321" },
    });
    const documents = policyDocuments(plan);
    const roles = new Map<string, WrittenStatement[]>();
    for (const { place, statements } of documents) {
      // Policies of one role are read as one: preview-dev-service and preview-dev-state.
      const role = /^iam\/policy:Policy (preview|deploy)-([^-]+)/.exec(place)?.[0] ?? place;
      roles.set(role, [...(roles.get(role) ?? []), ...statements]);
    }
    expect([...roles.keys()].sort()).to.deep.equal([
      "iam/policy:Policy boundary-dev policy",
      "iam/policy:Policy boundary-prod policy",
      "iam/policy:Policy deploy-dev",
      "iam/policy:Policy deploy-prod",
      "iam/policy:Policy preview-dev",
      "iam/policy:Policy preview-prod",
      "iam/policy:Policy service-boundary-dev policy",
      "iam/policy:Policy service-boundary-prod policy",
      "iam/role:Role deploy-dev assumeRolePolicy",
      "iam/role:Role deploy-prod assumeRolePolicy",
      "iam/role:Role preview-dev assumeRolePolicy",
      "iam/role:Role preview-prod assumeRolePolicy",
      "s3/bucketPolicy:BucketPolicy state-policy policy",
    ]);
    expect(await found([...roles])).to.deep.equal([]);

    const needed = await Promise.all(
      documents.map(({ statements }) => problems(statements, REFERENCE)),
    );
    expect(Object.keys(EXCEPTIONS).filter((text) => !needed.flat().includes(text))).to.deep.equal(
      [],
    );
  });
});
