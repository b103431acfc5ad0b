import { expect } from "chai";
import type { AddResult, Store } from "../../src/store/store.ts";
import { openStore } from "../../src/store/open.ts";
import { BEGIN, HOUR } from "./arbitraries.ts";
import { event, expectReports, present } from "./contract.ts";
import { emulatorConfig, startEmulator, type Emulator } from "./dynamodb-emulator.ts";
import type { Call, Fault, FaultProxy } from "./fault-proxy.ts";
import { canceled, SERVER_ERROR, startFaultProxy, THROTTLED } from "./fault-proxy.ts";

const WRITERS = 50;
const EVENTS = 600;
const BATCH = 24;
/** How long a transaction holds its items, in ms: longer than the emulator takes, which never refuses one. */
const HELD = 60;

describe("50 tasks that write at the same time", function () {
  let emulator: Emulator | undefined;
  let proxy: FaultProxy | undefined;
  const stores: Store[] = [];

  before(async function () {
    emulator = await startEmulator();
    if (emulator === undefined) this.skip();
    proxy = await startFaultProxy(emulator.endpoint);
  });

  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await proxy?.close();
    await emulator?.stop();
  });

  it("lose and double nothing under conflicts, throttling and lost answers, each event sent by two", async () => {
    const tableName = await present(emulator).createTable();
    const { endpoint } = present(proxy);
    for (let number = 0; number < WRITERS; number++)
      stores.push(await openStore(emulatorConfig(endpoint, tableName)));
    const events = Array.from({ length: EVENTS }, (_, at) =>
      event({
        id: `event-${String(at)}`,
        name: at % 7 === 0 ? "error" : "opened",
        user: `user-${String(at % 40)}`,
        // Most of them of one feature on one day: the counters that all want.
        feature: at % 4 === 0 ? "export" : "search",
        time: BEGIN + (at % 5 === 0 ? 30 : 3) * HOUR,
      }),
    );
    const batches = Array.from({ length: EVENTS / BATCH }, (_, at) =>
      events.slice(at * BATCH, (at + 1) * BATCH),
    );
    const seen = { conflict: 0, throttled: 0, "lose-answer": 0, failed: 0 };
    present(proxy).rule = conflicts(seen);

    const results = await Promise.all(
      stores.map((store, at) => store.add(batches[at % batches.length] ?? [])),
    );
    present(proxy).rule = () => undefined;
    const sum = (of: (result: AddResult) => number): number =>
      results.reduce((all, result) => all + of(result), 0);
    expect(sum(({ accepted }) => accepted)).to.equal(EVENTS);
    expect(sum(({ duplicates }) => duplicates)).to.equal(EVENTS);
    await expectReports(present(stores[0]), events);
    for (const [kind, times] of Object.entries(seen))
      expect(times, `${kind}: ${JSON.stringify(seen)}`).to.be.greaterThan(10);
  });
});

/** Refuses transactions as DynamoDB does while another one holds an item of theirs, and spoils every fifth besides. */
function conflicts(seen: Record<string, number>): (call: Call) => Fault | undefined {
  const heldUntil = new Map<string, number>();
  const carriedOut = new Set<unknown>();
  let transactions = 0;
  const count = (kind: string): void => {
    seen[kind] = (seen[kind] ?? 0) + 1;
  };
  return (call) => {
    if (call.operation !== "TransactWriteItems") return undefined;
    const token = call.body["ClientRequestToken"];
    // A repetition of what was carried out gets its answer, whoever holds the items by now.
    if (carriedOut.has(token)) return undefined;
    const keys = (call.body["TransactItems"] as Action[]).map(keyOf);
    const now = performance.now();
    const met = keys.flatMap((key, at) => ((heldUntil.get(key) ?? 0) > now ? [at] : []));
    if (met.length > 0) {
      count("conflict");
      return canceled(call, Object.fromEntries(met.map((at) => [at, "TransactionConflict"])));
    }
    for (const key of keys) heldUntil.set(key, now + HELD);
    switch (transactions++ % 15) {
      case 3:
        count("throttled");
        return THROTTLED;
      case 7:
        count("lose-answer");
        carriedOut.add(token);
        return { kind: "lose-answer" };
      case 11:
        count("failed");
        return SERVER_ERROR;
      default:
        return undefined;
    }
  };
}

interface Key {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}

interface Action {
  readonly Put?: { readonly Item: Key };
  readonly Update?: { readonly Key: Key };
}

function keyOf({ Put, Update }: Action): string {
  const { pk, sk } = present(Put?.Item ?? Update?.Key);
  return `${pk.S} ${sk.S}`;
}
