import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { ReadSize } from "../../../app/src/store/read-gate.ts";
import { ReadGate } from "../../../app/src/store/read-gate.ts";
import { failure } from "./contract.ts";

/** A gate for two reports and one lookup, whose calls wait to be finished by the test. */
function make(patience = 60_000): {
  ask: (size: ReadSize, key: string) => Promise<string>;
  begun: string[];
  finish: (key: string) => Promise<void>;
} {
  const gate = new ReadGate({
    reports: 2,
    lookups: 1,
    waiting: { report: 2, lookup: 1 },
    patience,
  });
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  return {
    begun,
    ask: (size, key) =>
      gate.run(size, key, () => {
        const answer = `${key}/${String(begun.push(key))}`;
        return new Promise((resolve) =>
          open.set(key, () => {
            resolve(answer);
          }),
        );
      }),
    finish: (key) => {
      open.get(key)?.();
      return sleep(1);
    },
  };
}

describe("ReadGate", () => {
  it("starts as many as may run, then one for each that ended, in their order", async () => {
    const { ask, begun, finish } = make();
    const answers = ["a", "b", "c", "d"].map((key) => ask("report", key));
    expect(begun).to.deep.equal(["a", "b"]);
    await finish("b");
    expect(begun).to.deep.equal(["a", "b", "c"]);
    await finish("a");
    await finish("c");
    await finish("d");
    expect(await Promise.all(answers)).to.deep.equal(["a/1", "b/2", "c/3", "d/4"]);
  });

  it("lets lookups pass by reports", () => {
    const { ask, begun } = make();
    for (const key of ["a", "b", "c"]) void ask("report", key);
    void ask("lookup", "event");
    expect(begun).to.deep.equal(["a", "b", "event"]);
  });

  it("says when to come back when too many wait, each size for itself", async () => {
    const { ask } = make(2500);
    for (const key of ["a", "b", "c", "d"]) void ask("report", key).catch(() => undefined);
    expect(await failure(ask("report", "e"))).to.include({
      name: "StoreBusyError",
      message: "2 reads wait for the store, at most 2 do.",
      retryAfterSeconds: 3,
    });
    void ask("lookup", "x");
    void ask("lookup", "y").catch(() => undefined);
    expect(await failure(ask("lookup", "z"))).to.include({ name: "StoreBusyError" });
  });

  it("shares the answer of an equal read that waits, but not of one under way", async () => {
    const { ask, begun, finish } = make();
    const first = ask("report", "a");
    void ask("report", "b");
    const equal = Array.from({ length: 20 }, () => ask("report", "a"));
    await finish("a");
    expect(begun).to.deep.equal(["a", "b", "a"]);
    await finish("a");
    expect(await first).to.equal("a/1");
    expect(new Set(await Promise.all(equal))).to.deep.equal(new Set(["a/3"]));
  });

  it("refuses what has waited too long, and never starts it", async () => {
    const { ask, begun, finish } = make(20);
    const answers = [ask("report", "a"), ask("report", "b")];
    expect(await failure(ask("report", "c"))).to.include({
      name: "StoreBusyError",
      message: "The read has waited for the store for 20 ms.",
      retryAfterSeconds: 1,
    });
    await finish("a");
    await finish("b");
    await Promise.all(answers);
    expect(begun).to.deep.equal(["a", "b"]);
  });

  it("gives the room of a failed read to the next", async () => {
    const gate = new ReadGate({
      reports: 1,
      lookups: 1,
      waiting: { report: 1, lookup: 1 },
      patience: 60_000,
    });
    const failed = failure(gate.run("report", "a", () => Promise.reject(new Error("gone"))));
    const next = gate.run("report", "b", () => Promise.resolve("b"));
    expect(await failed).to.include({ message: "gone" });
    expect(await next).to.equal("b");
  });
});
