import { expect } from "chai";
import { failedRuns } from "../../../components/service/failed-runs.ts";
import { startMinistack, type Ministack } from "../../helpers/ministack.ts";

const CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/api";
const FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-prod-nightly";

interface Ended {
  containers?: Readonly<Record<string, unknown>>[];
  stopCode?: string;
  lastStatus?: string;
  clusterArn?: string;
  taskDefinitionArn?: string;
}

/** As AWS shows one in "Amazon ECS task state change events". */
const event = (detail: Ended): string =>
  JSON.stringify({
    id: "b5f9436f-8f39-ee71-a74b-b22e7b4be349",
    account: "111122223333",
    region: "eu-west-1",
    time: "2026-11-30T03:00:07Z",
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    resources: [],
    detail: {
      clusterArn: CLUSTER,
      taskDefinitionArn: `${FAMILY}:7`,
      desiredStatus: "STOPPED",
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "app", lastStatus: "STOPPED", exitCode: 0 }],
      ...detail,
    },
  });

describe("failedRuns, matched by an emulator of EventBridge", function () {
  let ministack: Ministack | undefined;

  before(async function () {
    ministack = await startMinistack("events");
    if (ministack === undefined) this.skip();
  });
  after(() => ministack?.stop());

  const fails = async (detail: Ended): Promise<boolean> => {
    const response = await fetch(ministack?.endpoint ?? "", {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSEvents.TestEventPattern",
        authorization:
          "AWS4-HMAC-SHA256 Credential=test/20261130/eu-west-1/events/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: JSON.stringify({
        Event: event(detail),
        EventPattern: failedRuns({ clusterArn: CLUSTER, taskDefinition: FAMILY, container: "app" }),
      }),
    });
    const answer = (await response.json()) as { Result?: boolean };
    if (answer.Result === undefined) throw new Error(JSON.stringify(answer));
    return answer.Result;
  };

  it("are those that end with another exit code than 0", async () => {
    expect(await fails({ containers: [{ name: "app", exitCode: 1 }] })).to.equal(true);
    expect(await fails({ containers: [{ name: "app", exitCode: 137 }] })).to.equal(true);
    expect(await fails({})).to.equal(false);
  });

  it("are those that never start, or that somebody stops", async () => {
    const notStarted = [{ name: "app", lastStatus: "STOPPED" }];
    expect(await fails({ stopCode: "TaskFailedToStart", containers: notStarted })).to.equal(true);
    expect(await fails({ stopCode: "UserInitiated" })).to.equal(true);
  });

  it("are none where a side-car alone ends otherwise, wherever it stands", async () => {
    const app = { name: "app", exitCode: 0 };
    const collector = { name: "collector", exitCode: 143 };
    expect(await fails({ containers: [app, collector] })).to.equal(false);
    expect(await fails({ containers: [collector, app] })).to.equal(false);
    expect(await fails({ containers: [collector, { ...app, exitCode: 1 }] })).to.equal(true);
  });

  it("are none while a run goes on, and none of another task or cluster", async () => {
    const containers = [{ name: "app", exitCode: 1 }];
    expect(await fails({ containers, lastStatus: "DEPROVISIONING" })).to.equal(false);
    expect(await fails({ containers, taskDefinitionArn: `${FAMILY}-two:1` })).to.equal(false);
    expect(await fails({ containers, clusterArn: `${CLUSTER}2` })).to.equal(false);
  });
});
