import { expect } from "chai";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { newFolder } from "../../../test/helpers/new-folder.ts";
import type { Plan } from "../src/plan/types.ts";

const PACKAGE = resolve(import.meta.dirname, "..");
const MODULES = resolve(PACKAGE, "../../node_modules");
const run = promisify(execFile);

/** pulumi/templates 65db26b, container-aws-typescript (Apache 2.0), as `pulumi new` writes it. */
const TEMPLATE = {
  "Pulumi.yaml": [
    "name: ${PROJECT}",
    "description: ${DESCRIPTION}",
    "runtime: nodejs",
    "template:",
    "  description: A TypeScript program to deploy a containerized service on AWS",
    "  config:",
    "    aws:region: { description: The AWS region to deploy into, default: us-west-2 }",
    "    containerPort: { description: The port to expose on the container, default: 80 }",
  ].join("\n"),
  "tsconfig.json": `{"compilerOptions":{"strict":true,"target":"es2020","module":"nodenext","moduleResolution":"nodenext"}}`,
  "index.ts": `import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";

const config = new pulumi.Config();
const containerPort = config.getNumber("containerPort") || 80;
const cpu = config.getNumber("cpu") || 512;
const memory = config.getNumber("memory") || 128;

const cluster = new aws.ecs.Cluster("cluster", {});
const loadbalancer = new awsx.lb.ApplicationLoadBalancer("loadbalancer", {});
const repo = new awsx.ecr.Repository("repo", {
    forceDelete: true,
});
const image = new awsx.ecr.Image("image", {
    repositoryUrl: repo.url,
    context: "./app",
    platform: "linux/amd64",
});
const service = new awsx.ecs.FargateService("service", {
    cluster: cluster.arn,
    assignPublicIp: true,
    taskDefinitionArgs: {
        container: {
            name: "app",
            image: image.imageUri,
            cpu: cpu,
            memory: memory,
            essential: true,
            portMappings: [{
                containerPort: containerPort,
                targetGroup: loadbalancer.defaultTargetGroup,
            }],
        },
    },
});
export const url = pulumi.interpolate\`http://\${loadbalancer.loadBalancer.dnsName}\`;
`,
};

const COMMONJS = {
  "Pulumi.yaml": "name: queues\nruntime: nodejs\n",
  "package.json": `{"name":"queues","main":"index.ts"}`,
  "index.ts": `
    import * as aws from "@pulumi/aws";
    import { Delay } from "./delays";
    export const arn = new aws.sqs.Queue("orders", { delaySeconds: Delay.Long }).arn;`,
  "delays/index.ts": "export enum Delay { Short = 1, Long = 60 }",
  "workbench.config.ts": `
    import type { WorkbenchConfig } from "@koa-fargate/workbench/config";
    export default { boxes: [{ name: "waiting", types: ["aws:sqs/"] }] } satisfies WorkbenchConfig;`,
  "orders.test.mts": `
    import { planStack } from "@koa-fargate/workbench/assert";
    const plan = await planStack("dev");
    plan.hasResource("aws:sqs/queue:Queue", { delaySeconds: 60 });
    console.log(plan.count("aws:sqs/queue:Queue"));`,
};

describe("the packed workbench, installed elsewhere", function () {
  let root: string;

  /** A copy is packed, for packing changes package.json for a moment; what `npm install` would bring lies beside it. */
  before(async () => {
    root = newFolder("package");
    const copy = join(root, "copy");
    const packed = join(copy, "packages/workbench");
    await cp(PACKAGE, packed, {
      recursive: true,
      filter: (source) => !/\/(?:node_modules|test|bench|dist)$/.test(source),
    });
    await cp(resolve(PACKAGE, "../../tsconfig.json"), join(copy, "tsconfig.json"));
    await symlink(MODULES, join(copy, "node_modules"));
    await run("npm", ["pack", "--pack-destination", root], { cwd: packed });
    const manifest = (folder: string) => readFile(join(folder, "package.json"), "utf8");
    expect(await manifest(packed)).to.equal(await manifest(PACKAGE));
    expect(await readdir(packed)).to.not.include.members(["dist"]);
    const [tarball = ""] = (await readdir(root)).filter((name) => name.endsWith(".tgz"));
    await run("tar", ["xzf", join(root, tarball), "-C", root]);

    const modules = join(root, "node_modules");
    const link = async (name: string): Promise<void> => {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(MODULES, name), join(modules, name));
    };
    for (const name of await readdir(MODULES))
      if (!["@koa-fargate", "@pulumi"].includes(name)) await link(name);
    for (const name of await readdir(join(MODULES, "@pulumi"))) await link(`@pulumi/${name}`);
    await cp(join(root, "package"), join(modules, "@koa-fargate/workbench"), { recursive: true });
    await rm(copy, { recursive: true });
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function project(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name, path)), { recursive: true });
      await writeFile(join(root, name, path), text);
    }
    return join(root, name);
  }

  const bin = (cwd: string, ...args: string[]) =>
    run(
      process.execPath,
      [join(root, "node_modules/@koa-fargate/workbench/dist/bin.js"), ...args],
      {
        cwd,
      },
    );
  const untimed = (text: string) => text.replace(/planned in [\d.]+ s/, "planned");

  it("needs no package that its package.json does not name", async () => {
    const folder = join(root, "node_modules/@koa-fargate/workbench");
    const { dependencies, peerDependencies } = JSON.parse(
      await readFile(join(folder, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const known = new Set([
      ...Object.keys({ ...dependencies, ...peerDependencies }),
      ...builtinModules,
      // Comes with the SDK, whose messages it encodes.
      "google-protobuf",
    ]);
    const imported = new Set<string>();
    for (const file of await readdir(join(folder, "dist"), { recursive: true })) {
      // The docs of this repository are written in it alone.
      if (!file.endsWith(".js") || file.startsWith("pipeline/docs/")) continue;
      const text = await readFile(join(folder, "dist", file), "utf8");
      for (const [, name = ""] of text.matchAll(
        /^(?:import|export)[^"';]* from "((?:@[\w-]+\/)?[\w:-]+)/gm,
      ))
        imported.add(name.replace(/^node:/, ""));
      for (const [, name = ""] of text.matchAll(/\bimport\("((?:@[\w-]+\/)?[\w:-]+)/g))
        imported.add(name.replace(/^node:/, ""));
    }
    expect([...imported].filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it("says what it does, and what it does not take", async () => {
    const { stdout } = await bin(root, "--help");
    expect(stdout).to.include("npx workbench plan [stack] [options]");
    for (const command of ["start", "rehearse", "doctor"])
      expect((await bin(root, command, "--help")).stdout).to.include(
        `\n  npx workbench ${command} `,
      );
    const refused = (...args: string[]) =>
      bin(root, ...args).catch((error: unknown) => error as { code: number; stderr: string });
    const { code, stderr } = (await refused("dance")) as { code: number; stderr: string };
    expect([code, stderr.split("\n")[0]]).to.deep.equal([2, "dance is not a command."]);
    expect(((await refused("plan", "dev")) as { stderr: string }).stderr).to.match(
      /^No Pulumi\.yaml lies in .* or above: plan in a Pulumi project, or name its folder by --root\.\n$/,
    );
  });

  it("plans Pulumi's own container template, awsx's components opened", async () => {
    const folder = await project("shop", TEMPLATE);
    const { stdout, stderr } = await bin(folder, "plan", "dev");
    expect(stderr).to.equal("");
    expect(untimed(stdout).split("\n")).to.deep.equal([
      "shop / dev   us-west-2   15 resources   planned, offline",
      "",
      "ecr       3   Image, LifecyclePolicy, Repository",
      "ecs       8   2 Role, Cluster, LogGroup, RolePolicyAttachment, 3 more",
      "lb        4   Listener, LoadBalancer, SecurityGroup, TargetGroup",
      "",
      "cost      49.15 USD a month idle   (tasks 18.02, load balancer 16.43, public IPv4 14.60, registry storage 0.10)",
      "rollout   rolling, done in 6 min 31 s at most; a task that stops answering is taken out after 60 s; nothing rolls a bad version back (alarmRollback is off)   (assumes 1 ECS rule, --assumptions)",
      "          The deployment circuit breaker is off: a rolling deployment whose tasks crash would go on for hours. Enable it with rollback.",
      "exposure  the internet reaches load balancer loadbalancer on every port, tasks of service on every port",
      "          a first answer takes 2 round trips to us-west-2",
      "guessed   The program runs in the account's default VPC: its id and those of three public subnets are invented.",
      "",
      "more: --tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json",
      "",
    ]);
    const diagram = await bin(folder, "plan", "dev", "--diagram");
    expect(diagram.stdout.split("\n").filter((line) => /-->|==>/.test(line))).to.deep.equal([
      '  callers ==>|"HTTP"| b3',
      '  b2 -->|"pulls its image"| b1',
      '  b3 -->|"requests"| b2',
    ]);
    const { stdout: json } = await bin(folder, "plan", "dev", "--json");
    const plan = JSON.parse(json) as Plan;
    expect(plan.outputs["url"]).to.match(
      /^http:\/\/loadbalancer-[0-9a-f]{7}-\d{10}\.us-west-2\.elb\.amazonaws\.com$/,
    );
    expect(plan.outputGrades).to.deep.equal({ url: "table" });
    const { stdout: findings } = await bin(folder, "doctor", "dev", "--offline", "--json").catch(
      (error: unknown) => error as { stdout: string },
    );
    expect((JSON.parse(findings) as { name: string }[]).map(({ name }) => name)).to.deep.equal([
      ...["Node", "Node for pulumi up", "Docker", "Pulumi CLI", "dev: configuration"],
      ...["dev: Elastic IP addresses", "dev: VPCs", "dev: Fargate vCPUs", "dev: region"],
    ]);
  });

  it("plans a CommonJS program with an enum and an import without extension; a test asserts on it", async () => {
    const folder = await project("queues", COMMONJS);
    const { stdout, stderr } = await bin(folder, "plan", "dev");
    expect(stderr).to.equal("");
    expect(untimed(stdout).split("\n")).to.deep.equal([
      "queues / dev   us-east-1   1 resource   planned, offline",
      "",
      "waiting  1   Queue",
      "",
      "guessed  Nothing sets aws:region: placeholders stand in.",
      "",
      "more: --tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json",
      "",
    ]);
    const tested = await run(process.execPath, ["orders.test.mts"], { cwd: folder });
    expect(tested.stdout).to.equal("1\n");
  });
});
