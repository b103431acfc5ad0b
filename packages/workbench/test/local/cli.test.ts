import { expect } from "chai";
import { createServer, type AddressInfo } from "node:net";
import { createForeignApp, type ForeignApp } from "./fixture/foreign-app.ts";
import { load, until } from "./fixture/harness.ts";
import { ForeignRuns, start, type Run } from "./fixture/start.ts";
import { TASK_HOST } from "../../src/local/task-address.ts";

describe("npm start", function () {
  let app: ForeignApp;
  let runs: ForeignRuns;
  const foreign = (...args: string[]): Run => runs.start(...args);

  // It takes two intervals of a health check, and the shortest interval is five seconds: the other tests run meanwhile.
  let neverHealthy: Run;
  let sick: ForeignApp;
  before(async () => {
    sick = await createForeignApp();
    await sick.write(
      "sick",
      () =>
        `import { createServer } from "node:http";
        createServer((_, response) => response.writeHead(404).end()).listen(process.env.PORT);`,
    );
    const config = [
      `appPath=${sick.folder}`,
      "healthPath=/nowhere",
      "healthCheckIntervalSeconds=5",
      "healthCheckGracePeriodSeconds=0",
    ];
    neverHealthy = start(...config.flatMap((pair) => ["--config", pair]));
  });
  after(async () => {
    if (neverHealthy.child.exitCode === null) neverHealthy.child.kill("SIGKILL");
    await sick.remove();
  });

  beforeEach(async () => {
    runs = await ForeignRuns.create();
    ({ app } = runs);
  });
  afterEach(() => runs.end());

  it("serves a foreign app as the stack would run it, and drains on Ctrl-C", async () => {
    const run = foreign("--tasks", "2");
    const url = await run.url();

    const answers = await Promise.all([fetch(url), fetch(url)].map(async (r) => (await r).json()));
    // A terminal sends it to the whole group.
    process.kill(-(run.child.pid ?? 0), "SIGINT");
    const code = await run.exit;

    expect(answers).to.deep.equal([{ version: "one" }, { version: "one" }]);
    expect(code).to.equal(0);
    const out = run.out().split("\n");
    expect(out.slice(0, 2)).to.deep.equal([
      "dev on this machine: 2 tasks from the plan's task definition (node --max-heap-size=384 dist/server.js, port 8080, 0.25 vCPU, 512 MB)",
      "changed here: 2 tasks (was 1), PORT a free one for each task (was 8080),",
    ]);
    expect(out).to.include.members([
      "task 1 | foreign one listens",
      "task 2 | foreign one listens",
      `load balancer  ${url}   GET /health every 5 s, unhealthy after 2 failures`,
      `  curl -i ${url}/health`,
    ]);
    const err = run.err().replaceAll(/\d+\.\d s|:\d+/g, "N");
    expect(err.trimEnd().split("\n").sort()).to.deep.equal(
      [
        `  task 1  healthy after N   http://${TASK_HOST}N`,
        `  task 2  healthy after N   http://${TASK_HOST}N`,
        "draining and stopping",
        "  task 1  draining",
        "  task 2  draining",
        "  task 1  stopped (exit code 0)",
        "  task 2  stopped (exit code 0)",
      ].sort(),
    );
  });

  it("replaces the tasks on a source change without a failed request, and keeps them when it does not build or start", async () => {
    const run = foreign("--tasks", "2", "--watch");
    const url = await run.url();
    const stop = new AbortController();
    const running = load(url, 6, stop.signal);

    await until(() => run.err().includes("watching"), "watch");
    await app.write("two");
    await until(() => run.err().includes("all tasks run app-"), "replacement");
    const replaced = await (await fetch(url)).json();
    await app.write("three", () => "this is no JavaScript");
    await until(() => run.err().includes("serve on:"), "build error");
    await app.write("four", () => "console.error('no database'); process.exit(4);");
    await until(() => run.err().includes("exit code 4.\n"), "crash");
    const after = await (await fetch(url)).json();
    stop.abort();
    const result = await running;
    run.child.kill("SIGINT");

    expect(await run.exit).to.equal(0);
    expect(replaced).to.deep.equal({ version: "two" });
    expect(after).to.deep.equal({ version: "two" });
    expect(result.failures).to.deep.equal([]);
    expect(run.err()).to.match(/source changed, but the tasks before serve on: .*Expected ";"/);
    expect(run.err()).to.match(
      /app-[0-9a-f]{16} was not taken, the tasks before serve on: task \d ended with exit code 4\.\n/,
    );
    expect(run.err().split("no database")).to.have.length(2);
  });

  it("shows once what an app wrote that crashes at its start, with the places of its source", async () => {
    await app.write("bad", () => "console.log('connecting'); throw new Error('no database');");

    const run = foreign();

    expect(await run.exit).to.equal(1);
    const lines = run.err().trimEnd().split("\n");
    expect(lines.at(-1)).to.equal("The app does not start: task 1 ended with exit code 1.");
    expect(lines.filter((line) => line === "task 1 | Error: no database")).to.have.length(1);
    expect(run.err()).to.match(/\ntask 1 \| {5}at .*\/src\/index\.js:1:\d+\)?\n/);
    expect(
      run
        .out()
        .split("\n")
        .filter((line) => line === "task 1 | connecting"),
    ).to.have.length(1);
  });

  it("names a taken port in one sentence", async () => {
    const blocker = createServer();
    await new Promise<void>((listening) => blocker.listen(0, "127.0.0.1", listening));
    const { port } = blocker.address() as AddressInfo;

    const run = foreign("--port", String(port));
    const code = await run.exit;
    blocker.close();

    expect(code).to.equal(1);
    expect(run.err()).to.equal(
      `Port ${String(port)} is taken by another process: stop it, or choose another port with --port ${String(port + 1)}.\n`,
    );
  });

  it("names a missing Docker daemon in one sentence", async function () {
    const { DOCKER_HOST } = process.env;
    process.env["DOCKER_HOST"] = "tcp://127.0.0.1:1";
    const run = foreign("--docker");
    if (DOCKER_HOST === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = DOCKER_HOST;

    const code = await run.exit;

    expect(code).to.equal(1);
    expect(run.err()).to.match(
      /^--docker needs (a Docker daemon, and none answers: start Docker|the docker command, which is not on PATH: install Docker), or leave --docker out to run the app as a process\.\n$/,
    );
  });

  it("starts an app with a Dockerfile of its own by its start script", async () => {
    await app.package({ scripts: { start: "GREETING=hello node src/index.js" } });
    await app.file("Dockerfile", "FROM scratch\n");
    const run = foreign("--config", "build=dockerfile");
    const url = await run.url();

    const answer = await (await fetch(url)).json();
    run.child.kill("SIGINT");

    expect(await run.exit).to.equal(0);
    expect(answer).to.deep.equal({ version: "one" });
    expect(run.out().replaceAll(/\s+/g, " ")).to.include(
      `from the plan's task definition (the image's own command, port 8080, 0.25 vCPU, 512 MB) changed here: PORT a free one for each task (was 8080), the start script of ${app.folder} (GREETING=hello node src/index.js) in place of the image's own command, without its Dockerfile (--docker builds it), `,
    );
    expect(run.err()).to.include("  task 1  stopped (exit code 0)\n");
  });

  it("passes the sentences of a refused configuration on", async () => {
    const run = runs.startBare("--config", "desiredCuont=2");

    expect(await run.exit).to.equal(1);
    expect(run.err()).to.match(/desiredCuont is not a key\. Did you mean desiredCount\?/);
    expect(run.out()).to.equal("");
  });

  it("prints its help", async () => {
    const run = runs.startBare("--help");

    expect(await run.exit).to.equal(0);
    expect(run.out()).to.match(/^Runs the services of a stack on this machine/);
    expect(run.err()).to.equal("");
  });

  it("kills everything on a second Ctrl-C", async () => {
    await app.write(
      "deaf",
      (version) => `
      import { createServer } from "node:http";
      createServer((q, r) => r.end("${version}")).listen(process.env.PORT, () => console.log("pid " + process.pid));
      process.on("SIGTERM", () => {});`,
    );
    const run = foreign();
    await run.url();
    const task = /http:\/\/[\d.]+:\d+/.exec(run.err())?.[0] ?? "";
    expect(await (await fetch(task)).text()).to.equal("deaf");

    run.child.kill("SIGINT");
    await until(() => run.err().includes("draining and stopping"), "first");
    await new Promise((resolve) => setTimeout(resolve, 600));
    run.child.kill("SIGINT");
    const code = await run.exit;

    expect(code).to.equal(130);
    const answer = await fetch(task).then(
      () => "answered",
      () => "gone",
    );
    expect(answer).to.equal("gone");
  });

  it("ends when the app never gets healthy, and says what the health check found", async () => {
    expect(await neverHealthy.exit).to.equal(1);
    expect(neverHealthy.err()).to.match(
      /\nThe app does not start: task 1 is not healthy: GET \/nowhere answered 404\. It wrote nothing\.\n$/,
    );
  });
});
