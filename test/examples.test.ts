import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { serviceGraph } from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { writeStatements } from "@koa-fargate/workbench/pipeline/permissions/service-statements.ts";
import { startLocalRun } from "@koa-fargate/workbench/local/local-run.ts";
import { OtherServices, runOnce } from "@koa-fargate/workbench/local/others.ts";
import { readOptions } from "@koa-fargate/workbench/local/options.ts";
import { versionOf } from "@koa-fargate/workbench/local/session.ts";
import { estimate } from "@koa-fargate/workbench/review/cost/estimate.ts";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import type { Services } from "../config/services.ts";
import { services as scheduledTask } from "../examples/scheduled-task/services.ts";
import { services as secondService } from "../examples/second-service/services.ts";
import { services as sideCar } from "../examples/side-car/services.ts";
import { services as worker } from "../examples/worker/services.ts";
import program from "../index.ts";
import { planFrozen } from "./helpers/frozen.ts";
import { unemitted } from "./stacks/helpers/emitted.ts";
import { all, at, names, one } from "./stacks/helpers/plans.ts";

/** A frozen stack with other services, beside an app that is not the one in app/. */
const planOf = (stack: string, services: Services, overrides: Record<string, unknown> = {}) =>
  planFrozen({
    stack,
    overrides: {
      appPath: "./test/fixtures/apps/hello",
      build: "bundle",
      healthPath: "/health",
      livenessPath: "",
      ...overrides,
    },
    program: () => program({ offline: true, services }),
  });

const EVERYTHING: Services = { ...worker, ...scheduledTask, ...secondService, ...sideCar };

const containers = (plan: Plan, name: string): Record<string, unknown>[] =>
  JSON.parse(textOf(one(plan, "TaskDefinition", name).inputs["containerDefinitions"])) as Record<
    string,
    unknown
  >[];

const textOf = (value: unknown): string => {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
};

const heard = (lines: readonly string[], part: string): boolean =>
  lines.some((line) => line.includes(part));

describe("examples", function () {
  it("leave the main service as it is: names, inputs and options of every resource that was there", async () => {
    const [alone, beside] = [
      await planOf("prod", { api: { kind: "http" } }),
      await planOf("prod", { ...EVERYTHING, api: { kind: "http" } }),
    ];
    const now = new Map(beside.resources.map((resource) => [resource.urn, resource]));
    // These show all services.
    const others = alone.resources.filter(({ type }) => !/Dashboard|QueryDefinition/.test(type));

    for (const before of others)
      expect(now.get(before.urn)?.inputs, before.urn).to.deep.equal(before.inputs);
    expect(others.length).to.be.above(100);
  });

  it("second service: target groups, a rule before the main one's, alarms, an image and roles of its own", async () => {
    const plan = await planOf("prod", secondService);
    const rule = one(plan, "ListenerRule", "admin-shifting");
    const repositories = all(plan, "Repository").map(({ outputs }) => textOf(outputs["arn"]));
    const execution = textOf(
      one(plan, "RolePolicy", "admin-roles-execution-policy").inputs["policy"],
    );

    expect(at(rule.inputs["conditions"], 0, "pathPattern", "values")).to.deep.equal([
      "/admin",
      "/admin/*",
    ]);
    expect(Number(rule.inputs["priority"])).to.be.below(100);
    expect(
      names(all(plan, "TargetGroup")).filter((name) => name.startsWith("admin")),
    ).to.deep.equal(["admin-blue", "admin-green"]);
    const rollBack = all(plan, "MetricAlarm").filter(({ name }) =>
      /^admin-deployment-|^deployment-balancer$/.test(name),
    );
    expect(rollBack.length).to.be.above(1);
    expect(at(one(plan, "Service", "admin").inputs["alarms"], "alarmNames")).to.have.members(
      rollBack.map(({ outputs }) => outputs["name"]),
    );
    expect(repositories.filter((arn) => execution.includes(arn))).to.deep.equal([
      textOf(one(plan, "Repository", "admin-registry").outputs["arn"]),
    ]);
    expect(all(plan, "Cluster")).to.have.length(1);
  });

  it("worker: no load balancer, nobody may call it, and its deployments roll", async () => {
    const plan = await planOf("prod", worker, {
      services: JSON.stringify({ worker: { desiredCount: 2, maxCapacity: 4 } }),
    });
    const service = one(plan, "Service", "worker");
    const [container] = containers(plan, "worker");

    expect(service.inputs).not.to.have.any.keys(
      "loadBalancers",
      "healthCheckGracePeriodSeconds",
      "alarms",
    );
    expect(at(service.inputs["deploymentConfiguration"], "strategy")).to.equal("ROLLING");
    expect(service.inputs["desiredCount"]).to.equal(2);
    expect(container).not.to.have.any.keys("portMappings", "healthCheck");
    expect(
      names(all(plan, "SecurityGroupIngressRule")).filter((name) => name.startsWith("worker")),
    ).to.deep.equal([]);
    expect(
      one(plan, "aws:appautoscaling/target:Target", "worker-scaling").inputs["maxCapacity"],
    ).to.equal(4);
  });

  it("scheduled task: its role may start this task in this cluster, and hand it its own two roles", async () => {
    const plan = await planOf("dev", scheduledTask);
    const schedule = one(plan, "Schedule", "nightly");
    const role = one(plan, "Role", "nightly-scheduler");
    const { Statement: statements } = JSON.parse(
      textOf(one(plan, "RolePolicy", "nightly-scheduler-policy").inputs["policy"]),
    ) as { Statement: Record<string, unknown>[] };
    const arn = (type: string, name: string) => one(plan, type, name).outputs["arn"];

    expect(schedule.inputs["scheduleExpression"]).to.equal("cron(0 3 * * ? *)");
    expect(schedule.inputs["scheduleExpressionTimezone"]).to.equal("Europe/Berlin");
    expect(at(schedule.inputs["target"], "ecsParameters", "taskDefinitionArn")).to.equal(
      arn("TaskDefinition", "nightly"),
    );
    expect(textOf(role.inputs["assumeRolePolicy"])).to.contain(
      `"aws:SourceArn":"${textOf(arn("ScheduleGroup", "nightly"))}"`,
    );
    expect(statements).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["ecs:RunTask"],
        Resource: `${textOf(one(plan, "TaskDefinition", "nightly").outputs["arnWithoutRevision"])}:*`,
        Condition: { ArnEquals: { "ecs:cluster": arn("Cluster", "api") } },
      },
      {
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: [arn("Role", "nightly-roles-execution"), arn("Role", "nightly-roles-task")],
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
  });

  it("scheduled task: a run that fails raises an alarm, as one that is not started does", async () => {
    const plan = await planOf("prod", scheduledTask);
    const topic = one(plan, "Topic", "notifications").outputs["arn"];
    const alarm = (role: string) => {
      const { inputs } = one(plan, "MetricAlarm", `observability-nightly-${role}`);
      return { actions: inputs["alarmActions"], metric: at(inputs["metricQueries"], 0, "metric") };
    };
    const pattern = JSON.parse(
      textOf(one(plan, "EventRule", "nightly-failures").inputs["eventPattern"]),
    ) as { detail: Record<string, unknown> };
    const definition = textOf(one(plan, "TaskDefinition", "nightly").outputs["arnWithoutRevision"]);

    expect(pattern.detail).to.deep.include({
      clusterArn: [one(plan, "Cluster", "api").outputs["arn"]],
      taskDefinitionArn: [{ prefix: `${definition}:` }],
    });
    expect(alarm("failed-runs")).to.deep.equal({
      actions: [topic],
      metric: {
        namespace: "AWS/Events",
        metricName: "MatchedEvents",
        stat: "Sum",
        period: 60,
        dimensions: { RuleName: one(plan, "EventRule", "nightly-failures").outputs["name"] },
      },
    });
    expect(alarm("missed-starts")).to.deep.equal({
      actions: [topic],
      metric: {
        namespace: "AWS/Scheduler",
        metricName: "InvocationDroppedCount",
        stat: "Sum",
        period: 60,
        dimensions: { ScheduleGroup: one(plan, "ScheduleGroup", "nightly").outputs["name"] },
      },
    });
  });

  it("two services and a worker: alarms, dashboard and cost for all of them without a line more", async () => {
    const services = { ...secondService, ...worker };
    const plan = await planOf("prod", services, {
      monitoring: "full",
      escalationEmails: ["b@c.example"],
    });
    const alarms = names(all(plan, "MetricAlarm"));
    const page = textOf(one(plan, "CompositeAlarm", "monitoring-harm").inputs["alarmRule"]);
    const dashboard = textOf(one(plan, "Dashboard").inputs["dashboardBody"]);

    for (const [service, prefix] of [
      ["api", ""],
      ["admin", "admin-"],
      ["worker", "worker-"],
    ] as const) {
      const { outputs } = one(plan, "aws:ecs/service:Service", service);
      expect(alarms).to.include.members([
        ...[`observability-${prefix}cpu`, `observability-${prefix}memory`],
        ...[`monitoring-${prefix}tasks-missing`, `monitoring-${prefix}disk`],
      ]);
      expect(dashboard).to.contain(`"ServiceName","${textOf(outputs["name"])}"`);
      expect(dashboard).to.contain(`Errors of ${service}`);
    }
    for (const alarm of ["deployment-blue-latency", "admin-deployment-green-latency"])
      expect(page).to.contain(
        `ALARM("${textOf(one(plan, "MetricAlarm", alarm).outputs["name"])}")`,
      );
    const found = estimate(plan);
    expect(found.unknownTypes).to.deep.equal([]);
    expect(found.monthlyUsd).to.be.above(
      estimate(await planOf("prod", { api: { kind: "http" } }, { monitoring: "full" })).monthlyUsd +
        15,
    );
    expect(unemitted(plan, "./test/fixtures/apps/hello")).to.deep.equal([]);
  });

  it("side-car: starts before the app and ends after it, hardened as the app, and started again by itself", async () => {
    const [app, heartbeat] = containers(await planOf("dev", sideCar), "api");

    expect(app?.["dependsOn"]).to.deep.equal([{ containerName: "heartbeat", condition: "START" }]);
    expect(heartbeat).to.include({
      essential: false,
      image: app?.["image"],
      user: "65532:65532",
      privileged: false,
      readonlyRootFilesystem: true,
    });
    expect(heartbeat?.["entryPoint"]).to.deep.equal(["node"]);
    expect(heartbeat?.["restartPolicy"]).to.deep.equal({ enabled: true, restartAttemptPeriod: 60 });
  });

  it("all of them: their logs are masked, too, one policy for each group", async () => {
    const plan = await planOf("dev", EVERYTHING, { logMasking: "secrets" });
    const groups = [...new Set(all(plan, "TaskDefinition").map(({ name }) => name))];

    expect(names(all(plan, "LogDataProtectionPolicy"))).to.deep.equal(
      groups.map((group) => `${group}-masking`).sort(),
    );
    expect(groups).to.have.length.above(3);
  });

  it("all of them: the pipeline has a row of permissions for each type, and outputs name each", async () => {
    const plan = await planOf("prod", EVERYTHING);
    const passed = writeStatements(serviceGraph(plan), {
      partition: "aws",
      accountId: "123456789012",
    }).filter(({ Action }) => Action.includes("iam:PassRole"));

    expect(JSON.stringify(passed)).to.contain("scheduler.amazonaws.com");
    expect(Object.keys(plan.outputs["services"] as object).sort()).to.deep.equal([
      "admin",
      "nightly",
      "worker",
    ]);
  });

  it("all of them run on this machine: the balancer follows the rules, and the job ends", async () => {
    const plan = await planOf("dev", EVERYTHING);
    const options = readOptions(["--port", "0"], {});
    const preparation = { options, root: process.cwd(), secretFor: () => "secret", platform: "" };
    const version = await versionOf(plan, preparation);
    // Each by the field local of its own package.json.
    const ofWorker = version.others.find(({ spec }) => spec.service === "worker");
    expect(ofWorker?.spec.appPath).to.equal("./examples/worker/app");
    expect(ofWorker?.spec.container.environment).to.have.property("TABLE_NAME");
    expect(ofWorker?.local.environment).not.to.have.property("TABLE_NAME");
    const lines: string[] = [];
    const run = await startLocalRun(version.spec, {
      port: 0,
      others: version.others.map(({ spec }) => spec),
    });
    run.service.on("line", ({ line }) => lines.push(line));
    const others = new OtherServices(run, {
      onLine: (service, _, line) => lines.push(`${service}: ${line}`),
      onNote: (text) => lines.push(text.trim()),
    });
    try {
      const { status } = await run.service.deploy(version.revision);
      await others.deploy(version.others);
      const ask = async (path: string) => (await fetch(new URL(path, run.url))).text();

      expect(status).to.equal("completed");
      expect(await ask("/admin")).to.equal('{"service":"admin"}');
      expect(await ask("/administrator")).to.equal("hello");
      for (let waited = 0; waited < 3000 && !heard(lines, '"done":2'); waited += 1) await wait(100);
      expect(heard(lines, 'worker: {"level":"info","msg":"work done","done":2}')).to.equal(true);
      expect(heard(lines, "heartbeat: the side-car lives")).to.equal(true);

      const nightly = version.others.find(({ spec }) => spec.schedule !== undefined);
      if (nightly === undefined) throw new Error("no scheduled task");
      const said: string[] = [];
      const hear = (line: string) => said.push(line);
      expect(await runOnce(nightly, hear, hear, new AbortController().signal)).to.equal(0);
      expect(heard(said, "report made")).to.equal(true);
    } finally {
      await Promise.all([run.stop(), others.stop()]);
    }
    expect(heard(lines, "worker ends")).to.equal(true);
  });
});
