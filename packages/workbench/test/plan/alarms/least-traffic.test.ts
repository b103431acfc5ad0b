import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { leastTraffic } from "../../../src/plan/alarms/least-traffic.ts";
import { floors } from "../../../src/plan/rollout/detection.ts";
import { rollout } from "../../../src/plan/rollout/rollout.ts";
import type { PlannedAlarm } from "../../../src/plan/alarms/planned-alarm.ts";
import { rolloutText } from "../../../src/review/rollout-picture.ts";
import { fixturePlan } from "../../local/fixture/plan.ts";

/** Bad when so many of one metric come in a minute. */
const above = (metric: string, least: number): Pick<PlannedAlarm, "breaches"> => ({
  breaches: (datapoints) => (datapoints({ metric, stat: "Sum", group: "green" }, 0) ?? 0) >= least,
});

describe("leastTraffic", () => {
  it("is what the new version's share of the callers has to be", () => {
    const five = above("HTTPCode_Target_5XX_Count", 5);
    expect([100, 50, 10, 3].map((percent) => leastTraffic(five, ["green"], percent))).to.deep.equal(
      [5, 10, 50, 167],
    );
  });

  it("takes the fault that the alarm sees, in either group, and says never", () => {
    for (const metric of ["TargetConnectionErrorCount", "HTTPCode_Target_2XX_Count"])
      expect(leastTraffic(above(metric, 7), ["blue", "green"], 100), metric).to.equal(7);
    expect(leastTraffic(above("TargetConnectionErrorCount", 1), ["blue"], 100)).to.equal(Infinity);
    expect(leastTraffic(above("CPUUtilization", 1), ["green"], 100)).to.equal(Infinity);
    expect(leastTraffic({ breaches: () => true }, ["green"], 10)).to.equal(0);
  });
});

describe("floors of the rollback alarms", () => {
  const planned = async (overrides: Record<string, string>) => {
    const plan = await planFrozen({ stack: "prod", overrides });
    const computed = rollout(plan);
    if (computed === undefined) throw new Error("prod has no rollout");
    return { plan, inputs: computed.inputs };
  };
  const shown = async (overrides: Record<string, string>): Promise<string[]> => {
    const lines = rolloutText((await planned(overrides)).plan).split("\n");
    const first = lines.findIndex((line) => line.startsWith("floors"));
    return lines
      .slice(
        first,
        lines.findIndex((line, index) => index > first && !line.startsWith(" ")),
      )
      .map((line) => line.trim());
  };

  it("are computed from the alarms' own expressions: a canary needs ten times the requests of all traffic", async () => {
    const { inputs } = await planned({ deploymentStrategy: "canary" });
    const all = (stage: "first" | "all") =>
      floors(inputs, stage).map(({ requests, alarms }) => [
        requests,
        alarms.map((name) => name.replace("deployment-", "")).join(" "),
      ]);
    expect(all("first")).to.deep.equal([
      [200, "blue-latency control-latency green-latency"],
      [50, "balancer blue-errors control-errors green-errors"],
    ]);
    expect(all("all")).to.deep.equal([
      [20, "blue-latency green-latency"],
      [5, "balancer blue-errors green-errors"],
    ]);
  });

  it("are said below the exposure, alarm by alarm", async () => {
    expect(await shown({ deploymentStrategy: "canary" })).to.deep.equal([
      "floors     below 200 requests a minute deployment-blue-latency, deployment-control-latency and deployment-green-latency cannot fire while the new version has 10 %",
      "below 50 requests a minute deployment-balancer, deployment-blue-errors, deployment-control-errors and deployment-green-errors cannot fire while the new version has 10 %",
      "below 20 requests a minute deployment-blue-latency and deployment-green-latency cannot fire once the new version has all traffic",
      "below 5 requests a minute deployment-balancer, deployment-blue-errors and deployment-green-errors cannot fire once the new version has all traffic",
    ]);
    expect(await shown({ deploymentStrategy: "rolling" })).to.deep.equal([
      "floors     below 20 requests a minute deployment-blue-latency cannot fire",
      "below 5 requests a minute deployment-balancer and deployment-blue-errors cannot fire",
    ]);
  });

  it("an alarm whose limit the first share can never reach is said to be no help there", async () => {
    const { inputs } = await planned({ deploymentStrategy: "canary" });
    const alarm = inputs.alarms[0];
    if (alarm === undefined) throw new Error("no alarm");
    const late = { ...alarm, name: "late", leastTraffic: { all: 100 } };
    expect(floors({ alarms: [late] }, "first")).to.deep.equal([
      { requests: Infinity, alarms: ["late"] },
    ]);
  });

  it("none without alarms", () => {
    expect(rolloutText(fixturePlan())).not.to.include("floors");
  });
});

describe("requests that nobody answers", () => {
  it("show after the load balancer's idle timeout, and the plan counts it", async () => {
    const plan = await planFrozen({
      stack: "prod",
      overrides: { deploymentStrategy: "canary", idleTimeoutSeconds: "120" },
    });
    expect(rollout(plan)?.detection.alarms?.lastSeconds).to.equal(300);
  });
});
