import { expect } from "chai";
import { LocalRunError } from "../../src/plan/plan-reader.ts";
import { otherSpecs } from "../../src/local/other-specs.ts";
import { serviceSpec } from "../../src/local/spec.ts";
import { CONTAINER, fixturePlan, without } from "./fixture/plan.ts";

const LB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup";

describe("serviceSpec", () => {
  it("reads everything that ECS and the load balancer would run out of the plan", () => {
    expect(serviceSpec(fixturePlan())).to.deep.equal({
      project: "koa-fargate",
      stack: "dev",
      service: "api-service",
      sideCars: [],
      region: "eu-west-1",
      container: {
        name: "app",
        command: ["node", "dist/server.js"],
        environment: {
          CACHE: "redis",
          KEEP_ALIVE_TIMEOUT_SECONDS: "65",
          PORT: "8080",
          TABLE_NAME: "storage-table-1a2b3c4",
        },
        secrets: ["ACCESS_HASHES"],
        port: 8080,
        stopTimeoutSeconds: 15,
        ulimits: [{ name: "nofile", softLimit: 65536, hardLimit: 65536 }],
        readonlyRootFilesystem: true,
        user: "65532:65532",
        dropCapabilities: ["ALL"],
        writablePaths: ["/tmp"],
        hasContainerHealthCheck: true,
      },
      cpuUnits: 256,
      memoryMiB: 512,
      image: {
        name: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:app-0123456789abcdef",
        context: ".build/app-0123456789abcdef",
        dockerfile: "Dockerfile",
        platform: "linux/arm64",
        buildArgs: { NODE_IMAGE: "node:24" },
      },
      targetGroups: [
        {
          name: "api-blue",
          healthCheck: {
            path: "/readyz",
            intervalSeconds: 5,
            timeoutSeconds: 2,
            healthyThreshold: 2,
            unhealthyThreshold: 3,
            matcher: "200",
          },
          deregistrationDelaySeconds: 5,
        },
      ],
      idleTimeoutSeconds: 60,
      tls: false,
      appPath: "./app",
      deployment: {
        strategy: "rolling",
        desiredCount: 2,
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        healthCheckGraceSeconds: 30,
      },
      spot: true,
      autoscaling: { minimum: 1, maximum: 4 },
      schedules: ["cron(0 20 ? * MON-FRI *)"],
    });
  });

  it("lists the alternate target group of a traffic-shifting service second", () => {
    const plan = fixturePlan({
      "api-service": {
        deploymentConfiguration: { strategy: "CANARY" },
        loadBalancers: [
          {
            containerName: "app",
            containerPort: 8080,
            targetGroupArn: `${LB}/api-green/73e2d6bc24d8a067`,
            advancedConfiguration: {
              alternateTargetGroupArn: `${LB}/api-blue/73e2d6bc24d8a067`,
            },
          },
        ],
      },
    });

    const spec = serviceSpec(plan);

    expect(spec.targetGroups.map((group) => group.name)).to.deep.equal(["api-green", "api-blue"]);
    expect(spec.deployment.strategy).to.equal("canary");
  });

  it("takes the AWS defaults for what the program leaves open", () => {
    const plan = fixturePlan(
      {
        "load-balancer": { idleTimeout: null },
        "api-blue": { healthCheck: null, deregistrationDelay: null },
        "api-service": {
          desiredCount: null,
          deploymentMinimumHealthyPercent: null,
          deploymentMaximumPercent: null,
          healthCheckGracePeriodSeconds: null,
          deploymentConfiguration: null,
          capacityProviderStrategies: null,
        },
      },
      { stopTimeout: null },
    );

    const spec = serviceSpec(plan);

    expect(spec.idleTimeoutSeconds).to.equal(60);
    expect(spec.container.stopTimeoutSeconds).to.equal(30);
    expect(spec.spot).to.equal(false);
    expect(spec.deployment).to.deep.equal({
      strategy: "rolling",
      desiredCount: 1,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      healthCheckGraceSeconds: 0,
    });
    expect(spec.targetGroups[0]).to.deep.equal({
      name: "api-blue",
      healthCheck: {
        path: "/",
        intervalSeconds: 30,
        timeoutSeconds: 5,
        healthyThreshold: 5,
        unhealthyThreshold: 2,
        matcher: "200",
      },
      deregistrationDelaySeconds: 300,
    });
  });

  const refusals: [string, () => ReturnType<typeof fixturePlan>, string][] = [
    [
      "no service",
      () => without(fixturePlan(), "aws:ecs/service:Service"),
      "The plan of dev has no ECS service, so there is nothing to run.",
    ],
    [
      "no task definition",
      () => without(fixturePlan(), "aws:ecs/taskDefinition:TaskDefinition"),
      "The plan of dev has no task definition for api-service, so there is nothing to run.",
    ],
    [
      "broken container definitions",
      () => fixturePlan({ "api-task": { containerDefinitions: "[" } }),
      "containerDefinitions of the task definition api-task holds no container, so there is nothing to run.",
    ],
    [
      "no memory",
      () => fixturePlan({ "api-task": { memory: null } }),
      "The task definition api-task has no memory, which Fargate requires: set it.",
    ],
    [
      "a pinned image",
      () => without(fixturePlan(), "docker:index/image:Image"),
      `The plan of dev builds no image (the container runs ${CONTAINER.image}), so the app's files are not on this machine: run a stack that bundles the app.`,
    ],
    [
      "no target group",
      () => fixturePlan({ "api-service": { loadBalancers: [{ containerName: "app" }] } }),
      "The ECS service api-service of dev stands behind no target group, so no load balancer would send it requests: add loadBalancers to it.",
    ],
  ];
  for (const [situation, plan, message] of refusals) {
    it(`refuses a plan with ${situation} in one sentence`, () => {
      expect(() => serviceSpec(plan()))
        .to.throw(LocalRunError)
        .with.property("message", message);
    });
  }

  it("takes the service that the output names for the main one, and the others after it", () => {
    const plan = fixturePlan();
    const [service] = plan.resources.filter(({ name }) => name === "api-service");
    if (service === undefined) throw new Error("no service");
    const inputs = { ...service.inputs, loadBalancers: [] };
    const named = (name: string) => ({ ...service, name, outputs: { ...service.outputs, name } });
    plan.resources.unshift({ ...named("worker"), inputs });
    plan.resources.push(named("main"));
    plan.outputs["serviceName"] = "main";

    expect(serviceSpec(plan).service).to.equal("main");
    expect(otherSpecs(plan).map(({ service: name }) => name)).to.deep.equal([
      "api-service",
      "worker",
    ]);
    expect(otherSpecs(plan).at(-1)?.target).to.equal(undefined);
  });

  it("finds the service's own container among others, by the name that the load balancer has of it", () => {
    const definitions = [
      { name: "proxy", image: "proxy:1", essential: true, command: ["proxy"] },
      CONTAINER,
      { name: "twin", image: CONTAINER.image, command: ["twin.js"] },
    ];
    const spec = serviceSpec(
      fixturePlan({ "api-task": { containerDefinitions: JSON.stringify(definitions) } }),
    );

    expect(spec.container.name).to.equal("app");
    expect(
      spec.sideCars.map(({ name, ownImage, command }) => ({ name, ownImage, command })),
    ).to.deep.equal([
      { name: "proxy", ownImage: false, command: ["proxy"] },
      { name: "twin", ownImage: true, command: ["twin.js"] },
    ]);
  });
});
