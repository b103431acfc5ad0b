import { expect } from "chai";
import { adapt, type LocalService } from "../../src/local/adaptations.ts";
import { failure, intro, ready, wrap } from "../../src/local/report.ts";
import { serviceSpec } from "../../src/local/spec.ts";
import { isMetric, prefixed } from "../../src/local/terminal.ts";
import { fixturePlan } from "./fixture/plan.ts";

const spec = serviceSpec(fixturePlan());

describe("report of the local run", () => {
  it("begins with what runs and what is changed", () => {
    const local = adapt(spec, {
      docker: false,
      dataFolder: ".local/dev",
      dataPath: "/d",
      environment: {},
      secretFor: () => "key",
      platform: "",
      substitutions: {
        environment: { CACHE: "files", TABLE_NAME: null, CACHE_FOLDER: "{dataFolder}" },
        secrets: {},
      },
    });

    const lines = intro(spec, local).split("\n");

    expect(lines.slice(0, 2)).to.deep.equal([
      "dev on this machine: 2 tasks from the plan's task definition (node dist/server.js, port 8080, 0.25 vCPU, 512 MB)",
      "changed here: CACHE files (was redis), no TABLE_NAME, CACHE_FOLDER .local/dev,",
    ]);
    expect(Math.max(...lines.slice(1).map((line) => line.length))).to.be.at.most(110);
  });

  it("says so where the image alone knows its command", () => {
    const own = serviceSpec(fixturePlan({}, { entryPoint: null, command: null }));
    const local = { desiredCount: 1, changes: [] } as unknown as LocalService;

    expect(intro(own, local)).to.match(/\(the image's own command, port 8080, /);
  });

  it("breaks lists between items", () => {
    const item = "x".repeat(50);
    expect(wrap("list: ", [item, item, item])).to.equal(`list: ${item}, ${item},\n  ${item}`);
  });

  it("says where the service answers and what to press", () => {
    const url = new URL("http://127.0.0.1:8080");

    expect(ready(url, spec, ["curl a"], true).split("\n")).to.deep.equal([
      "load balancer  http://127.0.0.1:8080   GET /readyz every 5 s, unhealthy after 3 failures",
      "",
      "  curl a",
      "",
      "Ctrl-C drains and stops. r replaces all tasks one by one, as a deployment would.",
    ]);
    expect(ready(url, spec, [], false)).to.match(/\nCtrl-C drains and stops\.$/);
  });

  it("tells why an app does not start, and the port that it ignores; its lines were shown as it wrote them", () => {
    const outcome = {
      status: "failed",
      revision: "app-1",
      failedTasks: 1,
      reason: "task 1 is not healthy: GET /readyz nothing listens on port 41000",
      lastLines: ["one", "two"],
    } as const;

    expect(failure({ ...outcome, lastLines: [...outcome.lastLines] }, spec, false)).to.equal(
      "The app does not start: task 1 is not healthy: GET /readyz nothing listens on port 41000. The app has to listen on the port in PORT (8080 on Fargate).",
    );
  });

  it("tells that the tasks before serve on", () => {
    const text = failure(
      {
        status: "rolled-back",
        revision: "app-2",
        failedTasks: 1,
        reason: "task 3 ended with exit code 1",
        lastLines: [],
      },
      spec,
      false,
    );

    expect(text).to.equal(
      "app-2 was not taken, the tasks before serve on: task 3 ended with exit code 1. It wrote nothing.",
    );
  });

  it("puts the task before each line, without colour where nobody sees it", function () {
    if (process.stdout.isTTY) this.skip();
    expect(prefixed(2, "listening", "stdout")).to.equal("task 2 | listening");
  });

  it("knows CloudWatch's metric lines from those that people read", () => {
    expect(isMetric('{"_aws":{"Timestamp":1}}')).to.equal(true);
    expect(isMetric('{"level":"info","time":"2026","_aws":{"Timestamp":1}}')).to.equal(true);
    expect(isMetric('{"message":"\\"_aws\\":{"}')).to.equal(false);
    expect(isMetric('{"time":"2026-11-22T09:30:00Z","level":"info"}')).to.equal(false);
  });
});
