import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { COMPUTED, computeOutputs, type MockOutputs } from "../../../src/plan/mocks/table.ts";
import type { Json } from "../../../src/plan/types.ts";

const require = createRequire(import.meta.url);

/** What the SDK says of a resource type: all its properties, and those that are outputs alone. */
function sdk(type: string): { properties: Set<string>; outputs: string[] } | undefined {
  const [pkg = "", module = "", name = ""] = type.split(":");
  const path = module === "index" ? name.charAt(0).toLowerCase() + name.slice(1) : module;
  const root = dirname(require.resolve(`@pulumi/${pkg}/package.json`));
  const file = join(root, `${path.replace(/^index\//, "")}.js`);
  if (!existsSync(file)) return undefined;
  const source = readFileSync(file, "utf8");
  // Some SDKs set every property so where a resource is only read: an input has another assignment beside it.
  const inputs = new Set(
    [...source.matchAll(/resourceInputs\["(\w+)"\] = [^;]*\bargs\b/g)].map(([, name = ""]) => name),
  );
  return {
    properties: new Set(
      [...source.matchAll(/resourceInputs\["(\w+)"\] = /g)].map(([, name = ""]) => name),
    ),
    outputs: [
      ...new Set(
        [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)].map(
          ([, name = ""]) => name,
        ),
      ),
    ].filter((name) => !inputs.has(name)),
  };
}

function compute(type: string, inputs: Record<string, Json> = {}, name = "thing"): MockOutputs {
  const computed = computeOutputs(type, {
    urn: `urn:pulumi:dev::shop::${type}::${name}`,
    name,
    inputs,
    region: "eu-west-1",
    accountId: "123456789012",
  });
  if (computed === undefined) throw new Error(`no row for ${type}`);
  return computed;
}

describe("the table of computed outputs", () => {
  for (const type of Object.keys(COMPUTED))
    it(`${type}: exactly what the SDK declares, and nothing undefined`, () => {
      const declared = sdk(type);
      const { id, outputs, taggable } = compute(type);
      const given = [...Object.keys(outputs), ...(taggable ? ["tagsAll"] : [])];
      expect(declared, "the type exists").not.to.equal(undefined);
      expect(given.filter((key) => declared?.properties.has(key) !== true)).to.deep.equal([]);
      expect(declared?.outputs.filter((key) => !given.includes(key))).to.deep.equal([]);
      expect(JSON.stringify({ id, outputs })).not.to.match(/undefined|NaN|null/);
    });

  it("has about a hundred and fifty types", () => {
    expect(Object.keys(COMPUTED).length).to.be.greaterThan(120);
  });

  it("an unknown type has no outputs", () => {
    expect(
      computeOutputs("aws:mq/broker:Broker", {
        urn: "u",
        name: "n",
        inputs: {},
        region: "r",
        accountId: "1",
      }),
    ).to.equal(undefined);
  });

  const arn = (service: string, rest: string) =>
    `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
  const shapes: [string, Record<string, Json>, Record<string, string | number | RegExp>][] = [
    [
      "aws:ec2/vpc:Vpc",
      {},
      {
        id: /^vpc-0[0-9a-f]{16}$/,
        arn: /^arn:aws:ec2:eu-west-1:123456789012:vpc\/vpc-0/,
        mainRouteTableId: /^rtb-0/,
      },
    ],
    [
      "aws:s3/bucket:Bucket",
      {},
      {
        id: /^thing-[0-9a-f]{7}$/,
        bucket: /^thing-[0-9a-f]{7}$/,
        arn: /^arn:aws:s3:::thing-[0-9a-f]{7}$/,
        bucketRegionalDomainName: /^thing-[0-9a-f]{7}\.s3\.eu-west-1\.amazonaws\.com$/,
      },
    ],
    ["aws:s3/bucketPolicy:BucketPolicy", { bucket: "b-1" }, { id: "b-1" }],
    [
      "aws:lb/loadBalancer:LoadBalancer",
      { name: "web" },
      {
        id: /:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
        arnSuffix: /^app\/web\/[0-9a-f]{16}$/,
        dnsName: /^web-\d{10}\.eu-west-1\.elb\.amazonaws\.com$/,
        zoneId: "Z32O12XQLNTSW2",
      },
    ],
    [
      "aws:lb/loadBalancer:LoadBalancer",
      { name: "web", internal: true },
      { dnsName: /^internal-web-\d{10}\.eu-west-1/ },
    ],
    [
      "aws:lb/targetGroup:TargetGroup",
      { name: "blue" },
      {
        arnSuffix: /^targetgroup\/blue\/[0-9a-f]{16}$/,
        arn: /^arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup\/blue\//,
      },
    ],
    [
      "aws:lb/listener:Listener",
      { loadBalancerArn: arn("elasticloadbalancing", "loadbalancer/app/web/1") },
      { arn: /:listener\/app\/web\/1\/[0-9a-f]{16}$/ },
    ],
    [
      "aws:lb/listenerRule:ListenerRule",
      { listenerArn: arn("elasticloadbalancing", "listener/app/web/1/2") },
      { arn: /:listener-rule\/app\/web\/1\/2\/[0-9a-f]{16}$/ },
    ],
    ["aws:ecs/cluster:Cluster", { name: "c" }, { id: arn("ecs", "cluster/c"), name: "c" }],
    [
      "aws:ecs/service:Service",
      { name: "s", cluster: arn("ecs", "cluster/c") },
      { id: arn("ecs", "service/c/s") },
    ],
    [
      "aws:ecs/taskDefinition:TaskDefinition",
      { family: "api" },
      {
        id: "api",
        arn: arn("ecs", "task-definition/api:1"),
        arnWithoutRevision: arn("ecs", "task-definition/api"),
        revision: 1,
      },
    ],
    [
      "aws:ecr/repository:Repository",
      { name: "app" },
      {
        repositoryUrl: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
        arn: arn("ecr", "repository/app"),
      },
    ],
    [
      "docker:index/image:Image",
      { imageName: "host:5000/app:t1" },
      {
        imageName: "host:5000/app:t1",
        baseImageName: "host:5000/app:t1",
        repoDigest: /^host:5000\/app@sha256:[0-9a-f]{64}$/,
      },
    ],
    [
      "aws:iam/role:Role",
      { name: "r", path: "/x/" },
      { id: "r", arn: "arn:aws:iam::123456789012:role/x/r" },
    ],
    [
      "aws:kms/key:Key",
      {},
      {
        id: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
        arn: /^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f]{8}-/,
      },
    ],
    [
      "aws:kms/alias:Alias",
      { targetKeyId: "k1" },
      { name: /^alias\/thing-[0-9a-f]{7}$/, targetKeyArn: arn("kms", "key/k1") },
    ],
    ["aws:sns/topic:Topic", { name: "t" }, { id: arn("sns", "t"), owner: "123456789012" }],
    [
      "aws:sqs/queue:Queue",
      { name: "q" },
      { id: "https://sqs.eu-west-1.amazonaws.com/123456789012/q", arn: arn("sqs", "q") },
    ],
    [
      "aws:cloudwatch/logGroup:LogGroup",
      { name: "/app" },
      { id: "/app", arn: arn("logs", "log-group:/app") },
    ],
    [
      "aws:cloudwatch/dashboard:Dashboard",
      { dashboardName: "d" },
      { dashboardArn: "arn:aws:cloudwatch::123456789012:dashboard/d" },
    ],
    [
      "aws:dynamodb/table:Table",
      { name: "t" },
      { id: "t", arn: arn("dynamodb", "table/t"), streamArn: "" },
    ],
    [
      "aws:cloudtrail/trail:Trail",
      { name: "t" },
      { id: arn("cloudtrail", "trail/t"), homeRegion: "eu-west-1" },
    ],
    [
      "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
      { name: "x.internal" },
      { id: /^ns-[0-9a-f]{16}$/, hostedZone: /^Z[0-9A-F]{13}$/ },
    ],
    [
      "aws:wafv2/webAcl:WebAcl",
      { name: "w", scope: "REGIONAL" },
      { arn: /^arn:aws:wafv2:eu-west-1:123456789012:regional\/webacl\/w\/[0-9a-f-]{36}$/ },
    ],
    [
      "aws:route53/record:Record",
      { zoneId: "Z1", name: "a.example.com", type: "A" },
      { id: "Z1_a.example.com_A", fqdn: "a.example.com" },
    ],
  ];
  for (const [type, inputs, expected] of shapes)
    it(`${type} ${JSON.stringify(inputs)}: realistic values`, () => {
      const { id, outputs } = compute(type, inputs);
      const all: Record<string, Json> = { ...outputs, id };
      for (const [key, shape] of Object.entries(expected))
        if (shape instanceof RegExp) expect(all[key], key).to.match(shape);
        else expect(all[key], key).to.equal(shape);
    });

  it("a resource's own region goes before the provider's", () => {
    expect(
      compute("aws:sns/topic:Topic", { name: "t", region: "us-east-1" }).outputs["arn"],
    ).to.equal("arn:aws:sns:us-east-1:123456789012:t");
  });

  it("names and identities differ by URN and repeat for the same one", () => {
    const ids = ["a", "b", "a"].map((name) => compute("aws:ec2/subnet:Subnet", {}, name).id);
    expect(ids[0]).to.equal(ids[2]);
    expect(ids[0]).not.to.equal(ids[1]);
  });

  it("names that AWS would refuse are named", () => {
    expect(
      compute("aws:lb/targetGroup:TargetGroup", { name: "x".repeat(33) }).refusals,
    ).to.deep.equal([
      `name would be "${"x".repeat(33)}", 33 characters long; AWS allows 32. Shorten the logical name, or the pattern of this type under pulumi:autonaming.`,
    ]);
    expect(compute("aws:s3/bucket:Bucket", { bucket: "Photos" }).refusals).to.deep.equal([
      'bucket would be "Photos"; S3 allows no capital letters.',
    ]);
    const named = compute("aws:s3/bucket:Bucket", {}, "Photos");
    expect([named.refusals, named.id.replace(/-.*/, "")]).to.deep.equal([[], "photos"]);
    expect(
      compute("aws:lb/targetGroup:TargetGroup", { name: "x".repeat(32) }).refusals,
    ).to.deep.equal([]);
  });
});
