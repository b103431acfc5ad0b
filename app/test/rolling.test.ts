import { expect } from "chai";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { anEvent } from "./helpers/requests.ts";

const CLIENTS = 40;
/** Pause of each client between two requests: a load, and not all that the machine has. */
const PAUSE_MILLISECONDS = 50;
/** A balancer goes on routing to a task for a while after the task was told to stop. */
const STILL_ROUTED_MILLISECONDS = 300;

/** Two tasks behind a round-robin balancer whose clients keep their connections. */
class Balancer {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  targets: string[] = [];
  requests = 0;
  readonly failures: string[] = [];
  stopped = false;

  async clients(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
    this.#agent.destroy();
  }

  async #client(): Promise<void> {
    while (!this.stopped) {
      this.requests += 1;
      const target = this.targets[this.requests % this.targets.length] ?? "";
      const number = this.requests;
      const outcome = await this.#send(target, number);
      if (outcome !== "200" && outcome !== "202") this.failures.push(`${target}: ${outcome}`);
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  #send(target: string, number: number): Promise<string> {
    const post = number % 4 === 0;
    const body = post ? JSON.stringify(anEvent({ id: `e${number}` })) : undefined;
    return new Promise((resolve) => {
      const sent = request(
        target + (post ? "/v1/events" : "/v1/kpis"),
        {
          agent: this.#agent,
          method: post ? "POST" : "GET",
          headers: post ? { "Content-Type": "application/json" } : {},
        },
        (response) => {
          response.resume().once("end", () => {
            resolve(String(response.statusCode));
          });
        },
      );
      sent.once("error", (error) => {
        resolve(error.message);
      });
      sent.end(body);
    });
  }
}

describe("Replacing two tasks under load", function () {
  it("fails no request, and every task exits 0 long before its deadline", async () => {
    const balancer = new Balancer();
    const all: ServerProcess[] = [];
    const start = async (): Promise<{ server: ServerProcess; url: string }> => {
      const server = await startServer({ env: { DRAIN_DELAY_SECONDS: "3" } });
      all.push(server);
      return { server, url: server.url };
    };
    try {
      const old = [await start(), await start()];
      balancer.targets = old.map(({ url }) => url);
      const load = balancer.clients();
      await sleep(500);
      const stops: number[] = [];
      for (const { server, url } of old) {
        const fresh = await start();
        balancer.targets = [...balancer.targets, fresh.url];
        const signalled = performance.now();
        server.child.kill("SIGTERM");
        await sleep(STILL_ROUTED_MILLISECONDS);
        balancer.targets = balancer.targets.filter((target) => target !== url);
        const { code } = await server.exit;
        expect(code).to.equal(0);
        stops.push(performance.now() - signalled);
      }
      balancer.stopped = true;
      await load;

      expect(balancer.failures).to.deep.equal([]);
      expect(balancer.requests).to.be.above(50);
      expect(Math.max(...stops)).to.be.below(15_000);
    } finally {
      balancer.stopped = true;
      await Promise.all(all.map((server) => server.dispose()));
    }
  });
});
