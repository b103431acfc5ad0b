import { openTunedService } from "../../../app/src/store/dynamodb/service.ts";
import { itKeepsTheContract, present } from "./contract.ts";
import type { Emulator } from "./dynamodb-emulator.ts";
import { startEmulator } from "./dynamodb-emulator.ts";

describe("DynamoDB store", () => {
  let emulator: Emulator | undefined;

  before(async function () {
    this.timeout(90_000);
    emulator = await startEmulator();
    if (emulator === undefined) this.skip();
  });

  after(() => emulator?.stop());

  itKeepsTheContract(async () => {
    const { createTable, endpoint } = present(emulator);
    const tableName = await createTable();
    return {
      open: (options) => {
        const store = { kind: "dynamodb", tableName, endpoint } as const;
        // The emulator on a busy machine takes seconds for what DynamoDB answers in milliseconds.
        return openTunedService(store, { store, ...options }, { limits: { readLimit: 30_000 } });
      },
      remove: () => Promise.resolve(),
    };
  }, 6);
});
