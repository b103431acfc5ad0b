import type { EventsService } from "../../../app/src/events/service.ts";
import type { DynamoDbTuning } from "../../../app/src/store/dynamodb/service.ts";
import { openTunedService } from "../../../app/src/store/dynamodb/service.ts";
import { present } from "./contract.ts";
import type { Emulator } from "./dynamodb-emulator.ts";
import { startEmulator } from "./dynamodb-emulator.ts";
import type { FaultProxy } from "./fault-proxy.ts";
import { startFaultProxy } from "./fault-proxy.ts";

/** A table of the emulator, behind a proxy that spoils calls. */
export interface FaultyTable {
  /** Of the running test. */
  readonly proxy: FaultProxy;
  /** Opens a service on the table; it is closed after the test. */
  open(tuning: DynamoDbTuning): Promise<EventsService>;
  /** Items whose sort key begins so. */
  count(prefix: string): Promise<number>;
}

/** Gives each test of the suite that calls this a table of its own; skips them where there is no emulator. */
export function faultyTable(): FaultyTable {
  let emulator: Emulator | undefined;
  let proxy: FaultProxy | undefined;
  let tableName = "";
  const opened: EventsService[] = [];

  before(async function () {
    this.timeout(90_000);
    emulator = await startEmulator();
    if (emulator === undefined) this.skip();
  });

  after(() => emulator?.stop());

  beforeEach(async () => {
    const { createTable, endpoint } = present(emulator);
    tableName = await createTable();
    proxy = await startFaultProxy(endpoint);
  });

  afterEach(async () => {
    // A service that still waits for the table gets its answer.
    if (proxy !== undefined) proxy.rule = () => undefined;
    await Promise.all(opened.splice(0).map((service) => service.close()));
    await proxy?.close();
    proxy = undefined;
  });

  return {
    get proxy() {
      return present(proxy);
    },
    open: async (tuning) => {
      const store = { kind: "dynamodb", tableName, endpoint: present(proxy).endpoint } as const;
      // Reports are given up for the faults of a test alone, not for the machine being busy.
      const limits = { readLimit: 30_000 };
      const service = await openTunedService(store, { store }, { limits, ...tuning });
      opened.push(service);
      return service;
    },
    count: (prefix) => present(emulator).count(tableName, prefix),
  };
}
