/**
 * A process that adds batches as fast as it can, and prints the number of each that was acknowledged. SIGTERM ends it as
 * the service ends: nothing new is added, what was added is finished.
 */
import { writeSync } from "node:fs";
import type { UsageEvent } from "../../src/events/event.ts";
import { openStore } from "../../src/store/open.ts";
import { type StoreConfig } from "../../src/store/store.ts";
import { BEGIN, DAY, HOUR } from "./arbitraries.ts";

export interface CrashWriterArgs {
  readonly store: StoreConfig;
  /** Begin of the ids. */
  readonly name: string;
  readonly firstBatch: number;
}

const CLIENTS = 4;
const BATCH = 6;

/** The events of a batch: always the same for a name and number. */
export function batchOf(name: string, number: number): UsageEvent[] {
  return Array.from({ length: BATCH }, (_, index) => {
    const at = number * BATCH + index;
    return {
      id: `${name}-${String(at)}`,
      name: at % 17 === 0 ? "error" : "opened",
      user: `user-${String((at * 7) % 23)}`,
      feature: ["search", "export", "billing"][at % 3] ?? "",
      // Around midnight.
      time: BEGIN + 5 * DAY - HOUR + at * 5000 + (at % 5) * 1_900_000,
    };
  });
}

async function main({ store: config, name, firstBatch }: CrashWriterArgs): Promise<void> {
  const store = await openStore(config);
  let next = firstBatch;
  let stopping = false;
  process.once("SIGTERM", () => {
    stopping = true;
  });
  const client = async (): Promise<void> => {
    while (!stopping) {
      const number = next++;
      await store.add(batchOf(name, number));
      writeSync(1, `${String(number)}\n`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await store.close();
}

const [, script, args] = process.argv;
if (script === import.meta.filename && args !== undefined)
  await main(JSON.parse(args) as CrashWriterArgs);
