import { expect } from "chai";
import { match } from "@koa-fargate/workbench/assert/index.ts";
import { all, at, byName, names, one, parsed, planOf, show, stackOf } from "./helpers/plans.ts";

describe("dev is small, cheap and asleep at night", () => {
  it("two zones, no NAT gateway, no interface endpoint, no key, no trail, no flow logs", async () => {
    const plan = await planOf("dev");

    expect(names(all(plan, "Subnet"))).to.deep.equal([
      "network-private-1",
      "network-private-2",
      "network-public-1",
      "network-public-2",
    ]);
    expect(byName(plan, "VpcEndpoint", ({ inputs }) => inputs["vpcEndpointType"])).to.deep.equal({
      "com.amazonaws.eu-west-1.dynamodb": "Gateway",
      "com.amazonaws.eu-west-1.s3": "Gateway",
    });
    for (const type of ["NatGateway", "Eip", "Key", "Trail", "FlowLog"])
      expect(all(plan, type), type).to.deep.equal([]);
  });

  it("one task of a quarter vCPU and half a gigabyte on arm64", async () => {
    const stack = await stackOf("dev");

    stack.allResources("aws:ecs/taskDefinition:TaskDefinition", {
      cpu: "256",
      memory: "512",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" },
    });
    stack.allResources("docker:index/image:Image", { build: { platform: "linux/arm64" } });
    stack.allResources("aws:ecs/service:Service", { desiredCount: 1 });
  });

  it("on Spot alone, in public subnets with addresses", async () => {
    const plan = await planOf("dev");
    const { inputs } = one(plan, "ecs/service:Service");
    const subnets = all(plan, "Subnet")
      .filter(({ name }) => name.includes("public"))
      .map(({ outputs }) => outputs["id"]);

    expect(inputs["capacityProviderStrategies"]).to.deep.equal([
      { base: 0, capacityProvider: "FARGATE_SPOT", weight: 100 },
    ]);
    expect(at(inputs, "networkConfiguration", "assignPublicIp")).to.equal(true);
    expect(at(inputs, "networkConfiguration", "subnets")).to.have.members(subnets);
  });

  it("wakes and sleeps on working days, in its own time zone", async () => {
    const plan = await planOf("dev");
    const actions = byName(plan, "ScheduledAction", ({ inputs }) => [
      inputs["schedule"],
      inputs["timezone"],
      inputs["scalableTargetAction"],
    ]);

    expect(actions).to.deep.equal({
      "api-scaling-wake": [
        "cron(0 7 ? * MON-FRI *)",
        "Europe/Berlin",
        { minCapacity: 1, maxCapacity: 2 },
      ],
      "api-scaling-sleep": [
        "cron(0 20 ? * MON-FRI *)",
        "Europe/Berlin",
        { minCapacity: 0, maxCapacity: 0 },
      ],
    });
  });

  it("autoscaling keeps one to two tasks by CPU and memory", async () => {
    const plan = await planOf("dev");
    const { inputs } = one(plan, "appautoscaling/target:Target");
    const service = one(plan, "ecs/service:Service").outputs["name"] as string;
    const cluster = one(plan, "Cluster").outputs["name"] as string;

    expect(inputs).to.deep.equal({
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${cluster}/${service}`,
      minCapacity: 1,
      maxCapacity: 2,
    });
    expect(
      byName(plan, "appautoscaling/policy:Policy", ({ inputs: policy }) =>
        at(policy, "targetTrackingScalingPolicyConfiguration"),
      ),
    ).to.deep.equal({
      "api-scaling-cpu": {
        targetValue: 60,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
      "api-scaling-memory": {
        targetValue: 75,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
        predefinedMetricSpecification: {
          predefinedMetricType: "ECSServiceAverageMemoryUtilization",
        },
      },
    });
  });

  it("changes of the scalable target follow one another, because AWS refuses two at once", async () => {
    const plan = await planOf("dev");
    const after = ["appautoscaling/policy:Policy", "ScheduledAction"].flatMap((type) =>
      all(plan, type).map(({ name, dependencies }) => [
        name,
        dependencies
          .filter((urn) => /(Policy|ScheduledAction)::/.test(urn))
          .map((urn) => urn.split("::").at(-1)),
      ]),
    );

    expect(Object.fromEntries(after)).to.deep.equal({
      "api-scaling-cpu": [],
      "api-scaling-memory": ["api-scaling-cpu"],
      "api-scaling-wake": ["api-scaling-memory"],
      "api-scaling-sleep": ["api-scaling-wake"],
    });
  });

  it("serves plain HTTP from its one listener, and only what the rule forwards", async () => {
    const plan = await planOf("dev");
    const { inputs } = one(plan, "lb/listener:Listener");

    expect([inputs["port"], inputs["protocol"]]).to.deep.equal([80, "HTTP"]);
    expect(inputs["defaultActions"]).to.deep.equal([
      {
        type: "fixed-response",
        fixedResponse: {
          contentType: "text/plain",
          messageBody: "Not found\n",
          statusCode: "404",
        },
      },
    ]);
    expect(plan.outputs["url"]).to.equal(`http://${show(plan.outputs["albDnsName"])}`);
  });

  it("health checks and draining are quick", async () => {
    (await stackOf("dev", { healthPath: "/readyz" })).allResources(
      "aws:lb/targetGroup:TargetGroup",
      {
        targetType: "ip",
        protocol: "HTTP",
        port: 80,
        deregistrationDelay: 5,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        healthCheck: match.exact({
          path: "/readyz",
          matcher: "200",
          interval: 5,
          timeout: 2,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        }),
      },
    );
  });

  it("the container knows its port, times, size, table and revision", async () => {
    const plan = await planOf("dev", { environment: { STAGE: "open" } });
    const definition = parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]);
    const tag = one(plan, "Image").name.replace("registry-", "");

    expect(at(definition, 0, "environment")).to.include.deep.members([
      { name: "AWS_REGION", value: "eu-west-1" },
      { name: "BODY_LIMIT_BYTES", value: "1048576" },
      { name: "DRAIN_DELAY_SECONDS", value: "2" },
      { name: "KEEP_ALIVE_TIMEOUT_SECONDS", value: "65" },
      { name: "PORT", value: "8080" },
      { name: "REQUEST_TIMEOUT_SECONDS", value: "5" },
      { name: "REVISION", value: tag },
      { name: "SHUTDOWN_DEADLINE_SECONDS", value: "10" },
      { name: "STAGE", value: "open" },
      { name: "TABLE_NAME", value: one(plan, "Table").outputs["name"] },
      { name: "TASK_CPU_UNITS", value: "256" },
      { name: "TASK_MEMORY_MIB", value: "512" },
    ]);
    expect(at(definition, 0, "secrets")).to.deep.equal([]);
    expect(at(definition, 0, "image")).to.equal(plan.outputs["imageUri"]);
    expect(at(definition, 1)).to.equal(undefined);
  });
});
