import { expect } from "chai";
import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { appCommit } from "../../components/registry/app-commit.ts";
import {
  buildImage,
  containerArguments,
  dockerPlatform,
} from "@koa-fargate/workbench/local/docker.ts";
import { adapt } from "@koa-fargate/workbench/local/adaptations.ts";
import type { Example } from "@koa-fargate/workbench/project/app-examples.ts";
import { freePort } from "@koa-fargate/workbench/local/free-port.ts";
import { serviceSpec } from "@koa-fargate/workbench/local/spec.ts";
import type { ServiceSpec } from "@koa-fargate/workbench/local/spec-types.ts";
import { readSubstitutions } from "@koa-fargate/workbench/local/substitutions.ts";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { send } from "@koa-fargate/workbench/local/rehearse/load.ts";
import { appExamples } from "../helpers/app.ts";
import { localBase, run } from "../helpers/local-base.ts";
import { dockerIsHere } from "../helpers/parts.ts";

const MAX_APP_BYTES = 1.5 * 1024 * 1024;

interface Inspected {
  Size: number;
  Config: {
    User: string;
    Entrypoint: string[];
    Cmd: string[];
    WorkingDir: string;
    Labels: Record<string, string>;
  };
}

describe("The image of the app, run as its task definition says", function () {
  const container = `koa-fargate-test-${randomUUID().slice(0, 8)}`;
  let base: string;
  let image: string;
  let spec: ServiceSpec;
  let url: string;
  let healthPath: string;
  let examples: Example[];

  before(async function () {
    if (!dockerIsHere()) this.skip();
    base = localBase();
    const platform = await dockerPlatform();
    const cpuArchitecture = platform.endsWith("arm64") ? "arm64" : "amd64";
    const plan = await planStack({ stack: "dev", overrides: { nodeImage: base, cpuArchitecture } });
    // What follows is of bundles: an app's own Dockerfile has a base and a size of its own.
    if (plan.config["build"] === "dockerfile") this.skip();
    spec = withinLimits(serviceSpec(plan));
    image = await buildImage(spec.image, process.cwd(), platform);
    const port = await freePort();
    const { environment } = adapt(spec, {
      docker: true,
      dataFolder: "/tmp/data",
      dataPath: "/tmp/data",
      environment: {},
      secretFor: (name) => name,
      platform,
      substitutions: await readSubstitutions("app"),
    });
    healthPath = spec.targetGroups[0].healthCheck.path;
    examples = await appExamples(healthPath);
    const [verb = "run", ...args] = containerArguments(
      { spec, image, environment },
      container,
      port,
    );
    // docker reads the values of --env from its own environment.
    Object.assign(process.env, environment);
    run("docker", [verb, "--detach", ...args]);
    url = `http://127.0.0.1:${port}`;
    await answers(`${url}${healthPath}`);
  });

  after(() => {
    // It is gone already where every test ran.
    spawnSync("docker", ["rm", "--force", container], { stdio: "ignore" });
  });

  it("answers the app's own examples", async () => {
    for (const example of examples)
      expect(await send(new URL(url), undefined, example, {}), example.path).to.be.within(200, 399);
  });

  it("names the commit that it was built at", () => {
    const commit = appCommit("./app");
    expect(inspect(image).Config.Labels["org.opencontainers.image.revision"]).to.equal(commit);
  });

  it("runs as nobody, without capabilities, on a root that it cannot write", () => {
    const facts = inside(
      `const fs = require("node:fs");
       const write = (file) => { try { fs.writeFileSync(file, ""); return "ok"; } catch (e) { return e.code; } };
       const status = fs.readFileSync("/proc/1/status", "utf8");
       console.log(JSON.stringify({
         uid: process.getuid(),
         capabilities: /^CapEff:\\s*(\\w+)/m.exec(status)[1],
         root: write("/app/x"),
         tmp: write("/tmp/x"),
         shell: ["/bin/sh", "/bin/bash", "/busybox/sh"].some((file) => fs.existsSync(file)),
       }));`,
    );
    expect(JSON.parse(facts)).to.deep.equal({
      uid: 65532,
      capabilities: "0000000000000000",
      root: "EROFS",
      tmp: "ok",
      shell: false,
    });
  });

  it("passes the health check that the task definition runs inside it", async function () {
    if (!spec.container.hasContainerHealthCheck) this.skip();
    const plan = await planStack({ stack: "dev" });
    const definition = plan.resources.find(
      ({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition",
    );
    const [app] = JSON.parse(definition?.inputs["containerDefinitions"] as string) as {
      healthCheck: { command: string[] };
    }[];
    const [kind, ...command] = app?.healthCheck.command ?? [];
    expect(kind).to.equal("CMD");
    run("docker", ["exec", container, ...command]);
  });

  it("adds little to its base, and names a user and a command of its own", () => {
    const own = inspect(image);
    const bare = inspect(base);
    expect(own.Size - bare.Size).to.be.below(MAX_APP_BYTES);
    expect(own.Size / bare.Size).to.be.below(1.1);
    expect(own.Config.User).to.equal("65532:65532");
    expect(own.Config.Entrypoint).to.deep.equal(["node"]);
    expect(own.Config.Cmd).to.deep.equal(["dist/server.js"]);
    expect(own.Config.WorkingDir).to.equal("/app");
  });

  it("ends with 0 on SIGTERM, within its stop timeout", async () => {
    const started = Date.now();
    // Asked before it ends: --rm removes it with its exit code.
    const code = promisify(execFile)("docker", ["wait", container]);
    run("docker", ["stop", "--time", String(spec.container.stopTimeoutSeconds), container]);
    expect(Date.now() - started).to.be.below(spec.container.stopTimeoutSeconds * 1000);
    expect((await code).stdout.trim()).to.equal("0");
  });

  function inside(script: string): string {
    return run("docker", ["exec", container, "node", "-e", script]);
  }
});

/** A daemon cannot raise a limit above its own; ECS's hosts allow what the task definition asks for. */
function withinLimits(spec: ServiceSpec): ServiceSpec {
  const hardLimit = Number(run("sh", ["-c", "ulimit -Hn"]));
  const ulimits = spec.container.ulimits.map((limit) => ({
    ...limit,
    softLimit: Math.min(limit.softLimit, hardLimit),
    hardLimit: Math.min(limit.hardLimit, hardLimit),
  }));
  return Number.isNaN(hardLimit) ? spec : { ...spec, container: { ...spec.container, ulimits } };
}

function inspect(name: string): Inspected {
  const [inspected] = JSON.parse(run("docker", ["image", "inspect", name])) as Inspected[];
  if (inspected === undefined) throw new Error(`${name} is not an image`);
  return inspected;
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`${url} did not answer in 10 s`);
}
