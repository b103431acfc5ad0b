import { openEventsService } from "../../../app/src/store/open.ts";
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
      open: (options) =>
        openEventsService({ store: { kind: "dynamodb", tableName, endpoint }, ...options }),
      remove: () => Promise.resolve(),
    };
  }, 6);
});
