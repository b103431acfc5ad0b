import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { itKeepsTheContract } from "./contract.ts";

describe("SQLite store", () => {
  itKeepsTheContract(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "store-"));
    return {
      open: (config) => openStore({ store: "sqlite", dataDir, storeTimeoutSeconds: 30, ...config }),
      remove: () => rm(dataDir, { recursive: true }),
    };
  }, 25);
});
