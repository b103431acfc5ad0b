import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { serviceGraph } from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { writeStatements } from "@koa-fargate/workbench/pipeline/permissions/service-statements.ts";
import { ROOT } from "../helpers/app.ts";
import { frozenFile, planFrozen } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";
import { edgeProblems } from "./helpers/edge.ts";
import { all, byName, component, names, one, planOf, show } from "./helpers/plans.ts";

const domainName = "api.example.com";
const awake = { hostedZone: "example.com", domainName, awakeHours: "always" };
const records = (plan: Plan) =>
  all(plan, "Record").filter((resource) => component(plan, resource) === "records");

/** A stack file of the example, under the project's name. */
function example(stack: string): Promise<Plan> {
  const file = path.join(ROOT, "examples/two-regions", `Pulumi.${stack}.yaml`);
  const text = readFileSync(file, "utf8").replaceAll("koa-fargate", PROJECT);
  const { config } = parse(text) as { config: Record<string, unknown> };
  const app = frozenFile("dev").get(`${PROJECT}:appPath`);
  const settings = Object.entries({ ...config, [`${PROJECT}:appPath`]: app });
  return planFrozen({ stack, file: new Map(settings) });
}

/** What tells a record from those of other stacks. */
const policies = (plan: Plan): Record<string, unknown> =>
  Object.fromEntries(
    records(plan).map(({ name, inputs }) => [
      name,
      [
        inputs["setIdentifier"],
        ...Object.entries(inputs)
          .filter(([key]) => key.endsWith("Policies"))
          .map(([key, value]) => ({ [key]: value })),
      ],
    ]),
  );

describe("names that lead to several stacks", () => {
  it("simple routing has no health check, and no record names one", async () => {
    const plan = await planOf("dev", awake);

    expect(all(plan, "HealthCheck")).to.deep.equal([]);
    for (const { inputs } of records(plan))
      expect(inputs).not.to.include.keys("healthCheckId", "setIdentifier");
  });

  it("weighted: both records carry the weight, the stack's name and its health check", async () => {
    const plan = await planOf("dev", { ...awake, routing: "weighted", routingWeight: 30 });
    const own = [`${PROJECT}-dev`, { weightedRoutingPolicies: [{ weight: 30 }] }];

    expect(policies(plan)).to.deep.equal({
      [`records-${domainName}-a`]: own,
      [`records-${domainName}-aaaa`]: own,
    });
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("geolocation: a record for each place and kind of address; the default stands before the others", async () => {
    const plan = await planOf("dev", {
      ...awake,
      routing: "geolocation",
      geolocations: ["continent:EU", "default"],
    });
    const everybody = [`${PROJECT}-dev`, { geolocationRoutingPolicies: [{ country: "*" }] }];
    const europe = [
      `${PROJECT}-dev-continent-eu`,
      { geolocationRoutingPolicies: [{ continent: "EU" }] },
    ];

    expect(policies(plan)).to.deep.equal({
      [`records-${domainName}-a`]: everybody,
      [`records-${domainName}-a-continent-eu`]: europe,
      [`records-${domainName}-aaaa`]: everybody,
      [`records-${domainName}-aaaa-continent-eu`]: europe,
    });
    expect(one(plan, "Record", `records-${domainName}-a-continent-eu`).dependencies).to.include(
      one(plan, "Record", `records-${domainName}-a`).urn,
    );
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("the check asks the stack's own load balancer for healthPath over HTTPS, and its alarm is where its metric is", async () => {
    const plan = await planOf("dev", {
      ...awake,
      routing: "latency",
      healthPath: "/health",
      alarmEmails: ["a@example.com"],
    });
    const check = one(plan, "HealthCheck");
    const alarm = one(plan, "MetricAlarm", "health-check");
    const topic = one(plan, "Topic", "health-check");

    expect(check.inputs).to.deep.equal({
      type: "HTTPS",
      fqdn: one(plan, "lb/loadBalancer:LoadBalancer").outputs["dnsName"],
      port: 443,
      resourcePath: "/health",
      enableSni: true,
      requestInterval: 30,
      failureThreshold: 3,
    });
    expect(alarm.inputs).to.deep.include({
      region: "us-east-1",
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: check.outputs["id"] },
      alarmActions: [topic.outputs["arn"]],
    });
    expect(topic.outputs["arn"]).to.match(/^arn:aws:sns:us-east-1:/);
    expect(
      byName(plan, "TopicSubscription", ({ inputs }) => [inputs["region"], inputs["topic"]]),
    ).to.deep.include({ "health-check-email-1": ["us-east-1", topic.outputs["arn"]] });
  });

  it("in the region of the metrics the stack's own topic takes the alarm", async () => {
    const plan = await planOf("dev", { ...awake, routing: "latency", "aws:region": "us-east-1" });

    expect(names(all(plan, "Topic"))).to.deep.equal(["notifications"]);
    expect(one(plan, "MetricAlarm", "health-check").inputs["alarmActions"]).to.deep.equal([
      one(plan, "Topic").outputs["arn"],
    ]);
  });

  it("the pipeline may write the alarm and its mails in the other region, and nothing else there", async () => {
    const plan = await planOf("dev", {
      ...awake,
      routing: "latency",
      alarmEmails: ["a@example.com"],
    });
    const there = writeStatements(serviceGraph(plan), {
      partition: "aws",
      accountId: "123456789012",
    }).filter(({ Resource }) => Resource.some((arn) => arn.includes(":us-east-1:")));

    expect(there.flatMap(({ Action }) => Action).sort()).to.deep.equal(
      [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
        ...["CreateTopic", "DeleteTopic", "SetSubscriptionAttributes", "SetTopicAttributes"],
        ...["Subscribe", "TagResource", "Unsubscribe", "UntagResource"],
      ].map((name) => (name.includes(":") ? name : `sns:${name}`)),
    );
    expect(
      there.flatMap(({ Resource }) => Resource).filter((arn) => !arn.includes(`:${PROJECT}-dev-`)),
    ).to.deep.equal([]);
  });
});

describe("a calculated check", () => {
  const other = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
  const pair = { ...awake, routing: "failover" };

  it("is healthy while one stack is, and its alarm calls when none is", async () => {
    const [before, plan] = await Promise.all([
      planOf("dev", pair),
      planOf("dev", { ...pair, otherHealthCheckIds: [other] }),
    ]);
    const any = one(plan, "route53/healthCheck:HealthCheck", "health-check-any");

    expect(any.inputs).to.deep.include({
      type: "CALCULATED",
      childHealthchecks: [
        one(plan, "route53/healthCheck:HealthCheck", "health-check").outputs["id"],
        other,
      ],
      childHealthThreshold: 1,
    });
    const alarm = one(plan, "MetricAlarm", "health-check-any").inputs;
    expect(alarm["dimensions"]).to.deep.equal({ HealthCheckId: any.outputs["id"] });
    expect(alarm["alarmActions"]).to.deep.equal(
      one(plan, "MetricAlarm", "health-check").inputs["alarmActions"],
    );
    const added = names(plan.resources).filter((name) => !names(before.resources).includes(name));
    expect(added).to.deep.equal(["health-check-any", "health-check-any"]);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });
});

describe("examples/two-regions", () => {
  it("is a failover pair: one zone, one name, two roles, two load balancers", async () => {
    const plans = await Promise.all([example("primary"), example("secondary")]);
    const [primary, secondary] = plans;
    const record = `records-${domainName}-a`;

    expect(plans.map(edgeProblems)).to.deep.equal([[], []]);
    expect(plans.map((plan) => policies(plan)[record])).to.deep.equal([
      [`${PROJECT}-primary`, { failoverRoutingPolicies: [{ type: "PRIMARY" }] }],
      [`${PROJECT}-secondary`, { failoverRoutingPolicies: [{ type: "SECONDARY" }] }],
    ]);
    const differing = (key: string) =>
      new Set(plans.map((plan) => JSON.stringify(one(plan, "Record", record).inputs[key]))).size;
    expect(["zoneId", "name", "type", "aliases", "healthCheckId"].map(differing)).to.deep.equal([
      1, 1, 1, 2, 2,
    ]);
    const shape = (plan: Plan) =>
      names(plan.resources)
        .map((name) => name.replace(/(?:eu-\w+-\d|primary|secondary)/, "*"))
        .sort();
    // The table of both is the primary's.
    expect(shape(primary).filter((name) => name !== "storage-table")).to.deep.equal(
      shape(secondary),
    );
  });

  it("shares one table: the primary's has a replica where the secondary is, which makes none", async () => {
    const [primary, secondary] = await Promise.all([example("primary"), example("secondary")]);
    const region = (plan: Plan) => show(one(plan, "ecs/service:Service").outputs["region"]);

    expect(one(primary, "dynamodb/table:Table").inputs["replicas"]).to.deep.equal([
      {
        regionName: region(secondary),
        pointInTimeRecovery: true,
        deletionProtectionEnabled: false,
      },
    ]);
    expect(all(secondary, "dynamodb/table:Table")).to.deep.equal([]);
    expect(show(one(secondary, "RolePolicy", "api-roles-task-policy").inputs["policy"])).to.include(
      `arn:aws:dynamodb:${region(secondary)}:123456789012:table/`,
    );
  });
});

describe("checks of the health check notice", () => {
  const rows: [string, string, Record<string, Json>, string][] = [
    [
      "another path",
      "health-check",
      { resourcePath: "/" },
      "health-check asks for /, but the load balancer's own checks ask for /readyz",
    ],
    [
      "plain HTTP",
      "health-check",
      { type: "HTTP", port: 80 },
      "health-check asks over HTTP on 80, not over HTTPS on 443",
    ],
    [
      "the name that leads elsewhere",
      "health-check",
      { fqdn: domainName },
      `health-check asks ${domainName}, not the stack's own load balancer`,
    ],
    [
      "a record without it",
      `records-${domainName}-a`,
      { healthCheckId: "other" },
      `records-${domainName}-a is answered whatever health-check says`,
    ],
  ];
  for (const [what, name, inputs, sentence] of rows)
    it(what, async () => {
      const plan = await planOf("dev", { ...awake, routing: "failover" });
      const resources = plan.resources.map((resource) =>
        resource.name === name && /:(HealthCheck|Record)$/.test(resource.type) && resource.custom
          ? { ...resource, inputs: { ...resource.inputs, ...inputs } }
          : resource,
      );

      expect(edgeProblems({ ...plan, resources })).to.deep.equal([sentence]);
    });
});
