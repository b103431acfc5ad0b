import { expect } from "chai";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Engine } from "./engine.ts";
import { resourcesByUrn } from "./state.ts";
import { PROJECT } from "../helpers/project.ts";
import { engineIsHere } from "../helpers/parts.ts";

interface Deployment {
  resources: { urn: string; type: string }[];
  pending_operations?: object[];
}
interface Exported {
  deployment: Deployment;
}
/** A stack's file in the backend. */
interface Stored {
  checkpoint: { latest: Deployment };
}

/** What docs/runbook.md marks as tried. */
describe("Recovery on the real engine", function () {
  let engine: Engine;
  /** Folder of the backend. */
  let backend: string;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    backend = path.join(engine.project, "../state/.pulumi");
    await engine.succeed(["stack", "init", "dev"]);
    await engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  const exported = (): Promise<string> => engine.succeed(["stack", "export", "--stack", "dev"]);
  const unchanged = (): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);

  it("a lock stops up but no preview, and cancel takes it away", async () => {
    const locks = path.join(backend, `locks/organization/${PROJECT}/dev`);
    mkdirSync(locks, { recursive: true });
    const lock = { pid: 2658, username: "runner", hostname: "fv-az1", timestamp: new Date() };
    writeFileSync(path.join(locks, "ae37c3e0.json"), JSON.stringify(lock));

    await unchanged();
    const up = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    expect(up.code).to.not.equal(0);
    expect(up.stdout + up.stderr).to.match(/the stack is currently locked by 1 lock\(s\)/);

    await engine.succeed(["cancel", "--yes", "--stack", "dev"]);
    expect(readdirSync(locks)).to.deep.equal([]);
  });

  it("a refresh forgets what was never created, and leaves the rest as it is", async () => {
    const before = await exported();
    // An import takes pending operations away, so they go where a run that died would have left them.
    const file = path.join(backend, `stacks/${PROJECT}/dev.json`);
    const { checkpoint, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Stored;
    const service = checkpoint.latest.resources.find(
      ({ type }) => type === "aws:ecs/service:Service",
    );
    checkpoint.latest.pending_operations = [
      { resource: { ...service, urn: `${service?.urn ?? ""}-lost` }, type: "creating" },
    ];
    writeFileSync(file, JSON.stringify({ ...rest, checkpoint }));

    const up = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    expect(up.code, up.stdout + up.stderr).to.equal(0);
    expect(up.stdout + up.stderr).to.include("with 1 pending operations from previous deployment");

    await engine.succeed(["refresh", "--stack", "dev", "--yes", "--clear-pending-creates"]);
    const after = await exported();
    expect((JSON.parse(after) as Exported).deployment.pending_operations ?? []).to.deep.equal([]);
    const urns = (text: string): string[] => [...resourcesByUrn(text).keys()].sort();
    expect(urns(after)).to.deep.equal(urns(before));
  });

  it("a lost state comes back from Pulumi's own copies", async () => {
    const urns = [...resourcesByUrn(await exported()).keys()];
    const file = path.join(backend, `stacks/${PROJECT}/dev.json`);
    rmSync(file);
    rmSync(`${file}.bak`, { force: true });
    expect((await engine.pulumi(["stack", "export", "--stack", "dev"])).code).to.equal(6);

    const history = path.join(backend, `history/${PROJECT}/dev`);
    const newest = readdirSync(history)
      .filter((name) => name.endsWith(".checkpoint.json"))
      .sort()
      .at(-1);
    copyFileSync(path.join(history, newest ?? ""), file);
    expect([...resourcesByUrn(await exported()).keys()]).to.deep.equal(urns);
    await unchanged();
  });

  it("a destroy without its preview deletes what is not protected before it refuses", async () => {
    const { deployment } = JSON.parse(await exported()) as Exported;
    const table = deployment.resources.find(({ type }) => type === "aws:dynamodb/table:Table");
    await engine.succeed(["state", "protect", table?.urn ?? "", "--stack", "dev", "--yes"]);
    const destroy = ["destroy", "--stack", "dev", "--yes", "--skip-preview"];
    expect((await engine.pulumi(destroy)).code).to.not.equal(0);
    const left = (JSON.parse(await exported()) as Exported).deployment.resources;
    const types = left.map(({ type }) => type);
    expect(types).to.include("aws:dynamodb/table:Table");
    expect(types).to.not.include("aws:ecs/service:Service");
  });

  it("a preview of an empty stack lists what to import", async () => {
    await engine.succeed(["stack", "rm", "dev", "--force", "--yes", "--preserve-config"]);
    await engine.succeed(["stack", "init", "dev"]);
    const file = path.join(engine.project, "import.json");
    await engine.succeed(["preview", "--stack", "dev", "--import-file", file]);
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
      resources: { type: string }[];
    };
    const types = resources.map(({ type }) => type);
    expect(types).to.include.members(["aws:dynamodb/table:Table", "aws:ecs/service:Service"]);
  });
});
