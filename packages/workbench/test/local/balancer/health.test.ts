import { expect } from "chai";
import {
  afterCheck,
  check,
  INITIAL,
  matches,
  type Health,
} from "../../../src/local/balancer/health.ts";
import { LOOPBACK, TASK_HOST } from "../../../src/local/task-address.ts";
import { startTarget } from "../fixture/harness.ts";

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };

function run(results: string, from: Health = INITIAL): string[] {
  const states: string[] = [];
  let health = from;
  for (const result of results) {
    health = afterCheck(health, result === "+", thresholds);
    states.push(health.state);
  }
  return states;
}

describe("health of a target", () => {
  it("takes one passing check at first, then the thresholds", () => {
    expect(run("+--++-+++")).to.deep.equal([
      "healthy",
      "healthy",
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "healthy",
    ]);
  });

  it("is unhealthy when a new target fails as often as the threshold says", () => {
    expect(run("--+++")).to.deep.equal([
      "initial",
      "unhealthy",
      "unhealthy",
      "unhealthy",
      "healthy",
    ]);
  });

  it("stays as it is while draining", () => {
    expect(run("+", { state: "draining", passes: 0, failures: 0 })).to.deep.equal(["draining"]);
  });

  it("reads every form of a matcher", () => {
    const cases: [string, number, boolean][] = [
      ["200", 200, true],
      ["200", 204, false],
      ["200-299", 299, true],
      ["200-299", 300, false],
      ["200,202", 202, true],
      ["200, 301-302", 302, true],
      ["200,202", 201, false],
    ];
    for (const [matcher, status, expected] of cases) {
      expect(matches(matcher, status), `${matcher} ${String(status)}`).to.equal(expected);
    }
  });
});

describe("health check", () => {
  it("asks as the load balancer does and closes its connection", async () => {
    const seen: (string | undefined)[] = [];
    const { server, port } = await startTarget((request, response) => {
      seen.push(request.url, request.headers["user-agent"], request.headers.connection);
      response.end();
    });

    const result = await check(
      { host: "127.0.0.1", port },
      { path: "/readyz", matcher: "200" },
      1000,
    );
    server.close();

    expect(result).to.deep.equal({ passed: true, reason: "answered 200" });
    expect(seen).to.deep.equal(["/readyz", "ELB-HealthChecker/2.0", "close"]);
  });

  it("fails in words by code, time-out and refused connection", async () => {
    const settings = { path: "/", matcher: "200" };
    const { server, port } = await startTarget((request, response) => {
      if (request.url === "/") response.writeHead(503).end();
    });
    const address = { host: "127.0.0.1", port };

    const busy = await check(address, settings, 1000);
    const silent = await check(address, { ...settings, path: "/silent" }, 50);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    const refused = await check(address, settings, 1000);

    expect(busy).to.deep.equal({ passed: false, reason: "answered 503" });
    expect(silent).to.deep.equal({ passed: false, reason: "no answer in 0.05 s" });
    expect(refused).to.deep.equal({
      passed: false,
      reason: `nothing listens on port ${String(port)}`,
      refused: true,
    });
  });

  it("tells an app that listens where no load balancer reaches it from one that does not listen", async function () {
    // On macOS without a network there is no other address.
    if (TASK_HOST === LOOPBACK) this.skip();
    const settings = { path: "/readyz", matcher: "200" };
    const { server, port } = await startTarget((_, response) => response.end());
    const address = { host: TASK_HOST, port };

    const alone = await check(address, settings, 1000);
    await new Promise((closed) => server.close(closed));
    const nobody = await check(address, settings, 1000);

    expect(alone).to.deep.equal({
      passed: false,
      reason:
        "reached nobody: the app listens on 127.0.0.1 alone, which only its own task reaches; let it listen on 0.0.0.0",
    });
    expect(nobody).to.deep.equal({
      passed: false,
      reason: `nothing listens on port ${port}`,
      refused: true,
    });
  });
});
