import { openStore } from "../../src/store/open.ts";
import { itKeepsTheContract, present } from "./contract.ts";
import { emulatorConfig, startEmulator, type Emulator } from "./dynamodb-emulator.ts";

describe("DynamoDB store", () => {
  let emulator: Emulator | undefined;

  before(async function () {
    emulator = await startEmulator();
    if (emulator === undefined) this.skip();
  });

  after(() => emulator?.stop());

  itKeepsTheContract(async () => {
    const { createTable, endpoint } = present(emulator);
    const tableName = await createTable();
    return {
      open: (config) => openStore({ ...emulatorConfig(endpoint, tableName), ...config }),
      remove: () => Promise.resolve(),
    };
  }, 6);
});
