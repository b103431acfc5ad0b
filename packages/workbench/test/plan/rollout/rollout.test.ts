import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { assumptionsText } from "../../../src/plan/rollout/assumptions.ts";
import { rolloutText } from "../../../src/review/rollout-picture.ts";
import { noRollout, rollout, type Rollout } from "../../../src/plan/rollout/rollout.ts";
import { ROLLOUT_SECTION } from "../../../src/review/rollout-section.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { fixturePlan, without } from "../../local/fixture/plan.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { tool } from "../../../../../test/helpers/tool.ts";

/** Bars of the project, in seconds. */
const MOST_SECONDS = { prod: 75, dev: 45 };

async function planned(stack: string, overrides: Record<string, string>): Promise<[Plan, Rollout]> {
  const plan = await planFrozen({ stack, overrides });
  const computed = rollout(plan);
  if (computed === undefined) throw new Error(`${stack} has no rollout`);
  return [plan, computed];
}

describe("rollout of the committed stacks", () => {
  for (const stack of ["prod", "dev"] as const)
    it(`${stack}, rolling: within ${MOST_SECONDS[stack]} s at worst, and no rule is broken`, async () => {
      const [, computed] = await planned(stack, { deploymentStrategy: "rolling" });
      expect(computed.worst.seconds).to.be.at.most(MOST_SECONDS[stack]);
      expect(computed.worst.seconds).to.equal(stack === "prod" ? 74 : 44);
      expect(computed.problems).to.deep.equal([]);
    });

  it("prod, canary: its bake times between start and stop, no broken rule, and what is assumed", async () => {
    const [plan, computed] = await planned("prod", { deploymentStrategy: "canary" });
    expect(computed.worst.stages).to.deep.equal([
      { name: "start 3 new", from: 0, to: 41, percent: 0, serving: 3, tasks: 6 },
      { name: "canary 10 %", from: 41, to: 341, percent: 10, serving: 6, tasks: 6 },
      { name: "bake at 100 %", from: 341, to: 641, percent: 100, serving: 6, tasks: 6 },
      { name: "drain 3 old", from: 641, to: 674, percent: 100, serving: 3, tasks: 6 },
    ]);
    expect(computed.problems).to.deep.equal([]);
    expect(ROLLOUT_SECTION.lines(plan)).to.deep.equal([
      "canary, done in 11 min 14 s at most; a task that stops answering is taken out after 20 s; a bad version is rolled back after about 4 minutes; until then at most 10 of 100 requests fail (below 200 requests a minute an alarm cannot fire: --rollout)   (assumes 3 ECS rules, --assumptions)",
    ]);
    expect(rolloutText(plan).split("\n").at(-1)).to.equal(
      "assumed    3 ECS rules and 3 numbers: --assumptions",
    );
  });

  it("prod, linear: a fault that takes longer than a step to notice reaches the next step", async () => {
    const [, { detection, worst }] = await planned("prod", { deploymentStrategy: "linear" });
    expect(detection.alarms).to.deep.equal({ firstSeconds: 180, lastSeconds: 240 });
    expect([detection.reachPercent, detection.exposedSeconds]).to.deep.equal([40, 72]);
    // 41 s to start, 4 steps of 2 min, 5 min at 100 %, 33 s to stop.
    expect(worst.seconds).to.equal(41 + 4 * 120 + 300 + 33);
  });

  it("approval is stated apart from the duration", async () => {
    const overrides = { deploymentStrategy: "blue-green", approval: "after-scale-up" };
    const [plan, { inputs, worst }] = await planned("prod", overrides);
    expect([inputs.approvalSeconds, worst.seconds]).to.deep.equal([3600, 41 + 300 + 33]);
    expect(rolloutText(plan)).to.include(
      "approval   waits for a person, up to 60 min more; then rolled back",
    );
  });
});

describe("npm run plan -- dev --rollout --assumptions", () => {
  it("prints the picture, then what it rests on", async () => {
    const args = ["dev", "--rollout", "--assumptions"];
    const { stdout, stderr } = await tool("packages/workbench/src/review/cli.ts", args);
    expect(stderr).to.equal("");
    const lines = stdout.split("\n");
    // The stack is its owner's, and so are the numbers.
    expect(lines[0]).to.match(
      new RegExp(`^${PROJECT} / dev(?: / api)? {3}\\S+, \\d.* at worst, \\d.* typically$`),
    );
    expect(
      lines.filter((line) => /^ECS rules that \S+ relies on, assumed$/.test(line)),
    ).to.have.length(1);
  });
});

describe("rollout", () => {
  it("takes AWS's defaults where inputs are not set: six and a half minutes", () => {
    const plan = fixturePlan(
      {
        "api-blue": { deregistrationDelay: null, healthCheck: {} },
        "api-service": {
          deploymentMinimumHealthyPercent: null,
          deploymentMaximumPercent: null,
          deploymentConfiguration: null,
        },
      },
      { environment: [], stopTimeout: 30 },
    );
    // 30 start, 1 app, 30 check, 300 drain, 30 for an app that may need its whole stop timeout.
    expect(rollout(plan)?.worst.seconds).to.equal(391);
  });

  it("computes with defaults where the containers are secret or not known yet", () => {
    for (const containerDefinitions of ["[secret]", "[not known yet]"]) {
      const plan = fixturePlan({ "api-task": { containerDefinitions } });
      expect(rollout(plan)?.inputs.stopTimeoutSeconds).to.equal(30);
    }
  });

  it("has neither section nor picture without a service", () => {
    const plan = without(fixturePlan(), "aws:ecs/service:Service");
    expect(rollout(plan)).to.equal(undefined);
    expect(ROLLOUT_SECTION.lines(plan)).to.deep.equal([]);
    expect(rolloutText(plan)).to.equal(noRollout(plan));
    expect(noRollout(plan)).to.equal(
      "The plan of dev has no ECS service behind a target group, so there is no rollout to compute.",
    );
  });

  it("broken rules stand below the headline", () => {
    const plan = fixturePlan({
      "api-service": { deploymentCircuitBreaker: { enable: true } },
      "load-balancer": { idleTimeout: 65 },
    });
    expect(ROLLOUT_SECTION.lines(plan).slice(1)).to.deep.equal([
      "KEEP_ALIVE_TIMEOUT_SECONDS is 65, not above the load balancer's idle timeout of 65 s: the app would close connections that are just being reused, which is a 502. Raise it above 65.",
    ]);
  });

  it("draws stages, traffic and tasks over one time axis", () => {
    const plan = fixturePlan({}, { environment: [{ name: "DRAIN_DELAY_SECONDS", value: "2" }] });
    expect(rolloutText(plan).split("\n").slice(0, 10)).to.deep.equal([
      `${plan.project} / dev   rolling, 44 s at worst, 34 s typically`,
      "",
      "start 2 new  ██████████████████████████████████████████████            0:00 - 0:36   0 % to new, 4 tasks",
      "drain 2 old                                                ██████████  0:36 - 0:44   100 % to new, 4 tasks",
      "",
      "new version  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁██████████",
      "tasks        ████████████████████████████████████████████████████████",
      "             0:00          0:11          0:22          0:33          0:44",
      "",
      "start      36 s: 30 s for the task, 1 s for the app, up to 5 s until its first check (typically 27 s)",
    ]);
  });

  it("prices what runs above the desired count", () => {
    const computed = rollout(fixturePlan({}, { environment: [] }));
    // Two tasks more for 36 s to start and 20 s to stop, x86: 0.25 vCPU and 0.5 GB each.
    expect(computed?.extra.taskHours).to.be.closeTo((2 * 56) / 3600, 1e-9);
    expect(computed?.extra.usd).to.be.closeTo(((2 * 56) / 3600) * 0.0123425, 1e-9);
    expect(computed?.capacity).to.deep.equal({ fewestServing: 2, mostRunning: 4 });
  });

  it("lists assumed rules first, then numbers, then what is verified", () => {
    const titles = assumptionsText({ strategy: "canary", alarms: [] })
      .split("\n")
      .filter((line) => !line.startsWith("    "));
    expect(titles).to.deep.equal([
      "ECS rules that canary relies on, assumed",
      "  deregister-before-sigterm",
      "  crashing-tasks-stall-shift",
      "  groups-take-turns",
      "",
      "numbers, assumed",
      "  task-start",
      "  stages-without-pause",
      "",
      "verified in AWS's documents",
      "  breaker-rolling-only",
      "  new-target-one-check",
      "  both-groups-on-rule",
      "  ecs-moves-weights",
      "  alarms-roll-back-shifts",
      "  firing-alarm-disables-all",
      "  no-scale-in-meanwhile",
      "  averages-cover-both",
      "  pause-stages",
    ]);
  });
});
