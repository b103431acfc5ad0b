import { expect } from "chai";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import type { Station } from "@koa-fargate/workbench/pipeline/smoke/walk.ts";
import { EmulatedCloud } from "../emulated/cloud.ts";
import { environmentWithoutAws } from "../helpers/app.ts";
import { localBase } from "../helpers/local-base.ts";
import { startMinistack, type Ministack } from "../helpers/ministack.ts";
import { Engine } from "./engine.ts";
import { PROJECT } from "../helpers/project.ts";
import { dockerIsHere, engineIsHere } from "../helpers/parts.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const REGION = "eu-west-1";

/** The whole command: the real engine and program, tasks as containers behind an emulated load balancer. */
describe("npm run smoke:aws on the real engine and an emulated AWS", function () {
  // Each of the walk's deployments is watched for a minute.
  this.timeout(900_000);
  let ministack: Ministack;
  let cloud: EmulatedCloud;
  let engine: Engine;

  before(async function () {
    if (!engineIsHere() || !dockerIsHere()) this.skip();
    const started = await startMinistack("ecs,ecr,logs,sts,elasticloadbalancing,ec2,iam", {
      MINISTACK_REGION: REGION,
    });
    if (started === undefined) this.skip();
    ministack = started;
    const { endpoint } = ministack;
    const baseImage = localBase();
    cloud = new EmulatedCloud({ endpoint, region: REGION, baseImage });
    engine = await Engine.start({ endpoint, baseImage });
    cpSync(path.join(ROOT, "packages"), path.join(engine.project, "packages"), { recursive: true });
    // Containers do not reach what the emulator has.
    const file = path.join(engine.project, "Pulumi.dev.yaml");
    const dev = parseDocument(readFileSync(file, "utf8"));
    dev.setIn(
      ["config", `${PROJECT}:environment`],
      await environmentWithoutAws("dev", "/tmp/data"),
    );
    writeFileSync(file, dev.toString());
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
    await (cloud as EmulatedCloud | undefined)?.stop();
    await (ministack as Ministack | undefined)?.stop();
  });

  it("refuses another account than that of the credentials before anything is made", async () => {
    const { code, stderr } = await engine.exec("node", [
      "packages/workbench/src/pipeline/smoke/cli.ts",
      ...["dev", "--account", "123456789012"],
    ]);
    expect([code, stderr]).to.deep.equal([
      2,
      "The credentials are for account 000000000000, not 123456789012: nothing was done.\n",
    ]);
    expect(stackFiles(engine)).to.deep.equal(["Pulumi.dev.yaml", "Pulumi.prod.yaml"]);
  });

  it("walks from up to destroy, and leaves nothing but its report", async () => {
    const { code, stdout, stderr } = await engine.exec("node", [
      "packages/workbench/src/pipeline/smoke/cli.ts",
      ...["dev", "--short", "--account", "000000000000"],
    ]);

    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    const lines = stdout.split("\n");
    expect(
      lines.filter((line) => /^ {2}\S/.test(line)).map((line) => line.slice(2, 28)),
    ).to.deep.equal(
      [
        "init",
        "up",
        "request",
        "nothing to do",
        "rollout",
        "bad image",
        "rollback",
        "request after all",
        "destroy",
      ].map((name) => `ok    ${name.padEnd(20)}`),
    );
    const [, report = ""] = /^Report: (.+)$/m.exec(stdout) ?? [];
    const stations = JSON.parse(
      readFileSync(path.join(engine.project, report), "utf8"),
    ) as Station[];
    const bad = stations.find(({ name }) => name === "bad image")?.detail.split("\n")[0];
    expect(bad).to.equal(
      "pulumi up failed as it should: the deployment was rolled back: revision 3 is not running, revision 2 is.",
    );
    expect(await cloud.left()).to.deep.equal([]);
    expect(stackFiles(engine)).to.deep.equal(["Pulumi.dev.yaml", "Pulumi.prod.yaml"]);
    expect(await engine.succeed(["stack", "ls", "--json"])).to.equal("[]\n");
    expect(existsSync(path.join(engine.project, ".local/smoke"))).to.equal(true);
  });
  it("destroys the stack when a signal ends it early", async () => {
    let told = false;
    const { code, stdout, stderr } = await engine.exec(
      "node",
      [
        "packages/workbench/src/pipeline/smoke/cli.ts",
        ...["dev", "--short", "--account", "000000000000"],
      ],
      {
        watch: (text, child) => {
          if (told || !text.includes("== up")) return;
          told = child.kill("SIGTERM");
        },
      },
    );
    expect(code, `${stdout}\n${stderr}`).to.equal(1);
    expect(stderr).to.include("== SIGTERM: the walk ends here, and the stack is destroyed\n");
    const reached = stdout.split("\n").filter((line) => /^ {2}(?:ok|FAIL) /.test(line));
    expect(reached.map((line) => line.slice(8, 28).trim())).to.deep.equal([
      "init",
      "up",
      "destroy",
    ]);
    expect(await cloud.left()).to.deep.equal([]);
    expect(await engine.succeed(["stack", "ls", "--json"])).to.equal("[]\n");
  });
});

const stackFiles = ({ project }: Engine): string[] =>
  readdirSync(project)
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .sort();
