import { openEventsService } from "../../../app/src/events/service.ts";
import { itKeepsTheContract } from "./contract.ts";
import type { Emulator } from "./ministack.ts";
import { startEmulator } from "./ministack.ts";

describe("DynamoDB store", () => {
  let emulator: Emulator | undefined;

  before(async function () {
    this.timeout(90_000);
    emulator = await startEmulator();
  });

  after(() => emulator?.stop());

  itKeepsTheContract(async (test) => {
    if (emulator === undefined) return test.skip();
    const { endpoint } = emulator;
    const tableName = await emulator.createTable();
    return {
      open: (options) =>
        openEventsService({ store: { kind: "dynamodb", tableName, endpoint }, ...options }),
      remove: () => Promise.resolve(),
    };
  }, 6);
});
