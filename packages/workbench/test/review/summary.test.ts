import { expect } from "chai";
import { describe as words } from "../../src/review/describe.ts";
import { groups } from "../../src/review/groups.ts";
import { header, summary } from "../../src/review/summary.ts";
import { tree } from "../../src/review/tree.ts";
import type { Json, Plan, PlannedOptions, PlannedResource } from "../../src/plan/types.ts";

const STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";

interface Short {
  inputs?: Record<string, Json>;
  options?: PlannedOptions;
  expanded?: boolean;
}

function resource(
  type: string,
  name: string,
  parent: PlannedResource | undefined,
  more: Short = {},
): PlannedResource {
  return {
    urn: type === "pulumi:pulumi:Stack" ? STACK : `urn:pulumi:dev::shop::${type}::${name}`,
    type,
    name,
    parent: parent?.urn ?? STACK,
    custom: type.startsWith("aws:") || type.startsWith("pulumi:providers:"),
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    options: {},
    secretPaths: [],
    expanded: false,
    ...more,
  };
}

function planOf(resources: PlannedResource[], warnings: string[] = []): Plan {
  return {
    project: "shop",
    stack: "dev",
    config: { "aws:region": "eu-west-1" },
    resources,
    invokes: [],
    outputs: {},
    warnings,
  };
}

const stack = resource("pulumi:pulumi:Stack", "shop-dev", undefined);
const network = resource("koa-fargate:network:Network", "network", undefined);
const vpc = resource("aws:ec2/vpc:Vpc", "network", network, {
  inputs: { cidrBlock: "10.1.0.0/16" },
  expanded: true,
});
const zone = (name: string) =>
  resource("aws:ec2/subnet:Subnet", name, vpc, { inputs: { availabilityZone: name } });
const alarms = resource("koa-fargate:observability:Alarms", "alarms", undefined);
const notifications = resource(
  "koa-fargate:observability:Notifications",
  "notifications",
  undefined,
);
const topic = resource("aws:sns/topic:Topic", "topic", notifications, {
  options: { protect: true, retainOnDelete: true },
});
const alarm = resource("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", alarms);
const provider = resource("pulumi:providers:aws", "main", undefined);
const loose = resource("aws:sqs/queue:Queue", "loose", undefined);
const all = [
  stack,
  network,
  vpc,
  zone("a"),
  zone("b"),
  alarms,
  alarm,
  notifications,
  topic,
  provider,
  loose,
];

describe("groups", () => {
  it("gather by folder of the component, in the order of the diagram, and count what a cloud holds", () => {
    expect(groups(planOf(all)).map(({ name, count }) => [name, count])).to.deep.equal([
      ["network", 3],
      ["observability", 2],
      ["sqs", 1],
      ["stack", 0],
    ]);
  });
});

describe("summary", () => {
  it("fits one screen: header, a line a box, warnings beside their name", () => {
    expect(summary(planOf(all, ["first", "second"]), 0.75)).to.equal(
      [
        "shop / dev   eu-west-1   6 resources   planned in 0.8 s, offline",
        "",
        "network        3   VPC 10.1.0.0/16, 2 zones, no NAT",
        "observability  2   1 alarm -> 1 topic",
        "sqs            1   Queue",
        "",
        "cost           0.10 USD a month idle   (alarm 0.10)",
        "warnings       first",
        "               second",
        "",
        "more: --tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json",
      ].join("\n"),
    );
  });

  it("has no warnings where there are none, and takes further sections", () => {
    const cost = { name: "cost", lines: () => ["21 USD a month"] };
    const lines = summary(planOf(all), 1, (_, text) => text, [cost]).split("\n");
    expect(lines.slice(5)).to.deep.equal([
      "",
      "cost           21 USD a month",
      "",
      "more: --tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json",
    ]);
    expect(summary(planOf(all), 1)).not.to.include("warnings");
  });

  it("a stack without region says so", () => {
    expect(header({ ...planOf([]), config: {} }, 2)).to.equal(
      "shop / dev   no region   0 resources   planned in 2.0 s, offline",
    );
  });
});

describe("tree", () => {
  it("shows every resource below its parent, with its marks", () => {
    expect(tree(planOf(all))).to.equal(
      [
        "network  3",
        "  koa-fargate:network:Network network",
        "    aws:ec2:Vpc network  [by awsx]",
        "      aws:ec2:Subnet a",
        "      aws:ec2:Subnet b",
        "",
        "observability  2",
        "  koa-fargate:observability:Alarms alarms",
        "    aws:cloudwatch:MetricAlarm errors",
        "  koa-fargate:observability:Notifications notifications",
        "    aws:sns:Topic topic  [protected, retained]",
        "",
        "sqs  1",
        "  aws:sqs:Queue loose",
        "",
        "stack  0",
        "  pulumi:providers:aws main",
      ].join("\n"),
    );
  });
});

describe("the words for a box", () => {
  const say = (name: string, resources: [string, Record<string, Json>][]) =>
    words({
      name,
      count: 0,
      resources: resources.map(([type, inputs], index) =>
        resource(`aws:${type}`, `r${index}`, undefined, { inputs }),
      ),
    });

  it("network: NAT and flow logs", () => {
    const subnets: [string, Record<string, Json>][] = ["a", "b"].map((availabilityZone) => [
      "ec2/subnet:Subnet",
      { availabilityZone },
    ]);
    const base: [string, Record<string, Json>][] = [
      ["ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }],
      ...subnets,
      ["ec2/natGateway:NatGateway", {}],
    ];
    expect(say("network", base)).to.equal("VPC 10.0.0.0/16, 2 zones, NAT in 1");
    expect(
      say("network", [
        ...base,
        ["ec2/natGateway:NatGateway", {}],
        ["ec2/vpcEndpoint:VpcEndpoint", {}],
        ["ec2/flowLog:FlowLog", { logDestinationType: "s3" }],
      ]),
    ).to.equal("VPC 10.0.0.0/16, 2 zones, NAT in each, 1 endpoint, flow logs -> S3");
  });

  it("load balancer: TLS, redirect, who may call", () => {
    const https: [string, Record<string, Json>] = [
      "lb/listener:Listener",
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" },
    ];
    const http: [string, Record<string, Json>] = ["lb/listener:Listener", { protocol: "HTTP" }];
    const range = (cidrIpv4: string): [string, Record<string, Json>] => [
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4 },
    ];
    expect(say("load-balancer", [https, http, range("0.0.0.0/0")])).to.equal(
      "HTTPS TLS 1.2+ (post-quantum), HTTP redirects, open to the internet",
    );
    expect(say("load-balancer", [http, range("192.0.2.0/24"), range("198.51.100.0/24")])).to.equal(
      "HTTP, 2 ranges",
    );
    expect(
      say("load-balancer", [
        [
          "lb/listener:Listener",
          { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" },
        ],
      ]),
    ).to.equal("HTTPS TLS 1.3");
  });

  it("load balancer: how many rules its web ACL has, and how many groups of AWS's", () => {
    const own = { statement: { rateBasedStatement: { limit: 10 } } };
    const group = { statement: { managedRuleGroupStatement: { name: "g" } } };
    const acl = (...rules: Json[]): string =>
      say("load-balancer", [
        ["lb/listener:Listener", { protocol: "HTTP" }],
        ["wafv2/webAcl:WebAcl", { rules }],
      ]);

    expect(acl(own, own, group, group, group)).to.equal(
      "HTTP, web ACL with 2 own rules and 3 of AWS's rule groups",
    );
    expect(acl(own)).to.equal("HTTP, web ACL with 1 own rule");
    expect(acl(group)).to.equal("HTTP, web ACL with 1 of AWS's rule groups");
  });

  it("service: tasks, Spot share, strategy", () => {
    const service = (strategies: Json): [string, Record<string, Json>][] => [
      [
        "ecs/taskDefinition:TaskDefinition",
        { cpu: "512", memory: "1024", runtimePlatform: { cpuArchitecture: "ARM64" } },
      ],
      [
        "ecs/service:Service",
        {
          capacityProviderStrategies: strategies,
          deploymentConfiguration: { strategy: "BLUE_GREEN" },
          alarms: { rollback: true },
        },
      ],
      ["appautoscaling/target:Target", { minCapacity: 3, maxCapacity: 12 }],
    ];
    expect(
      say(
        "service",
        service([
          { capacityProvider: "FARGATE", weight: 1 },
          { capacityProvider: "FARGATE_SPOT", weight: 3 },
        ]),
      ),
    ).to.equal("3-12 tasks of 0.5 vCPU / 1 GB arm64, 75 % Spot, blue-green, alarms roll back");
    expect(say("service", service([{ capacityProvider: "FARGATE", weight: 1 }]))).to.equal(
      "3-12 tasks of 0.5 vCPU / 1 GB arm64, blue-green, alarms roll back",
    );
  });

  it("registry, storage, security", () => {
    expect(
      say("registry", [
        [
          "ecr/repository:Repository",
          { imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true } },
        ],
        [
          "ecr/lifecyclePolicy:LifecyclePolicy",
          {
            policy:
              '{"selection":{"tagPatternList":["release-*"],"countType":"imageCountMoreThan","countNumber":30}}',
          },
        ],
      ]),
    ).to.equal("immutable tags, scan on push, keeps 30 releases");
    expect(
      say("storage", [
        ["s3/bucket:Bucket", {}],
        [
          "dynamodb/table:Table",
          { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } },
        ],
      ]),
    ).to.equal("1 bucket, 1 table, point-in-time recovery 7 days");
    expect(
      say("security", [
        ["kms/key:Key", {}],
        ["cloudtrail/trail:Trail", {}],
      ]),
    ).to.equal("1 key, 1 trail");
  });
});
