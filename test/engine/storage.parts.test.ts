import { expect } from "chai";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { engineIsHere } from "../helpers/parts.ts";
import { Engine } from "./engine.ts";

const FOLDER = "public/assets";
/** What holds something that no deployment makes again. */
const STATEFUL = /:(Bucket|Table|LogGroup|Repository|Topic)$/;
const TABLE = /dynamodb\/table:Table$/;

/** A stack that lives without exports, static files in S3 and replicas gets each of them, and gives them back. */
describe("What is kept on the real engine", function () {
  this.timeout(900_000);
  let engine: Engine;
  let stateful: Map<string, string>;
  let files: string[];

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
    await up();
    stateful = await engine.ids(STATEFUL);
    files = readdirSync(path.join(engine.project, "app", FOLDER)).sort();
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("exports are refused without what they are made from, before anything changes", async () => {
    engine.configure("backupIntervalDays", 1);
    const { code, stdout, stderr } = await engine.pulumi(["preview", "--stack", "dev"]);

    expect(code).to.equal(1);
    expect(stdout + stderr).to.include("DynamoDB exports from point-in-time recovery alone");
  });

  it("exports come with recovery, which the same table gets", async () => {
    engine.configure("pointInTimeRecoveryDays", 7);
    await up();
    await untouched();

    const [table] = await engine.resources(TABLE);
    const [schedule] = await engine.resources(/scheduler\/schedule:Schedule$/);
    const { target } = schedule?.inputs as { target: { input: string } };
    expect(table?.inputs?.["pointInTimeRecovery"]).to.include({ recoveryPeriodInDays: 7 });
    expect(JSON.parse(target.input)).to.include({ TableArn: table?.outputs?.["arn"] });
  });

  it("static files go to the bucket; one that changes is beside the old one, for a rollback", async () => {
    const bucket = stateful.get("storage-assets") ?? "";
    engine.configure("assetsPath", FOLDER);
    await up();
    await untouched();
    const first = await base();
    const put = inBucket(bucket, first);
    expect(await objects()).to.deep.equal(put);

    writeFileSync(path.join(engine.project, "app", FOLDER, "style.css"), "body { color: teal }\n");
    await up();
    await untouched();
    const second = await base();
    expect(second).not.to.equal(first);
    expect(await objects()).to.deep.equal([...put, ...inBucket(bucket, second)].sort());
  });

  it("replicas come to the same table and go again; its stream stays", async () => {
    engine.configure("tableReplicas", ["eu-central-1", "eu-north-1"]);
    await up();
    await untouched();
    expect(await streams()).to.deep.equal([true, ["eu-central-1", "eu-north-1"]]);

    for (const [left, set] of [
      [["eu-north-1"], ["eu-north-1"]],
      [[], undefined],
    ] as const) {
      engine.configure("tableReplicas", set);
      await up();
      await untouched();
      expect(await streams()).to.deep.equal([true, left]);
    }
  });

  it("goes as a whole, with the files of every version", async () => {
    await engine.succeed(["destroy", "--stack", "dev", "--yes"]);

    expect(await engine.ids(/./)).to.deep.equal(new Map());
    expect(await objects()).to.deep.equal([]);
  });

  /** Nobody is cut off from the tasks meanwhile. */
  async function up(): Promise<void> {
    await engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    expect((await engine.control()).outages).to.deep.equal([]);
  }

  /** What is kept is the same, and a second `up` has nothing to do. */
  async function untouched(): Promise<void> {
    expect(await engine.ids(STATEFUL)).to.deep.equal(stateful);
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes", "--refresh"]);
  }

  const objects = async (): Promise<string[]> => (await engine.control()).objects;

  const inBucket = (bucket: string, folder: string): string[] =>
    files.map((file) => `${bucket}${folder}${file}`);

  /** The folder that tasks name in their pages, such as `/assets/1a2b3c4d5e6f/`. */
  async function base(): Promise<string> {
    const [task] = await engine.resources(/taskDefinition:TaskDefinition$/);
    const definitions = task?.inputs?.["containerDefinitions"] as string;
    return /"ASSETS_PATH","value":"([^"]+)"/.exec(definitions)?.[1] ?? definitions;
  }

  async function streams(): Promise<[unknown, string[]]> {
    const [table] = await engine.resources(TABLE);
    const replicas = (table?.inputs?.["replicas"] ?? []) as { regionName: string }[];
    return [table?.inputs?.["streamEnabled"], replicas.map(({ regionName }) => regionName).sort()];
  }
});
