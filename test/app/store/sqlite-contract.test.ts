import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEventsService } from "../../../app/src/store/open.ts";
import { itKeepsTheContract } from "./contract.ts";

describe("SQLite store", () => {
  itKeepsTheContract(async () => {
    const directory = await mkdtemp(join(tmpdir(), "store-"));
    return {
      open: (options) => openEventsService({ store: { kind: "sqlite", directory }, ...options }),
      remove: () => rm(directory, { recursive: true }),
    };
  }, 25);
});
