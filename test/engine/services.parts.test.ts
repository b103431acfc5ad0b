import { expect } from "chai";
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { engineIsHere } from "../helpers/parts.ts";
import { Engine } from "./engine.ts";
import { resourcesByUrn } from "./state.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** What the four examples say, together. */
const SERVICES = `import { services as nightly } from "./examples/scheduled-task/services.ts";
import { services as admin } from "./examples/second-service/services.ts";
import { services as sideCar } from "./examples/side-car/services.ts";
import { services as worker } from "./examples/worker/services.ts";

export const services = { ...nightly, ...admin, ...worker, ...sideCar };
`;

describe("The services of the examples together, on the real engine", function () {
  let engine: Engine;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    cpSync(path.join(ROOT, "examples"), path.join(engine.project, "examples"), { recursive: true });
    await engine.succeed(["stack", "init", "dev"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("come to a stack that runs the main service alone, and replace nothing of it", async () => {
    await up();
    writeFileSync(path.join(engine.project, "services.ts"), SERVICES);
    const text = await up();

    // The side-car is a new revision. Nothing else of what was there goes.
    expect(text.match(/(?<=\+- |- {2})\S+ \S+ (?=replaced|deleted)/g)).to.deep.equal([
      "aws:ecs:TaskDefinition api ",
    ]);
    expect((await engine.control()).outages).to.deep.equal([]);
  });

  it("are what the outputs say, each verified, and then there is nothing to do", async () => {
    const outputs = JSON.parse(
      await engine.succeed(["stack", "output", "services", "--json", "--stack", "dev"]),
    ) as Record<string, Record<string, string>>;

    const serviceOf = (name: string): string => outputs[name]?.["serviceName"] ?? "";

    expect(Object.keys(outputs).sort()).to.deep.equal(["admin", "nightly", "worker"]);
    expect((await engine.control()).verified.sort()).to.deep.equal(
      [await output("serviceName"), ...["admin", "worker"].map(serviceOf)].sort(),
    );
    const schedule = [...(await state())].find(([urn]) => urn.includes("aws:scheduler/schedule:"));
    expect(schedule?.[1]).to.deep.include({
      state: "ENABLED",
      scheduleExpression: "cron(0 3 * * ? *)",
      scheduleExpressionTimezone: "Europe/Berlin",
    });
    expect(JSON.stringify(schedule?.[1]["target"])).to.contain(
      `"taskDefinitionArn":"${outputs["nightly"]?.["taskDefinitionArn"] ?? ""}"`,
    );
    await unchanged();
    await unchanged(["--refresh"]);
  });

  it("are shown and verified by the commands", async () => {
    const shown = JSON.parse(await command("status", "dev", "--json")) as {
      runningTasks: number;
      services: { service: string; schedule?: string; runningTasks?: number }[];
    };
    expect(shown.runningTasks).to.equal(1);
    expect(
      shown.services.map(({ service, schedule, runningTasks }) => [
        service,
        schedule ?? runningTasks,
      ]),
    ).to.deep.equal([
      ["admin", 1],
      ["worker", 1],
      ["nightly", "cron(0 3 * * ? *)"],
    ]);
    expect(await command("status", "dev", "nightly")).to.equal(
      "dev nightly   starts at cron(0 3 * * ? *)\n",
    );
    for (const name of ["admin", "worker"]) await command("verify", "dev", name);
  });

  it("fail `up` where one of them is not what was asked for, by its name", async () => {
    writeFileSync(
      path.join(engine.project, "examples/worker/app/worker.ts"),
      'console.log("another version");\n',
    );
    await engine.control({ outcome: "rolls-back" });
    const { code, stdout, stderr } = await engine.pulumi([
      ...["up", "--stack", "dev", "--yes", "--skip-preview"],
    ]);
    const said = stdout + stderr;

    expect(code).to.equal(1);
    expect(said).to.match(
      /^ {4}error: the deployment was rolled back: revision \d is not running, revision \d is\.$/m,
    );
    expect(said).to.include("npm run rollback -- dev worker");
  });

  it("go, and the main service stays; then all is destroyed", async () => {
    writeFileSync(
      path.join(engine.project, "services.ts"),
      'export const services = { api: { kind: "http" } };\n',
    );
    await up();
    const left = [...(await state()).keys()].filter((urn) => /admin|worker|nightly/.test(urn));
    expect(left).to.deep.equal([]);
    await unchanged();
    await engine.succeed(["destroy", "--stack", "dev", "--yes"]);
    expect([...(await state()).keys()]).to.deep.equal([]);
  });

  const command = async (...args: string[]): Promise<string> => {
    const cli = path.join(ROOT, "packages/workbench/src/live/cli.ts");
    const { code, stdout, stderr } = await engine.exec(process.execPath, [cli, ...args]);
    expect(code, `${args.join(" ")}: ${stdout}${stderr}`).to.equal(0);
    return stdout;
  };

  const up = (): Promise<string> =>
    engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);

  const unchanged = (flags: readonly string[] = []): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes", ...flags]);

  const output = async (name: string): Promise<string> =>
    (await engine.succeed(["stack", "output", name, "--stack", "dev"])).trim();

  const state = async (): Promise<ReturnType<typeof resourcesByUrn>> =>
    resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
});
