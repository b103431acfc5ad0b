import { expect } from "chai";
import { localBase, run as command } from "../../../../test/helpers/local-base.ts";
import { dockerIsHere } from "../../../../test/helpers/parts.ts";
import { ForeignRuns } from "./fixture/start.ts";

describe("npm start -- --docker", function () {
  let runs: ForeignRuns;
  before(function () {
    if (!dockerIsHere()) this.skip();
  });
  beforeEach(async () => {
    runs = await ForeignRuns.create();
  });
  afterEach(() => runs.end());

  it("runs the real image as the task definition says", async () => {
    const run = runs.start("--docker", "--config", `nodeImage=${localBase()}`);
    const url = await run.url();

    const answer = await (await fetch(url)).json();
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(run.err())?.[1] ?? "";
    const id = command("docker", ["ps", "--quiet", "--filter", `publish=${port}`]);
    const format = "{{json .HostConfig}}";
    const host = JSON.parse(command("docker", ["inspect", "--format", format, id])) as unknown;
    run.child.kill("SIGINT");

    expect(await run.exit).to.equal(0);
    expect(answer).to.deep.equal({ version: "one" });
    expect(host).to.deep.include({
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      Memory: 512 * 1024 * 1024,
      NanoCpus: 250_000_000,
    });
    expect(command("docker", ["ps", "--all", "--quiet", "--filter", `id=${id}`])).to.equal("");
    expect(run.out()).to.include("task 1 | foreign one listens\n");
  });

  it("builds and runs the Dockerfile of such an app with --docker", async () => {
    await runs.app.file(
      "Dockerfile",
      `FROM ${localBase()}\nENV PATH=/nodejs/bin\nWORKDIR /srv\nCOPY src/index.js .\nENTRYPOINT ["node"]\nCMD ["index.js"]\n`,
    );
    const run = runs.start("--docker", "--config", "build=dockerfile");
    const url = await run.url();

    const answer = await (await fetch(url)).json();
    run.child.kill("SIGINT");

    expect(await run.exit).to.equal(0);
    expect(answer).to.deep.equal({ version: "one" });
  });
});
