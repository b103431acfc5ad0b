import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Backend } from "../../src/store/service.ts";
import { createStore } from "../../src/store/service.ts";
import type { Store, StoreConfig } from "../../src/store/store.ts";
import { QueueFull, StoreUnavailable } from "../../src/store/store.ts";
import { event, failure } from "./contract.ts";

/** A store whose calls are answered by the test. */
function newService(calls: Partial<Backend>, config: Partial<StoreConfig> = {}): Store {
  const backend: Backend = {
    kind: "sqlite",
    lanes: 1,
    batchSize: 10,
    laneOf: () => 0,
    write: (events) => Promise.resolve(events.map(() => true)),
    event: () => Promise.resolve(undefined),
    list: () => Promise.resolve({ events: [] }),
    figures: () => Promise.resolve({ counts: [], users: [], byFeature: [] }),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...calls,
  };
  return createStore(backend, {
    store: "sqlite",
    dataDir: "",
    storeTimeoutSeconds: 0.1,
    ...config,
  });
}

/** Such as `down gone`. */
function stateOf(store: Store): string {
  const { state, reason } = store.stats();
  return reason === undefined ? state : `${state} ${reason}`;
}

/** Never answers, but ends with its signal. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });

describe("createStore", () => {
  it("gives up a commit that takes too long, is down by it, and up again by the next success", async () => {
    let hangs = true;
    const service = newService({
      write: (events, _lane, signal) =>
        hangs ? hang(signal) : Promise.resolve(events.map(() => true)),
    });
    const error = await failure(service.add([event({ id: "a" })]));
    expect(error).to.be.instanceOf(StoreUnavailable);
    expect(error).to.include({
      message: "The store did not take the call: it did not answer within 100 ms",
      retryAfterSeconds: 1,
    });
    expect(service.stats()).to.deep.include({
      state: "down",
      reason: "it did not answer within 100 ms",
      queueDepth: 0,
      queueLimit: 20_000,
    });
    hangs = false;
    expect(await service.add([event({ id: "a" })])).to.include({ accepted: 1 });
    expect(stateOf(service)).to.equal("ok");
  });

  it("is not down by a read that takes too long, but by one that fails", async () => {
    let read: (signal: AbortSignal) => Promise<never> = hang;
    const service = newService({ figures: (_query, signal) => read(signal) });
    expect(await failure(service.kpis({ day: 1 }))).to.be.instanceOf(StoreUnavailable);
    expect(stateOf(service)).to.equal("ok");

    // Node gives a connection that was refused at several addresses no message.
    read = () => Promise.reject(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }));
    expect(await failure(service.kpis({ day: 1 }))).to.be.instanceOf(StoreUnavailable);
    expect(stateOf(service)).to.equal("down ECONNREFUSED");
  });

  it("bounds the reads under way", async () => {
    const service = newService({ event: (_id, signal) => hang(signal) });
    const reads = Array.from({ length: 64 }, () => failure(service.event("a")));
    const refused = await failure(service.list({ limit: 1 }));
    expect(refused).to.be.instanceOf(QueueFull);
    expect(refused).to.include({
      message: "64 reads wait for the store.",
      retryAfterSeconds: 1,
    });
    await Promise.all(reads);
    expect(await service.list({ limit: 1 })).to.deep.equal({ events: [] });
  });

  it("asks at most once a second whether the store answers", async () => {
    let [pings, answers] = [0, true];
    const service = newService({
      ping: () => {
        pings++;
        return answers ? Promise.resolve() : Promise.reject(new Error("gone"));
      },
    });
    expect(await Promise.all([service.ready(), service.ready()])).to.deep.equal([true, true]);
    answers = false;
    expect([await service.ready(), pings]).to.deep.equal([true, 1]);
    await sleep(1010);
    expect([await service.ready(), pings]).to.deep.equal([false, 2]);
    expect(stateOf(service)).to.equal("down gone");
  });

  it("closes once, after what waits is committed", async () => {
    const order: string[] = [];
    const service = newService({
      write: async (events) => {
        await sleep(20);
        order.push("written");
        return events.map(() => true);
      },
      close: () => {
        order.push("closed");
        return Promise.resolve();
      },
    });
    const added = service.add([event({ id: "a" })]);
    await Promise.all([service.close(), service.close(), added]);
    expect(order).to.deep.equal(["written", "closed"]);
    expect(await service.ready()).to.equal(false);
    expect(await failure(service.add([]))).to.include({ message: "The store is closed." });
  });
});
