import { expect } from "chai";
import {
  deploymentSettings,
  serviceTimeout,
  shiftsTraffic,
  type DeploymentArgs,
} from "../../src/ecs/deployment.ts";

const args: DeploymentArgs = {
  deploymentStrategy: "rolling",
  bakeTimeMinutes: 5,
  canaryPercent: 10,
  canaryBakeTimeMinutes: 7,
  stepPercent: 30,
  stepBakeTimeMinutes: 2,
  approval: "none",
  approvalTimeoutMinutes: 60,
};

describe("deploymentSettings", () => {
  it("rolling has the circuit breaker and nothing to bake", () => {
    expect(deploymentSettings(args)).to.deep.equal({
      deploymentConfiguration: { strategy: "ROLLING" },
      bakeMinutes: 0,
      approvalMinutes: 0,
      circuitBreaker: true,
    });
  });

  it("blue-green bakes once, minutes as text, without circuit breaker", () => {
    expect(deploymentSettings({ ...args, deploymentStrategy: "blue-green" })).to.deep.equal({
      deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes: "5" },
      bakeMinutes: 5,
      approvalMinutes: 0,
      circuitBreaker: false,
    });
  });

  it("canary bakes its share, then the whole", () => {
    expect(deploymentSettings({ ...args, deploymentStrategy: "canary" })).to.deep.equal({
      deploymentConfiguration: {
        strategy: "CANARY",
        bakeTimeInMinutes: "5",
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: "7" },
      },
      bakeMinutes: 12,
      approvalMinutes: 0,
      circuitBreaker: false,
    });
  });

  it("linear bakes after each step but the one that reaches 100 %, then the whole", () => {
    expect(deploymentSettings({ ...args, deploymentStrategy: "linear" })).to.deep.equal({
      deploymentConfiguration: {
        strategy: "LINEAR",
        bakeTimeInMinutes: "5",
        linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: "2" },
      },
      bakeMinutes: 3 * 2 + 5,
      approvalMinutes: 0,
      circuitBreaker: false,
    });
  });

  for (const deploymentStrategy of ["blue-green", "canary", "linear"] as const)
    for (const [approval, stage] of [
      ["after-scale-up", "POST_SCALE_UP"],
      ["after-test-traffic", "POST_TEST_TRAFFIC_SHIFT"],
    ] as const) {
      it(`${deploymentStrategy} approved ${approval} pauses there and rolls back unanswered`, () => {
        const without = deploymentSettings({ ...args, deploymentStrategy });

        expect(deploymentSettings({ ...args, deploymentStrategy, approval })).to.deep.equal({
          ...without,
          deploymentConfiguration: {
            ...without.deploymentConfiguration,
            lifecycleHooks: [
              {
                targetType: "PAUSE",
                lifecycleStages: [stage],
                timeoutConfiguration: { action: "ROLLBACK", timeoutInMinutes: "60" },
              },
            ],
          },
          approvalMinutes: 60,
        });
      });
    }

  it("all but rolling shift traffic", () => {
    const strategies = ["rolling", "blue-green", "canary", "linear"] as const;

    expect(strategies.filter(shiftsTraffic)).to.deep.equal(["blue-green", "canary", "linear"]);
  });

  it("the provider waits for baking, approval and half an hour", () => {
    const settings = { ...deploymentSettings(args), bakeMinutes: 12, approvalMinutes: 60 };

    expect(serviceTimeout(settings)).to.equal("102m");
    expect(serviceTimeout(deploymentSettings(args))).to.equal("30m");
  });
});
