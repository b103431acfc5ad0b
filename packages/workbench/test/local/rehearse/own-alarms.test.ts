import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Datapoints, PlannedAlarm } from "../../../src/plan/alarms/planned-alarm.ts";
import { rehearsedAlarms } from "../../../src/local/rehearse/alarms.ts";

/** What one version does in a minute, by ways in which a request ends. Answer times in milliseconds. */
interface Version {
  good?: number;
  errors?: number;
  /** Requests to tasks that hang or hang up, and to tasks that take no connection. */
  unanswered?: number;
  refused?: number;
  /** Requests for which there is no task. */
  untaken?: number;
  p90?: number;
  p99?: number;
}

const COLORS = ["blue", "green"] as const;

/** Of the same minute again and again, as the load balancer reports it. */
function minutes(versions: Record<(typeof COLORS)[number], Version>): Datapoints {
  return ({ metric, stat, group }) => {
    const shown = COLORS.filter((color) => group === undefined || group.endsWith(color)).map(
      (color) => versions[color],
    );
    const sum = (...keys: (keyof Version)[]): number | undefined =>
      shown.reduce((all, one) => all + keys.reduce((own, key) => own + (one[key] ?? 0), 0), 0) ||
      undefined;
    if (group !== undefined && metric.startsWith("HTTPCode_ELB")) throw new Error(metric);
    switch (metric) {
      case "RequestCount":
        return sum("good", "errors", "unanswered", "refused");
      case "HTTPCode_Target_2XX_Count":
        return sum("good");
      case "HTTPCode_Target_5XX_Count":
        return sum("errors");
      case "TargetConnectionErrorCount":
        return sum("refused");
      case "HTTPCode_ELB_5XX_Count":
        return sum("unanswered", "refused", "untaken");
      case "HTTPCode_ELB_503_Count":
        return sum("untaken");
      case "TargetResponseTime": {
        const times = sum("good", "errors") === undefined ? undefined : shown[0];
        return times && (times[stat as "p90" | "p99"] ?? 10) / 1000;
      }
      default:
        return undefined;
    }
  };
}

describe("alarms of a canary of 10 %, by what callers see", () => {
  let alarms: PlannedAlarm[];
  before(async () => {
    // Limits: 1 % of the requests, 500 ms.
    const plan = await planFrozen({ stack: "prod", overrides: { deploymentStrategy: "canary" } });
    ({ alarms } = rehearsedAlarms(plan));
  });

  /** What fires in three such minutes, without the names' common beginning. */
  const firing = (datapoints: Datapoints): string[] =>
    alarms
      .filter((alarm) => alarm.fires(datapoints, 2))
      .map(({ name }) => name.replace("deployment-", ""));

  /** The two target groups take turns, so each case is seen with either as the new version's. */
  const fired = (old: Version, fresh: Version): string[] => {
    const named = (color: string, names: string[]): string[] =>
      names.map((name) => (name.startsWith(color) ? name.replace(color, "new") : name)).sort();
    const toGreen = named("green", firing(minutes({ blue: old, green: fresh })));
    expect(named("blue", firing(minutes({ blue: fresh, green: old })))).to.deep.equal(toGreen);
    return toGreen;
  };

  const OLD: Version = { good: 900 };

  const HARM: [string, Version, Version, string[]][] = [
    ["answers 500", OLD, { errors: 100 }, ["control-errors", "new-errors"]],
    ["hangs, or resets connections", OLD, { unanswered: 100 }, ["balancer", "control-errors"]],
    ["takes no connections", OLD, { refused: 100 }, ["balancer", "control-errors", "new-errors"]],
    ["has crashed, and has no task left", OLD, { untaken: 100 }, ["balancer"]],
    ["is slow", OLD, { good: 100, p90: 600, p99: 900 }, ["control-latency", "new-latency"]],
    [
      "is slower than before, within the limit",
      { ...OLD, p90: 80 },
      { good: 100, p90: 200, p99: 300 },
      ["control-latency"],
    ],
    [
      "fails more often than before, within the limit",
      { good: 17_990, errors: 10 },
      { good: 1_990, errors: 10 },
      ["control-errors"],
    ],
    [
      "fails every request of 50 a minute",
      { good: 45 },
      { errors: 5 },
      ["control-errors", "new-errors"],
    ],
    [
      "is slow, with 200 requests a minute",
      { good: 180 },
      { good: 20, p90: 600 },
      ["control-latency", "new-latency"],
    ],
  ];
  for (const [what, old, fresh, names] of HARM)
    it(`a version that ${what}: ${names.join(" and ")}`, () => {
      expect(fired(old, fresh)).to.deep.equal(names);
    });

  const QUIET: [string, Version, Version][] = [
    ["all is well", OLD, { good: 100 }],
    ["the new version mends the old one", { good: 893, errors: 7, p90: 480 }, { good: 100 }],
    [
      "a failing table slows and fails both alike, within the limits",
      { good: 8_950, errors: 50, p90: 400 },
      { good: 995, errors: 5, p90: 420 },
    ],
    ["four of 40 requests a minute fail", { good: 36 }, { errors: 4 }],
    ["the only request of a minute fails", {}, { errors: 1 }],
    ["the few requests of a minute are slow", {}, { good: 10, p90: 2000, p99: 2000 }],
    ["all traffic has moved", {}, { good: 1000 }],
    ["nobody calls", {}, {}],
  ];
  for (const [what, old, fresh] of QUIET)
    it(`none where ${what}`, () => {
      expect(fired(old, fresh)).to.deep.equal([]);
    });

  it("what fails in both versions alike is no canary's: the absolute limits fire alone", () => {
    const [blue, green] = [
      { good: 8500, errors: 500 },
      { good: 945, errors: 55 },
    ];
    expect(firing(minutes({ blue, green }))).to.deep.equal(["blue-errors", "green-errors"]);
  });
});

describe("alarms of other strategies", () => {
  it("compare nothing, and the load balancer's takes the share of a step, or all traffic", async () => {
    const of = async (overrides: Record<string, string>) => {
      const { alarms } = rehearsedAlarms(await planFrozen({ stack: "prod", overrides }));
      return alarms
        .filter(({ name }) => /control|balancer/.test(name))
        .map(({ name, threshold }) => [name, threshold]);
    };
    expect(await of({ deploymentStrategy: "rolling" })).to.deep.equal([["deployment-balancer", 1]]);
    expect(await of({ deploymentStrategy: "linear" })).to.deep.equal([
      ["deployment-balancer", 0.2],
    ]);
    expect(await of({ deploymentStrategy: "canary", canaryPercent: "50" })).to.deep.equal([
      ["deployment-balancer", 0.5],
    ]);
  });
});
