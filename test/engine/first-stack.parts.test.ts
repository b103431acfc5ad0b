import { expect } from "chai";
import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunCommand } from "@koa-fargate/workbench/lib/command.ts";
import { EmulatedAws, REGION } from "../emulated/aws.ts";
import { hastenVerification } from "../emulated/clock.ts";
import { EmulatedPulumi } from "../emulated/pulumi.ts";
import { writeFrozenFiles } from "../helpers/frozen.ts";
import { Engine } from "./engine.ts";
import { changes, creation, skipAfterFailure } from "./first-stack.ts";
import { Life } from "./life.ts";
import { engineIsHere } from "../helpers/parts.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

describe("A fresh stack on the real engine, with containers", function () {
  let aws: EmulatedAws;
  let engine: Engine;
  let life: Life;

  before(async function () {
    if (!engineIsHere()) this.skip();
    const started = await EmulatedAws.start();
    if (started === undefined) this.skip();
    aws = started;
    const { baseImage, endpoint, health } = aws;
    engine = await Engine.start({ endpoint, baseImage, api: health.endpoint });
    const { project } = engine;
    for (const folder of ["packages/workbench/src/pipeline/smoke/broken-app", "test/fixtures/apps"])
      cpSync(path.join(ROOT, folder), path.join(project, folder), { recursive: true });
    const run: RunCommand = async (command, args) => {
      const { code, ...output } = await engine.exec(command, args);
      return { code: code ?? 1, ...output };
    };
    life = new Life({ run, project, aws });
  });

  after(async () => {
    // Unset where the tests were skipped.
    (life as Life | undefined)?.stop();
    await (engine as Engine | undefined)?.stop();
    await (aws as EmulatedAws | undefined)?.stop();
  });

  skipAfterFailure();
  creation(() => life);

  for (const plugin of ["docker", "awsx"] as const)
    it(`was made by the real ${plugin} plugin`, async function () {
      if (!engine.real.includes(plugin)) this.skip();
      const { stdout, stderr } = await life.pulumi("preview");
      expect(stdout + stderr).to.include(`using pulumi-resource-${plugin} from $PATH`);
    });

  changes(() => life);
});

describe("A fresh stack of the program alone, with containers", function () {
  const environment = { ...process.env };
  let aws: EmulatedAws;
  let life: Life;
  let settings: string;
  let putClockBack: () => void;

  before(async function () {
    const started = await EmulatedAws.start();
    if (started === undefined) this.skip();
    aws = started;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.health.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    putClockBack = hastenVerification(6);
    settings = mkdtempSync(path.join(tmpdir(), "first-stack-"));
    copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(settings, "Pulumi.yaml"));
    writeFrozenFiles(settings);
    const account = { region: REGION, accountId: "000000000000" };
    const { run } = new EmulatedPulumi(aws.cloud, account, settings);
    // Nothing here constructs a network.
    const config = {
      vpcId: "vpc-0a1b2c3d4e5f60718",
      publicSubnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
    };
    life = new Life({ run, project: ROOT, settings, aws, config });
  });

  after(async () => {
    process.env = environment;
    // Unset where the tests were skipped.
    (putClockBack as (() => void) | undefined)?.();
    (life as Life | undefined)?.stop();
    await (aws as EmulatedAws | undefined)?.stop();
    if ((settings as string | undefined) !== undefined)
      rmSync(settings, { recursive: true, force: true });
  });

  skipAfterFailure();
  creation(() => life);
  changes(() => life);
});
