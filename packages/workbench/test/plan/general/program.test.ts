import { expect } from "chai";
import { planAny } from "../../../src/plan/general/any.ts";
import { planProgram } from "../../../src/plan/general/plan.ts";
import { plannedServices } from "../../../src/plan/services.ts";
import { header } from "../../../src/review/summary.ts";
import type { Plan, PlannedResource } from "../../../src/plan/types.ts";
import { copySdk, withProject } from "./project.ts";

type Files = Readonly<Record<string, string>>;

const planOf = (files: Files, stack = "dev"): Promise<Plan> =>
  withProject(files, (root) => planProgram({ root, stack }));

function one(plan: Plan, name: string): PlannedResource {
  const found = plan.resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found;
}

describe("a plan of any program", function () {
  it("CommonJS: enums, imports without extension, folders, modules as tsc imports them, config anywhere", async () => {
    const plan = await planOf({
      "package.json": `{"name":"shop","main":"index.js"}`,
      "tsconfig.json": `{"compilerOptions":{"module":"commonjs","strict":true}} // as tsc writes it`,
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        import * as aws from "@pulumi/aws";
        import * as os from "os";
        import { Size } from "./sizes";
        import { queueOf } from "./parts";
        import legacy = require("./legacy");
        import { seen } from "./early";
        (os as any).patched = "a module is one object for all who import it";
        const config = new pulumi.Config();
        const queue = queueOf(config.require("queueName"), Size.Large);
        export const queueArn = queue.arn;
        export function own() { return 1; }
        export const throughExports = exports.own();
        export const early = seen;
        export const patched = legacy.patched();
        export const port = config.requireNumber("port");`,
      "sizes.ts": `export enum Size { Small = 1, Large = 10 }`,
      "parts/index.ts": `
        import * as aws from "@pulumi/aws";
        import { Size } from "../sizes";
        export const queueOf = (name: string, size: Size) =>
          new aws.sqs.Queue("orders", { name, delaySeconds: size });`,
      "early.ts": `
        import { later } from "./later";
        export const seen = later();
        export const late = "assigned after the other file asked";`,
      "later.ts": `
        import * as early from "./early";
        export const later = () => early.late ?? "not there yet";`,
      "legacy.ts": `export = { patched: () => require("os").patched };`,
    });

    expect(plan.outputs).to.deep.equal({
      queueArn: "arn:aws:sqs:us-east-1:123456789012:placeholder",
      early: "not there yet",
      own: {},
      throughExports: 1,
      patched: "a module is one object for all who import it",
      port: 80,
    });
    const { inputs, inputGrades } = one(plan, "orders");
    expect(inputs).to.deep.equal({ name: "placeholder", delaySeconds: 10 });
    expect(inputGrades).to.deep.equal({ name: "invented" });
    expect(plan.configGrades).to.deep.equal({
      "aws:region": "invented",
      port: "invented",
      queueName: "invented",
    });
    expect(plan.notes).to.deep.equal([
      "Nothing sets aws:region, port, queueName: placeholders stand in.",
    ]);
  });

  it("ES modules: exports, top-level await, a folder as main, the stack's file and the template's defaults", async () => {
    const plan = await planOf(
      {
        "Pulumi.yaml": [
          "name: ${PROJECT}",
          "runtime: { name: nodejs, options: { typescript: false } }",
          "main: src/",
          "template: { config: { aws:region: { default: eu-west-1 }, depth: { default: 3 } } }",
        ].join("\n"),
        "Pulumi.live.yaml": "config:\n  aws:region: eu-central-1\n",
        "package.json": `{"type":"module"}`,
        "src/index.ts": `
        import { getRegionOutput } from "@pulumi/aws";
        import { Config, getProject } from "@pulumi/pulumi";
        import { bucket, type Named } from "./bucket.js";
        export const { name }: Named = await bucket(new Config().requireNumber("depth"));
        export const region = getRegionOutput().name;
        export const folder = process.cwd().split("/").at(-1);
        export const isNamed = getProject().startsWith("program-");`,
        "src/bucket.ts": `
        import * as aws from "@pulumi/aws";
        export interface Named { name: unknown }
        export async function bucket(depth: number): Promise<Named> {
          const bucket = new aws.s3.Bucket("data", { tags: { depth: String(depth) } });
          return { name: bucket.bucket };
        }`,
      },
      "live",
    );

    const { outputs } = one(plan, "data");
    expect(plan.outputs).to.deep.equal({
      name: outputs["bucket"],
      region: "eu-central-1",
      folder: "src",
      isNamed: true,
    });
    expect(outputs["bucket"]).to.match(/^data-[0-9a-f]{7}$/);
    expect(outputs["tagsAll"]).to.deep.equal({ depth: "3" });
    expect(plan.notes).to.deep.equal([]);
  });

  it("the program's own copy of the SDK is what the planner talks to", async () => {
    const files = {
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        new pulumi.CustomResource("aws:sqs/queue:Queue", "orders", { name: "orders" });
        export const copies = Object.keys(require.cache)
          .filter((file) => file.endsWith("@pulumi/pulumi/index.js"))
          .map((file) => file.replace(process.cwd(), "."));`,
    };
    const plan = await withProject(files, async (root) => {
      await copySdk(root);
      return planProgram({ root, stack: "dev" });
    });

    expect(plan.outputs).to.deep.equal({ copies: ["./node_modules/@pulumi/pulumi/index.js"] });
    expect(one(plan, "orders").inputs).to.deep.equal({ name: "orders" });
  });

  it("types and functions that no table lists: shapes are invented, the rest is unknown, and each says so", async () => {
    const plan = await planOf({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: { aws:region: { value: eu-west-1 } }\n",
      "index.ts": `
        import * as aws from "@pulumi/aws";
        const stream = new aws.kinesis.Stream("clicks", { shardCount: 2 });
        const ami = aws.ec2.getAmi({ mostRecent: true });
        const server = new aws.ec2.Instance("server", { ami: ami.then(({ id }) => id), instanceType: "t3.micro" });
        new aws.sqs.Queue("stream", { tags: { value: stream.arn } });
        new aws.sqs.Queue("address", { tags: { value: server.privateIp } });
        export const streamArn = stream.arn;
        export const upper = server.privateIp.apply((ip) => ip.toUpperCase());`,
    });

    const stream = one(plan, "clicks");
    expect(stream.outputs["name"]).to.match(/^clicks-[0-9a-f]{7}$/);
    expect(stream.outputs["arn"]).to.equal(
      `arn:aws:kinesis:eu-west-1:123456789012:stream/${stream.outputs["name"] as string}`,
    );
    expect(stream.outputGrades).to.deep.equal({
      arn: "invented",
      id: "invented",
      name: "invented",
      region: "invented",
    });
    expect(one(plan, "server").outputs["id"]).to.match(/^i-0[0-9a-f]{16}$/);
    expect(one(plan, "server").inputs["ami"]).to.match(/^ami-0[0-9a-f]{16}$/);
    expect(plan.invokes.map(({ token, grade }) => [token, grade])).to.deep.equal([
      ["aws:ec2/getAmi:getAmi", "invented"],
    ]);
    expect(one(plan, "stream").inputs["tags"]).to.deep.equal({ value: stream.outputs["arn"] });
    expect(one(plan, "stream").inputGrades).to.deep.equal({ "tags.value": "invented" });
    expect(one(plan, "address").inputs["tags"]).to.deep.equal({ value: "[not known yet]" });
    expect(one(plan, "address").inputGrades).to.deep.equal({ "tags.value": "unknown" });
    expect(one(plan, "server").inputGrades).to.deep.equal({ ami: "invented" });
    expect(plan.outputs).to.deep.equal({
      upper: "[not known yet]",
      streamArn: stream.outputs["arn"],
    });
    expect(plan.outputGrades).to.deep.equal({ upper: "unknown", streamArn: "invented" });
    expect(plan.notes).to.deep.equal([
      "Ids, ARNs and names of aws:ec2/instance:Instance, aws:kinesis/stream:Stream are invented.",
      "Answers of aws:ec2/getAmi:getAmi are invented.",
      "1 input is unknown until a deployment.",
    ]);
  });

  it("a remote component is counted, what it creates is not, and its outputs stay unknown", async () => {
    const plan = await planOf({
      "index.ts": `
        import * as aws from "@pulumi/aws";
        import * as awsx from "@pulumi/awsx";
        const lb = new awsx.lb.NetworkLoadBalancer("web");
        new aws.sqs.Queue("address", { tags: { value: lb.loadBalancer.dnsName } });
        const vpc = new awsx.ec2.Vpc("net", { numberOfAvailabilityZones: 2, subnetStrategy: "Auto" });
        export const vpcId = vpc.vpcId;`,
    });

    expect(one(plan, "web").custom).to.equal(false);
    expect(one(plan, "web").opaque).to.equal(true);
    expect(header(plan, 1)).to.include("  23 resources + 1 component not looked into  ");
    expect(one(plan, "address").inputs["tags"]).to.deep.equal({ value: "[not known yet]" });
    expect(plan.outputs["vpcId"]).to.match(/^vpc-0[0-9a-f]{16}$/);
    expect(plan.notes).to.include(
      "What awsx:lb:NetworkLoadBalancer web creates is not in the plan.",
    );
  });

  it("an apply that throws on a stand-in yields an unknown value", async () => {
    const plan = await planOf({
      "index.ts": `
        import * as aws from "@pulumi/aws";
        const topic = new aws.sns.Topic("alerts");
        const parsed = topic.arn.apply((arn) => JSON.parse(arn).key as string);
        const awaited = topic.arn.apply(async (arn) => { throw new Error("no " + arn.length); });
        new aws.sqs.Queue("parsed", { tags: { value: parsed } });
        export const later = awaited;`,
    });

    expect(one(plan, "parsed").inputs["tags"]).to.deep.equal({ value: "[not known yet]" });
    expect(plan.outputs).to.deep.equal({ later: "[not known yet]" });
    expect(plan.notes?.filter((note) => note.startsWith("An apply throws"))).to.have.lengthOf(2);
  });

  it("workbench.config.ts declares what nobody can guess, and boxes", async () => {
    const files = {
      "workbench.config.ts": `export default {
        entry: "infra/main.ts",
        config: { replicas: 4, patience: 30 },
        lookups: { requestTimeoutSeconds: "patience", image: "nothing" },
        outputs: { url: "ami", serviceName: "nothing" },
        containers: { shop: "web", clicks: "web" },
        resources: {
          "aws:kinesis/stream:Stream": ({ name, region }) => ({ id: "declared-" + name, arn: "arn:x:" + region }),
          "pulumi:pulumi:StackReference": { outputs: { vpcId: "vpc-declared" } },
          "awsx:lb:ApplicationLoadBalancer": { defaultTargetGroup: { arn: "arn:group" } },
        },
        calls: { "aws:ec2/getAmi:getAmi": { id: "ami-declared" } },
        commands: { "git rev-parse HEAD": "abc" },
        boxes: [{ name: "data", types: ["aws:kinesis/"] }],
      };`,
      "infra/main.ts": `
        import { execSync } from "child_process";
        import * as aws from "@pulumi/aws";
        import * as awsx from "@pulumi/awsx";
        import * as pulumi from "@pulumi/pulumi";
        const stream = new aws.kinesis.Stream("clicks", {});
        export const streamArn = stream.arn;
        const containerDefinitions = JSON.stringify([{ name: "proxy" }, { name: "web" }, { name: "log" }]);
        const task = new aws.ecs.TaskDefinition("shop", { family: "shop", containerDefinitions });
        new aws.ecs.Service("shop", { taskDefinition: task.arn });
        export const group = new awsx.lb.ApplicationLoadBalancer("web").defaultTargetGroup.arn;
        export const ami = aws.ec2.getAmiOutput({}).id;
        export const commit = execSync("git rev-parse HEAD", { encoding: "utf8" });
        export const vpc = new pulumi.StackReference("org/base/dev").requireOutput("vpcId");
        export const replicas = new pulumi.Config().getNumber("replicas");`,
    };
    const plan = await withProject(files, (root) => planAny({ root, stack: "dev" }));

    expect(plan.config).to.deep.equal({
      "aws:region": "us-east-1",
      patience: 30,
      replicas: 4,
      requestTimeoutSeconds: 30,
    });
    expect(plan.outputs).to.deep.equal({
      streamArn: "arn:x:us-east-1",
      group: "arn:group",
      ami: "ami-declared",
      url: "ami-declared",
      commit: "abc",
      replicas: 4,
      vpc: "vpc-declared",
    });
    expect(one(plan, "clicks").outputGrades).to.deep.equal({ arn: "declared", id: "declared" });
    expect(one(plan, "clicks").box).to.equal("data");
    const [service] = plannedServices(plan);
    expect(service?.container["name"]).to.equal("web");
    expect(service?.sideCars.map(({ name }) => name)).to.deep.equal(["proxy", "log"]);
    expect(one(plan, "clicks").ownContainer).to.equal(undefined);
    expect(plan.invokes[0]?.grade).to.equal("declared");
  });

  it("can neither start a process nor open a socket, whatever way it tries", async () => {
    const plan = await planOf({
      "index.ts": `
        import * as cp from "child_process";
        import { execFileSync } from "node:child_process";
        import * as dgram from "dgram";
        import * as dns from "dns";
        import * as http from "http";
        import * as net from "net";
        import * as http2 from "http2";
        import * as inspector from "inspector";
        import * as tls from "tls";
        import { Worker } from "worker_threads";
        const event = (it: any) => new Promise((done, failed) => it.on("error", failed).on("connect", done));
        const tried = async (work: () => unknown) => {
          try { await work(); return "worked"; } catch (error: any) { return error.code ?? error.cause?.code ?? error.message; }
        };
        module.exports = async () => ({
          exec: await tried(() => cp.exec("touch /tmp/never")),
          spawn: await tried(() => cp.spawn("true")),
          fork: await tried(() => cp.fork("x.js")),
          binding: await tried(() => (process as any).binding("spawn_sync")),
          worker: await tried(() => new Worker("0", { eval: true })),
          connect: await tried(() => net.connect(9, "127.0.0.1")),
          listen: await tried(() => net.createServer().listen(0)),
          http: await tried(() => http.get("http://127.0.0.1:8999")),
          fetch: await tried(() => fetch("http://127.0.0.1:8999")),
          datagram: await tried(() => dgram.createSocket("udp4")),
          http2: await tried(() => event(http2.connect("http://127.0.0.1:8999"))),
          tls: await tried(() => event(tls.connect(8999, "127.0.0.1"))),
          inspector: await tried(() => inspector.open(0)),
          resolver: await tried(() => new dns.promises.Resolver().resolve4("localhost")),
          callback: await tried(() => new dns.Resolver().resolve4("localhost", () => undefined)),
          lookup: await tried(() => dns.promises.lookup("example.com")),
          // What Node has below its own functions, by which a socket was open with none of them.
          listener: await tried(() => (new net.Server() as any)._listen2("127.0.0.1", 0, 4, 5)),
          handle: await tried(() => (net as any)._createServerHandle("127.0.0.1", 0, 4)),
          datagrams: await tried(() => (dgram as any)._createSocketHandle("127.0.0.1", 0, "udp4")),
          sync: execFileSync("git", ["log"]).toString(),
        });`,
    });

    const { sync, ...others } = plan.outputs;
    expect(
      Object.fromEntries(Object.entries(others).filter(([, code]) => code !== "ERR_ACCESS_DENIED")),
    ).to.deep.equal({});
    expect(Object.keys(others)).to.have.lengthOf(19);
    expect(sync).to.equal("");
    expect(plan.notes).to.include(
      "The program runs `git log`, which a plan never does: empty output stands in. Declare it under commands in workbench.config.ts.",
    );
    expect(plan.notes).to.include("The program opens a socket, which a plan never does.");
  });
});
