import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { Folders } from "../components/registry/helpers/folder.ts";
import { OWN_VPC } from "../../config/network-rules.ts";
import { appCommit } from "../../components/registry/app-commit.ts";
import { pinnedBase } from "../../components/registry/base-image.ts";
import { planFrozen } from "../helpers/frozen.ts";
import type { Json } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, names, one, parsed, planOf, show } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

const digest = `sha256:${"b".repeat(64)}`;

describe("options of a stack", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  it("an existing VPC takes the place of the network", async () => {
    const plan = await planOf("prod", {
      ...OWN_VPC,
      vpcId: "vpc-0123456789abcdef0",
      publicSubnetIds: ["subnet-0000000a", "subnet-0000000b"],
      privateSubnetIds: ["subnet-0000000c", "subnet-0000000d"],
    });
    const network = plan.resources.filter(
      ({ type, name }) => type.startsWith("awsx:") || name.startsWith("network"),
    );
    const inVpc = plan.resources.filter(({ inputs }) => "vpcId" in inputs);

    expect(names(network)).to.deep.equal([]);
    expect(names(inVpc)).to.deep.equal([
      "api-tasks",
      "load-balancer",
      "load-balancer-blue",
      "load-balancer-green",
    ]);
    for (const { inputs } of inVpc) expect(inputs["vpcId"]).to.equal("vpc-0123456789abcdef0");
    expect(one(plan, "lb/loadBalancer:LoadBalancer").inputs["subnets"]).to.deep.equal([
      "subnet-0000000a",
      "subnet-0000000b",
    ]);
    expect(
      at(one(plan, "ecs/service:Service").inputs, "networkConfiguration", "subnets"),
    ).to.deep.equal(["subnet-0000000c", "subnet-0000000d"]);
    expect(plan.outputs["vpcId"]).to.equal("vpc-0123456789abcdef0");
  });

  it("public tasks in an existing VPC run beside the load balancer", async () => {
    const publicSubnetIds = ["subnet-0000000a", "subnet-0000000b"];
    const plan = await planOf("dev", { vpcId: "vpc-01234567", publicSubnetIds });
    const network = one(plan, "ecs/service:Service").inputs["networkConfiguration"];

    expect(at(network, "subnets")).to.deep.equal(publicSubnetIds);
    expect(at(network, "assignPublicIp")).to.equal(true);
  });

  it("a pinned image is run as it is: nothing is built", async () => {
    const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@${digest}`;
    const plan = await planOf("dev", { image });
    const [container] = parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]) as {
      image: string;
      environment: { name: string; value: string }[];
    }[];

    expect(all(plan, "Image")).to.deep.equal([]);
    expect(plan.invokes.map(({ token }) => token)).to.deep.equal([
      "aws:index/getCallerIdentity:getCallerIdentity",
    ]);
    expect(container?.image).to.equal(image);
    expect(plan.outputs["imageUri"]).to.equal(image);
    expect(container?.environment.find(({ name }) => name === "REVISION")?.value).to.equal(
      "sha256:bbbbbbbbbbbb",
    );
  });

  it("a built image is named by its content and run by its digest", async () => {
    const plan = await planOf("dev");
    const { name, inputs } = one(plan, "Image");
    const url = one(plan, "Repository").outputs["repositoryUrl"] as string;
    const tag = name.slice("registry-".length);

    expect(tag).to.match(/^app-[0-9a-f]{16}$/);
    expect(inputs).to.deep.include({
      imageName: `${url}:${tag}`,
      build: {
        context: `.build/${tag}`,
        dockerfile: `.build/${tag}-dockerfile/Dockerfile`,
        platform: "linux/arm64",
        args: {
          NODE_IMAGE: pinnedBase(),
          COMMIT: appCommit("./test/fixtures/apps/hello"),
        },
      },
      skipPush: false,
    });
    expect(plan.outputs["imageUri"]).to.match(/^[^:]+@sha256:[0-9a-f]{64}$/);
  });

  it("a comment in a Dockerfile is no other image, also to the plugin that reads the file", async () => {
    const app = (comment: string) =>
      folders.make({
        Dockerfile: `# syntax=docker/dockerfile:1\nFROM node:24\n${comment}COPY . .\n`,
        ".dockerignore": "Dockerfile",
      });
    const image = async (appPath: string) => {
      const overrides = { appPath, build: "dockerfile" };
      const { name, inputs } = one(await planFrozen({ stack: "dev", overrides }), "Image");
      return { name, build: inputs["build"] as { dockerfile: string } };
    };
    const without = await image(app(""));
    expect(await image(app("  # What it needs.\n"))).to.deep.equal(without);
    expect(readFileSync(without.build.dockerfile, "utf8")).to.equal(
      "# syntax=docker/dockerfile:1\nFROM node:24\nCOPY . .\n",
    );
    expect(await image(app("USER 1\n"))).not.to.deep.equal(without);
  });

  it("an app's own Dockerfile is built for the stack's platform, and its image says what runs", async () => {
    const appPath = folders.make({
      Dockerfile: 'ARG COMMIT\nFROM node:24\nCOPY . .\nCMD ["node", "main.js"]\n',
      ".dockerignore": "Dockerfile",
      "main.js": "",
    });
    const plan = await planFrozen({ stack: "dev", overrides: { appPath, build: "dockerfile" } });
    const { name, inputs } = one(plan, "Image");
    const tag = name.slice("registry-".length);
    const [container] = parsed(
      one(plan, "TaskDefinition").inputs["containerDefinitions"],
    ) as Record<string, Json>[];

    expect(tag).to.match(/^app-[0-9a-f]{16}$/);
    expect(inputs["build"]).to.deep.equal({
      context: `.build/${tag}`,
      dockerfile: `.build/${tag}-dockerfile/Dockerfile`,
      platform: "linux/arm64",
      args: { COMMIT: "" },
    });
    expect(readdirSync(`.build/${tag}`).sort()).to.deep.equal([".dockerignore", "main.js"]);
    expect(container).not.to.have.any.keys("entryPoint", "command");
    expect(container).to.include({ user: "65532:65532", readonlyRootFilesystem: true });
  });

  it("an image whose tag an interrupted run pushed already is not pushed again", async () => {
    const overrides = {
      appPath: folders.make({ "package.json": "{}", "index.js": "console.log(1)" }),
    };
    const { name } = one(await planFrozen({ stack: "dev", overrides }), "Image");
    const imageTag = name.slice("registry-".length);
    const plan = await planFrozen({
      stack: "dev",
      phase: "up",
      overrides,
      calls: {
        "aws:ecr/getImages:getImages": (args) => ({
          ...args,
          id: "registry",
          imageIds: [
            { imageTag: "app-other", imageDigest: "sha256:other" },
            { imageTag, imageDigest: digest },
          ],
        }),
      },
    });

    expect(one(plan, "Image").inputs["skipPush"]).to.equal(true);
    expect(plan.outputs["imageUri"]).to.equal(
      `${show(one(plan, "Repository").outputs["repositoryUrl"])}@${digest}`,
    );
  });

  it("the registry's password is secret by our own doing, whatever the provider says", async () => {
    const plan = await planFrozen({
      stack: "dev",
      calls: {
        "aws:ecr/getAuthorizationToken:getAuthorizationToken": () => ({
          id: "eu-west-1",
          userName: "AWS",
          password: "correct horse battery",
        }),
      },
    });

    expect(one(plan, "Image").secretPaths).to.deep.equal(["registry.password"]);
    expect(JSON.stringify(plan)).not.to.include("correct horse battery");
  });

  it("another architecture or base is another image", async () => {
    const tags = await Promise.all(
      [{}, { cpuArchitecture: "amd64" }, { nodeImage: "mirror.example/node:24" }].map(
        async (overrides) => one(await planOf("dev", overrides), "Image").name,
      ),
    );

    expect(new Set(tags).size).to.equal(3);
  });

  it("amd64 tasks run an amd64 image", async () => {
    const plan = await planOf("dev", { cpuArchitecture: "amd64" });

    expect(at(one(plan, "Image").inputs, "build", "platform")).to.equal("linux/amd64");
    expect(at(one(plan, "TaskDefinition").inputs, "runtimePlatform", "cpuArchitecture")).to.equal(
      "X86_64",
    );
  });

  it("a stack without table has none, tells nobody of it, and says so", async () => {
    const plan = await planOf("dev", { table: "none" });
    const environment = at(
      parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]),
      0,
      "environment",
    ) as { name: string }[];

    expect(all(plan, "Table")).to.deep.equal([]);
    expect(environment.map(({ name }) => name)).not.to.include("TABLE_NAME");
    expect(names(all(plan, "MetricAlarm"))).not.to.include("observability-table-throttles");
    expect(plan.outputs["tableName"]).to.equal("");
  });

  it("always awake: no schedule, and capacity is the program's own", async () => {
    const plan = await planOf("dev", { awakeHours: "always" });

    expect(all(plan, "ScheduledAction")).to.deep.equal([]);
    expect(one(plan, "appautoscaling/target:Target").options.ignoreChanges ?? []).to.deep.equal([]);
  });

  it("discovery by DNS registers tasks in a private zone", async () => {
    const plan = await planOf("dev", { serviceDiscovery: "dns" });
    const registry = one(plan, "servicediscovery/service:Service");

    expect(one(plan, "PrivateDnsNamespace").inputs).to.deep.include({
      name: `${PROJECT}-dev.internal`,
      vpc: plan.outputs["vpcId"],
    });
    expect(registry.inputs["forceDestroy"]).to.equal(true);
    expect(registry.inputs["dnsConfig"]).to.deep.include({
      dnsRecords: [{ type: "A", ttl: 10 }],
      routingPolicy: "MULTIVALUE",
    });
    expect(one(plan, "ecs/service:Service").inputs["serviceRegistries"]).to.deep.equal({
      registryArn: registry.outputs["arn"],
    });
  });

  it("clients that discover tasks are let in by their own stacks: the tasks' group is an output", async () => {
    const plan = await planOf("dev", { serviceDiscovery: "dns" });
    const network = one(plan, "ecs/service:Service").inputs["networkConfiguration"];

    expect(at(network, "securityGroups")).to.deep.equal([plan.outputs["taskSecurityGroupId"]]);
  });

  it("discovery by Service Connect publishes the container's port", async () => {
    const plan = await planOf("prod", { serviceDiscovery: "connect" });

    expect(one(plan, "ecs/service:Service").inputs["serviceConnectConfiguration"]).to.deep.equal({
      enabled: true,
      namespace: one(plan, "HttpNamespace").outputs["arn"],
      services: [
        {
          portName: "http",
          discoveryName: "api",
          clientAlias: [{ dnsName: "api", port: 8080 }],
        },
      ],
    });
  });

  it("container metrics are as deep as configured", async () => {
    const settings = async (stack: string) =>
      one(await planOf(stack), "Cluster").inputs["settings"];

    expect(await settings("dev")).to.deep.equal([{ name: "containerInsights", value: "disabled" }]);
    expect(await settings("prod")).to.deep.equal([
      { name: "containerInsights", value: "enhanced" },
    ]);
  });

  it("every container is hardened, on every stack", async () => {
    for (const stack of ["dev", "prod"]) {
      const { inputs } = one(await planOf(stack), "TaskDefinition");

      expect(inputs).to.deep.include({
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        volumes: [{ name: "tmp" }],
      });
      expect(at(parsed(inputs["containerDefinitions"]), 0)).to.deep.include({
        user: "65532:65532",
        privileged: false,
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
      });
    }
  });
});
