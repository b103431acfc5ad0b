import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { EventsServiceOptions } from "../../../app/src/events/service.ts";
import type { Backend, Question, StoreLimits } from "../../../app/src/store/service.ts";
import { StoreService } from "../../../app/src/store/service.ts";
import { failure } from "./contract.ts";

const OPTIONS: EventsServiceOptions = { store: { kind: "sqlite", directory: "unused" } };

/** Answers reports after `slow` ms, or says that they took too long; probes succeed unless the store is gone. */
class SlowBackend implements Backend {
  readonly kind = "sqlite";
  readonly parallel = 1;
  readonly groupSize = 10;
  readonly reports = 2;
  readonly lookups = 4;
  gone = false;
  running = 0;
  mostRunning = 0;
  asked = 0;
  readonly #slow: number;

  constructor(slow: number) {
    this.#slow = slow;
  }

  write(): Promise<never> {
    return Promise.reject(new Error("not used"));
  }

  async read(question: Question, limit: number): Promise<unknown> {
    if (question.kind === "event") return undefined;
    this.asked++;
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    await sleep(Math.min(this.#slow, limit));
    this.running--;
    if (this.#slow > limit) throw new Error("took too long");
    return question;
  }

  probeWrite(): Promise<void> {
    return Promise.resolve();
  }

  probeRead(): Promise<void> {
    return this.gone ? Promise.reject(new Error("gone")) : Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function open(
  slow: number,
  limits: StoreLimits,
): { backend: SlowBackend; service: StoreService; states: string[] } {
  const backend = new SlowBackend(slow);
  const states: string[] = [];
  const onStateChange: EventsServiceOptions["onStateChange"] = ({ state }) => states.push(state);
  return {
    backend,
    states,
    service: new StoreService(backend, { ...OPTIONS, onStateChange }, limits),
  };
}

/** Reports that ask for different days. */
function reports(service: StoreService, count: number): Promise<unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    service.kpis({ day: 20_000 + index, timeZone: "UTC" }),
  );
}

describe("Many slow reports at once", () => {
  it("wait for each other, and each gets its own answer", async () => {
    const { backend, service, states } = open(20, { readPatience: 60_000, readLimit: 60_000 });
    const answers = (await Promise.all(reports(service, 20))) as Question[];
    expect(answers.map((answer) => answer.kind === "kpis" && answer.query.day)).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => 20_000 + index),
    );
    expect([backend.mostRunning, backend.asked, states]).to.deep.equal([2, 20, []]);
  });

  it("are computed once for all that wait with the same question", async () => {
    const { backend, service } = open(20, { readPatience: 60_000, readLimit: 60_000 });
    const same = Array.from({ length: 100 }, () =>
      service.features({ fromDay: 1, toDay: 90, timeZone: "UTC", limit: 10 }),
    );
    await Promise.all(same);
    expect(backend.asked).to.equal(3);
  });

  it("are refused beyond the bound, at once and without a word about the store", async () => {
    const { service, states } = open(5, { readPatience: 60_000, readLimit: 60_000 });
    const outcomes = await Promise.all(
      reports(service, 50).map((report) =>
        report.then(
          () => "answered",
          (error: unknown) => (error instanceof Error ? error.name : ""),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "answered")).to.have.length(34);
    expect(outcomes.slice(34)).to.deep.equal(Array(16).fill("StoreBusyError"));
    expect([service.status().state, states]).to.deep.equal(["ok", []]);
  });

  it("that take too long do not bring the store down while its probe succeeds", async () => {
    const { backend, service, states } = open(60_000, { readPatience: 60_000, readLimit: 5 });
    const errors = await Promise.all(reports(service, 12).map((report) => failure(report)));
    expect(new Set(errors.map((error) => String(error)))).to.deep.equal(
      new Set(["StoreUnavailableError: The store did not take the call: took too long"]),
    );
    expect([states, service.status().reason]).to.deep.equal([["degraded"], "took too long"]);
    expect(await service.event("a")).to.equal(undefined);
    expect(service.status().state).to.equal("ok");

    backend.gone = true;
    await Promise.all(reports(service, 2).map((report) => failure(report)));
    while (service.status().state !== "down") await sleep(1);
    expect(service.status().reason).to.equal("gone");
    expect(String(await failure(service.event("a")))).to.equal(
      "StoreUnavailableError: The store is down: gone",
    );
    await service.close();
  });

  it("are begun by nobody once the service closes", async () => {
    const { backend, service } = open(20, { readPatience: 60_000, readLimit: 60_000 });
    const asked = reports(service, 4);
    const late = Promise.all(asked.slice(2).map((report) => failure(report)));
    await service.close();
    await Promise.all(asked.slice(0, 2));
    expect((await late).map(String)).to.deep.equal(
      Array(2).fill("StoreUnavailableError: The service is shutting down."),
    );
    expect(backend.asked).to.equal(2);
  });
});
