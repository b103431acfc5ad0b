import { expect } from "chai";
import { writeFrozenFiles } from "../../../../../test/helpers/frozen.ts";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument } from "yaml";
import { world } from "../../../src/pipeline/delivery/smoke.ts";
import { writeSmokeStack } from "../../../src/pipeline/smoke/stack-file.ts";
import { walk, type Station } from "../../../src/pipeline/smoke/walk.ts";
import { hastenVerification } from "../../../../../test/emulated/clock.ts";
import { EmulatedCloud } from "../../../../../test/emulated/cloud.ts";
import { EmulatedPulumi } from "../../../../../test/emulated/pulumi.ts";
import { environmentWithoutAws } from "../../../../../test/helpers/app.ts";
import { planOf } from "../../../../../test/stacks/helpers/plans.ts";
import { localBase } from "../../../../../test/helpers/local-base.ts";
import { startMinistack, type Ministack } from "../../../../../test/helpers/ministack.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { dockerIsHere } from "../../../../../test/helpers/parts.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../../..");
const REGION = "eu-west-1";
const STACK = "smoke-1";

/** What the emulator has no room for: a network of its own. */
const EMULATED: Readonly<Record<string, unknown>> = {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  publicSubnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
};

describe("The walk of smoke:aws against an emulated AWS with real containers", function () {
  const saved = { ...process.env };
  let ministack: Ministack;
  let cloud: EmulatedCloud;
  let good: EmulatedPulumi | undefined;
  let root: string;
  let putClockBack: () => void;

  before(async function () {
    if (!dockerIsHere()) this.skip();
    const started = await startMinistack("ecs,ecr,logs,sts,elasticloadbalancing,ec2,iam", {
      // Requests to a load balancer are not signed, so they do not name their region.
      MINISTACK_REGION: REGION,
    });
    if (started === undefined) this.skip();
    ministack = started;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: ministack.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    putClockBack = hastenVerification(6);
    cloud = new EmulatedCloud({
      endpoint: ministack.endpoint,
      region: REGION,
      baseImage: localBase(),
    });
    root = mkdtempSync(path.join(tmpdir(), "smoke-"));
    copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    writeFrozenFiles(root);
    const dev = parseDocument(readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8"));
    // Containers do not reach what the emulator has.
    const environment = await environmentWithoutAws("dev", "/tmp/data");
    for (const [key, value] of Object.entries({ ...EMULATED, environment }))
      dev.setIn(["config", `${PROJECT}:${key}`], value);
    writeFileSync(path.join(root, "Pulumi.dev.yaml"), dev.toString());
  });

  after(async () => {
    // Unset where the tests were skipped.
    (putClockBack as (() => void) | undefined)?.();
    await (cloud as EmulatedCloud | undefined)?.stop();
    await (ministack as Ministack | undefined)?.stop();
    process.env = saved;
    if ((root as string | undefined) !== undefined) rmSync(root, { recursive: true, force: true });
  });

  const newPulumi = (): EmulatedPulumi =>
    new EmulatedPulumi(cloud, { region: REGION, accountId: "000000000000" }, root);

  /** Walks with a service whose good version is at `appPath`. */
  async function walked(pulumi: EmulatedPulumi, appPath: string): Promise<Station[]> {
    const source = path.join(root, "Pulumi.dev.yaml");
    const target = path.join(root, `Pulumi.${STACK}.yaml`);
    await writeSmokeStack(source, target, { project: PROJECT, stack: STACK });
    const stack = parseDocument(readFileSync(target, "utf8"));
    stack.setIn(["config", `${PROJECT}:appPath`], appPath);
    writeFileSync(target, stack.toString());
    return walk({
      run: pulumi.run,
      world: { ...world, sleep: () => new Promise((resolve) => setTimeout(resolve, 50)) },
      root,
      project: PROJECT,
      stack: STACK,
      healthPath: (await planOf("dev")).config["healthPath"] as string,
      apps: {
        good: appPath,
        bad: "./packages/workbench/src/pipeline/smoke/broken-app",
        failing: "./packages/workbench/src/pipeline/smoke/failing-app",
      },
      // The emulator's ECS knows rolling deployments alone, and drains no targets.
      parts: { shifts: false, alarms: false, bands: false },
      alarms: () => Promise.resolve([]),
      progress: () => undefined,
    });
  }

  it("deploys, changes, is rolled back from what cannot start, is fixed and leaves nothing", async () => {
    good = newPulumi();
    const stations = await walked(good, "./app");
    const answered = "URL answered, N of N requests failed at first";
    expect(seen(stations)).to.deep.equal([
      [true, "init", `stack ${STACK}`],
      [true, "up", revision(1)],
      [true, "request", answered],
      [true, "nothing to do", "the preview is empty"],
      [true, "rollout", `${revision(2)}\n${answered}`],
      [
        true,
        "bad image",
        `pulumi up failed as it should: the deployment was rolled back: revision 3 is not running, revision 2 is.\n${answered}`,
      ],
      [true, "rollback", revision(4)],
      [true, "request after all", answered],
      [true, "destroy", "nothing is left"],
    ]);
    expect(await cloud.left()).to.deep.equal([]);
    expect(existsSync(path.join(root, `Pulumi.${STACK}.yaml`))).to.equal(false);
  });

  it("hands on why the bad version failed: what became of its tasks, and the last line of its log", () => {
    const { result } = good?.history.find(({ line }) => line.includes("broken-app")) ?? {};
    const cause = result?.stdout.split("\n").filter((line) => /^ {2}(?:why|cause) /.test(line));
    expect(cause?.map((line) => line.replace(/\(after .*\)/, "(after ...)"))).to.deep.equal([
      "  why     3 tasks of revision 3 stopped: essential container exited, exit code 1 (after ...)",
      '  cause   the app ended with exit code 1: "smoke test: this version ends at once" (last line of the log)',
    ]);
  });

  it("destroys what a deployment that stopped half-way left", async () => {
    const pulumi = newPulumi();
    const stations = await walked(pulumi, "./no-app");

    expect(seen(stations)).to.deep.equal([
      [true, "init", `stack ${STACK}`],
      [
        false,
        "up",
        "pulumi up ended with exit code 1: error: appPath is ./no-app, but there is no no-app/package.json. Point appPath to the folder of an npm package.",
      ],
      [true, "destroy", "nothing is left"],
    ]);
    // It had begun.
    expect(pulumi.deleted.filter((type) => type.startsWith("aws:ecr/"))).to.deep.equal([
      "aws:ecr/repository:Repository",
    ]);
    expect(await cloud.left()).to.deep.equal([]);
  });
});

const revision = (number: number): string =>
  `arn:aws:ecs:${REGION}:000000000000:task-definition/${PROJECT}-${STACK}:${number}`;

/** Stations without what a busy machine changes: the address, and how often a new task was asked too early. */
const seen = (stations: readonly Station[]): [boolean, string, string][] =>
  stations.map(({ name, passed, detail }) => [
    passed,
    name,
    detail.replace(/http:\S+ at \S+ answered, \d+ of \d+/, "URL answered, N of N"),
  ]);
