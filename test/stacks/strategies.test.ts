import { expect } from "chai";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, byName, names, one, planOf } from "./helpers/plans.ts";

const strategy = (deploymentStrategy: string, more: Record<string, unknown> = {}) =>
  planOf("prod", { deploymentStrategy, ...more });
const service = (plan: Plan) => one(plan, "ecs/service:Service");
const last = (urns: readonly string[] | undefined): string[] =>
  (urns ?? []).map((urn) => urn.split("::").at(-1) ?? "");

describe("deployment strategies", () => {
  it("rolling: circuit breaker, one target group, one weight, no role to move traffic", async () => {
    const plan = await strategy("rolling");
    const { inputs, dependencies } = service(plan);
    const blue = one(plan, "TargetGroup", "load-balancer-blue").outputs["arn"];
    const rule = one(plan, "ListenerRule", "load-balancer-forward");

    expect(inputs["deploymentConfiguration"]).to.deep.equal({ strategy: "ROLLING" });
    expect(inputs["deploymentCircuitBreaker"]).to.deep.equal({ enable: true, rollback: true });
    expect(inputs["loadBalancers"]).to.deep.equal([
      { targetGroupArn: blue, containerName: "app", containerPort: 8080 },
    ]);
    expect(rule.inputs["actions"]).to.deep.equal([
      { type: "forward", forward: { targetGroups: [{ arn: blue, weight: 1 }] } },
    ]);
    expect(rule.options.ignoreChanges ?? []).to.deep.equal([]);
    expect(names(all(plan, "Role"))).not.to.include("api-infrastructure");
    expect(last(dependencies)).to.include.members(["load-balancer-forward", "api-capacity"]);
  });

  it("another share of Spot is a deployment, not another service", async () => {
    for (const spotPercent of [0, 50]) {
      const { inputs } = service(await strategy("rolling", { spotPercent }));

      expect(inputs["capacityProviderStrategies"]).to.deep.equal(
        [
          { base: 0, capacityProvider: "FARGATE", weight: 100 - spotPercent },
          { base: 0, capacityProvider: "FARGATE_SPOT", weight: spotPercent },
        ].filter(({ weight }) => weight > 0),
      );
      expect(inputs["forceNewDeployment"]).to.equal(true);
    }
  });

  it("keeps full capacity while it deploys, whatever the strategy", async () => {
    for (const name of ["rolling", "blue-green", "canary", "linear"]) {
      const { inputs } = service(await strategy(name));

      expect([
        inputs["deploymentMinimumHealthyPercent"],
        inputs["deploymentMaximumPercent"],
      ]).to.deep.equal([100, 200]);
    }
  });

  const shifting: [string, object, string][] = [
    ["blue-green", { strategy: "BLUE_GREEN", bakeTimeInMinutes: "5" }, "35m"],
    [
      "canary",
      {
        strategy: "CANARY",
        bakeTimeInMinutes: "5",
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: "5" },
      },
      "40m",
    ],
    [
      "linear",
      {
        strategy: "LINEAR",
        bakeTimeInMinutes: "5",
        linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: "2" },
      },
      "43m",
    ],
  ];
  for (const [name, configuration, timeout] of shifting) {
    describe(name, () => {
      it("says so to ECS, minutes as text, without circuit breaker, and waits long enough", async () => {
        const { inputs, options } = service(await strategy(name));

        expect(inputs["deploymentConfiguration"]).to.deep.equal(configuration);
        expect(inputs["deploymentCircuitBreaker"]).to.deep.equal({
          enable: false,
          rollback: false,
        });
        expect(options.customTimeouts).to.deep.equal({ create: timeout, update: timeout });
      });

      it("the production rule names both groups, weighted 1 and 0, and leaves the weights to ECS", async () => {
        const plan = await strategy(name);
        const { inputs, options } = one(plan, "ListenerRule", "load-balancer-shifting");
        const arn = (color: string) =>
          one(plan, "TargetGroup", `load-balancer-${color}`).outputs["arn"];

        expect(inputs["actions"]).to.deep.equal([
          {
            type: "forward",
            forward: {
              targetGroups: [
                { arn: arn("blue"), weight: 1 },
                { arn: arn("green"), weight: 0 },
              ],
            },
          },
        ]);
        expect(options.ignoreChanges).to.deep.equal(["actions[0].forward.targetGroups"]);
        expect(names(all(plan, "ListenerRule"))).to.deep.equal(["load-balancer-shifting"]);
      });

      it("ECS may move traffic by a role of its own, and starts once that is attached", async () => {
        const plan = await strategy(name);
        const { inputs, propertyDependencies, dependencies } = service(plan);
        const role = one(plan, "Role", "api-infrastructure");

        expect(inputs["loadBalancers"]).to.deep.equal([
          {
            targetGroupArn: one(plan, "TargetGroup", "load-balancer-blue").outputs["arn"],
            containerName: "app",
            containerPort: 8080,
            advancedConfiguration: {
              alternateTargetGroupArn: one(plan, "TargetGroup", "load-balancer-green").outputs[
                "arn"
              ],
              productionListenerRule: one(plan, "ListenerRule").outputs["arn"],
              roleArn: role.outputs["arn"],
            },
          },
        ]);
        expect(JSON.parse(role.inputs["assumeRolePolicy"] as string)).to.deep.equal({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { Service: "ecs.amazonaws.com" },
            },
          ],
        });
        expect(
          one(plan, "RolePolicyAttachment", "api-infrastructure-policy").inputs["policyArn"],
        ).to.equal("arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers");
        expect(last(propertyDependencies["loadBalancers"])).to.include.members([
          "api-infrastructure",
          "api-infrastructure-policy",
          "load-balancer-shifting",
        ]);
        expect(last(dependencies)).to.include.members(["load-balancer-shifting", "api-capacity"]);
      });

      it("alarms watch both groups, and roll back", async () => {
        const plan = await strategy(name);
        const watched = byName(plan, "MetricAlarm", ({ inputs }) =>
          at(inputs, "metricQueries", 0, "metric", "dimensions", "TargetGroup"),
        );
        const suffix = (color: string) =>
          one(plan, "TargetGroup", `load-balancer-${color}`).outputs["arnSuffix"];
        const alarms = ["blue", "green"].flatMap((color) =>
          ["errors", "latency", "unhealthy"].map((kind) => ({
            name: `deployment-${color}-${kind}`,
            group: suffix(color),
          })),
        );
        // A canary is compared with the old version; what the load balancer itself answers has no group.
        if (name === "canary")
          for (const kind of ["errors", "latency"])
            alarms.push({ name: `deployment-control-${kind}`, group: suffix("blue") });
        alarms.push({ name: "deployment-balancer", group: undefined });

        expect(
          Object.fromEntries(
            Object.entries(watched).filter(([alarm]) => alarm.startsWith("deployment-")),
          ),
        ).to.deep.equal(Object.fromEntries(alarms.map((alarm) => [alarm.name, alarm.group])));
        expect(service(plan).inputs["alarms"]).to.deep.equal({
          enable: true,
          rollback: true,
          alarmNames: alarms.map((alarm) => one(plan, "MetricAlarm", alarm.name).outputs["name"]),
        });
      });

      it("scales by the requests of both groups", async () => {
        const plan = await strategy(name);
        const metrics = at(
          one(plan, "appautoscaling/policy:Policy", "api-scaling-requests").inputs,
          "targetTrackingScalingPolicyConfiguration",
          "customizedMetricSpecification",
          "metrics",
        );

        expect([0, 1, 2, 3].map((index) => at(metrics, index, "id"))).to.deep.equal([
          "requests1",
          "healthy1",
          "requests2",
          "healthy2",
        ]);
        expect(at(metrics, 4, "expression")).to.equal(
          "(FILL(requests1, 0) + FILL(requests2, 0)) / (FILL(healthy1, 0) + FILL(healthy2, 0))",
        );
        expect(at(metrics, 5)).to.equal(undefined);
      });
    });
  }

  it("rolling and shifting have rules of different name and priority, so that one can replace the other", async () => {
    const rules = [await strategy("rolling"), await strategy("canary")].map((plan) =>
      one(plan, "ListenerRule"),
    );

    expect(rules.map(({ name, inputs }) => [name, inputs["priority"]])).to.deep.equal([
      ["load-balancer-forward", 200],
      ["load-balancer-shifting", 100],
    ]);
  });

  it("alarms that shall not roll back still raise the alarm", async () => {
    const plan = await strategy("rolling", { alarmRollback: false });

    // Left out, the block would stay as it was: the provider sees no change in a block that is missing.
    expect(service(plan).inputs["alarms"]).to.deep.equal({
      enable: false,
      rollback: false,
      alarmNames: ["blue-errors", "blue-latency", "blue-unhealthy", "balancer"].map(
        (alarm) => one(plan, "MetricAlarm", `deployment-${alarm}`).outputs["name"],
      ),
    });
    expect(one(plan, "MetricAlarm", "deployment-blue-errors").inputs["alarmActions"]).to.deep.equal(
      [one(plan, "Topic").outputs["arn"]],
    );
  });

  it("an approval is a pause after the stage that it names", async () => {
    const plan = await strategy("canary", { approval: "after-scale-up" });

    expect(at(service(plan).inputs, "deploymentConfiguration", "lifecycleHooks")).to.deep.equal([
      {
        targetType: "PAUSE",
        lifecycleStages: ["POST_SCALE_UP"],
        timeoutConfiguration: { action: "ROLLBACK", timeoutInMinutes: "60" },
      },
    ]);
    expect(service(plan).options.customTimeouts).to.deep.equal({ create: "100m", update: "100m" });
  });

  it("a test listener speaks HTTPS as the callers' does, and its rule moves with the other", async () => {
    const plan = await strategy("blue-green", {
      testListenerPort: 8443,
      testIngressCidrs: ["203.0.113.0/24"],
    });
    const [test, production] = ["load-balancer-test", "load-balancer-https"].map(
      (name) => one(plan, "lb/listener:Listener", name).inputs,
    );
    const rule = one(plan, "ListenerRule", "load-balancer-test-shifting");
    const productionRule = one(plan, "ListenerRule", "load-balancer-shifting");

    expect(test).to.deep.equal({ ...production, port: 8443 });
    expect(rule.inputs).to.deep.equal({
      ...productionRule.inputs,
      listenerArn: one(plan, "lb/listener:Listener", "load-balancer-test").outputs["arn"],
    });
    expect(rule.options.ignoreChanges).to.deep.equal(productionRule.options.ignoreChanges);
    expect(
      at(service(plan).inputs, "loadBalancers", 0, "advancedConfiguration", "testListenerRule"),
    ).to.equal(rule.outputs["arn"]);
  });
});
