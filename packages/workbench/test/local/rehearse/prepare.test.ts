import { expect } from "chai";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepare } from "../../../src/local/rehearse/prepare.ts";
import { createForeignApp, type ForeignApp } from "../fixture/foreign-app.ts";
import type { Json } from "../../../src/plan/types.ts";
import { fixturePlan } from "../fixture/plan.ts";

describe("what a rehearsal is prepared from", () => {
  let app: ForeignApp;
  beforeEach(async () => {
    app = await createForeignApp();
    await mkdir(join(app.folder, ".build/app-0123456789abcdef"), { recursive: true });
  });
  afterEach(() => app.remove());

  const of = async (container: Record<string, Json>) => {
    const plan = fixturePlan({}, container);
    const options = { factor: 60, clients: 1, rate: 1 };
    const prepared = await prepare(
      { ...options, plan: { ...plan, config: { appPath: "." } }, root: app.folder },
      1,
    );
    await rm(prepared.dataFolder, { recursive: true });
    return prepared;
  };

  it("names what the app itself puts in place of AWS", async () => {
    await app.package({
      local: { environment: { CACHE: "files", TABLE_NAME: null, FOLDER: "{dataFolder}" } },
    });
    const { differences, adapted, dataFolder } = await of({});

    expect(differences.slice(2)).to.deep.equal([
      "CACHE files (was redis), no TABLE_NAME, FOLDER a folder of this rehearsal",
    ]);
    expect(adapted.environment["FOLDER"]).to.equal(dataFolder);
  });

  it("names nothing for an app that is as in the stack, and asks for its root without examples", async () => {
    const { differences, requests } = await of({});

    expect(differences).to.have.length(2);
    expect(requests).to.deep.equal([{ path: "/" }]);
  });

  it("names the start script of an app with a Dockerfile of its own", async () => {
    await app.package({ scripts: { start: "node src/index.js" } });
    const { differences, start } = await of({ entryPoint: null, command: null });

    expect(differences[2]).to.match(/^the start script of \. \(node src\/index\.js\) in place/);
    expect(start.cwd).to.equal(app.folder);
  });
});
