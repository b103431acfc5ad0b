import { expect } from "chai";
import { serviceBoundary } from "../../../src/pipeline/permissions/boundary.ts";
import type { Declared, ServiceGraph } from "../../../src/pipeline/permissions/graph.ts";
import { HERE } from "../../../src/pipeline/permissions/permission.ts";
import { permissionFor, pipelineGaps } from "../../../src/pipeline/permissions/rows.ts";

const BROKER = "aws:mq/broker:Broker";
const DECLARED: Declared = {
  permissions: { [BROKER]: { read: "mq: DescribeBroker", write: "mq: CreateBroker DeleteBroker" } },
  taskActions: "mq: Describe*",
};
const policy = (Action: string[]) => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  name: "api-roles-task-policy",
  inputs: { policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] }) },
});

describe("Gaps of the pipeline's permissions", () => {
  it("are types and functions without a row, each said once", () => {
    const broker = { type: BROKER, name: "a", inputs: {} };
    const sentence = (token: string): string =>
      `the pipeline's role has no permission row for ${token}: add one under permissions in workbench.config.ts, then run npm run bootstrap`;
    const bucket = { type: "aws:s3/bucket:Bucket", name: "b", inputs: {} };
    const provider = { type: "pulumi:providers:aws", name: "p", inputs: {} };

    expect(
      pipelineGaps([bucket, broker, provider, broker], ["aws:mq/getBroker:getBroker"], {}),
    ).to.deep.equal([sentence(BROKER), sentence("aws:mq/getBroker:getBroker")]);
    expect(pipelineGaps([broker], [], DECLARED)).to.deep.equal([]);
  });

  it("are actions that the boundary of the stack's roles does not let through", () => {
    const resources = [
      policy(["dynamodb:PutItem", "kms:GenerateDataKeyPair", "mq:DescribeBroker"]),
    ];
    expect(pipelineGaps(resources, [], {})).to.deep.equal([
      "api-roles-task-policy allows mq:DescribeBroker, but the boundary of the stack's roles does not: add that to taskActions in workbench.config.ts, then run npm run bootstrap",
    ]);
    expect(pipelineGaps(resources, [], DECLARED)).to.deep.equal([]);
    // Not known before the deployment.
    const unknown = { ...policy([]), inputs: { policy: "[not known yet]" } };
    expect(pipelineGaps([unknown], [], {})).to.deep.equal([]);
  });

  it("are no starts of tasks where the stack has a schedule: its boundary has them then", () => {
    const scheduler = {
      ...policy(["ecs:RunTask", "iam:PassRole"]),
      name: "nightly-scheduler-policy",
    };
    const schedule = { type: "aws:scheduler/schedule:Schedule", name: "nightly", inputs: {} };

    expect(pipelineGaps([scheduler], [], {})).to.deep.equal([
      "nightly-scheduler-policy allows ecs:RunTask and iam:PassRole, but the boundary of the stack's roles does not: add that to taskActions in workbench.config.ts, then run npm run bootstrap",
    ]);
    expect(pipelineGaps([schedule, scheduler], [], {})).to.deep.equal([]);
  });

  it("a declared row goes before the table, and the boundary follows", () => {
    const declared = DECLARED;
    expect(permissionFor({ declared }, BROKER)).to.deep.equal({
      read: ["mq:DescribeBroker"],
      write: [{ on: HERE, actions: ["mq:CreateBroker", "mq:DeleteBroker"] }],
      remove: [],
    });
    const [tasks] = serviceBoundary(
      { stack: "dev", types: [] as string[], declared } as ServiceGraph,
      {
        ...{ partition: "aws", accountId: "123456789012", path: "/ci/" },
        ...{ stateBucketArn: "arn:aws:s3:::state", keyArns: [] },
      },
    );
    expect(tasks?.Action).to.include("mq:Describe*");
  });
});
