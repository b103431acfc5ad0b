import { expect } from "chai";
import { failedRuns } from "../../../components/service/failed-runs.ts";

describe("failedRuns", () => {
  // What it matches: failed-runs.parts.test.ts. The provider writes patterns back with their keys in the alphabet's order, and a
  // refresh has to find no difference.
  it("is a pattern of this cluster's and task's stopped runs, its keys in order", () => {
    const pattern = failedRuns({
      clusterArn: "cluster",
      taskDefinition: "nightly",
      container: "app",
    });

    expect(pattern).to.equal(
      '{"detail":{"$or":[{"containers":{"exitCode":[{"anything-but":[0]}],"name":["app"]}},' +
        '{"stopCode":[{"anything-but":["EssentialContainerExited"]}]}],' +
        '"clusterArn":["cluster"],"lastStatus":["STOPPED"],"taskDefinitionArn":[{"prefix":"nightly:"}]},' +
        '"detail-type":["ECS Task State Change"],"source":["aws.ecs"]}',
    );
  });
});
