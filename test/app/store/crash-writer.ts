/**
 * A process that submits batches as fast as it can, and prints the number of each that was acknowledged. SIGTERM ends it
 * as the service ends: nothing new is submitted, what was submitted is finished.
 */
import { writeSync } from "node:fs";
import type { EventsServiceOptions, UsageEvent } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import { BEGIN, DAY } from "./arbitraries.ts";

export interface CrashWriterArgs {
  readonly store: EventsServiceOptions["store"];
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
      // Around midnight, at times beyond the reach of a session.
      time: BEGIN + 5 * DAY - 3_600_000 + at * 5000 + (at % 5) * 1_900_000,
    };
  });
}

async function main({ store, name, firstBatch }: CrashWriterArgs): Promise<void> {
  const service = await openEventsService({ store });
  let next = firstBatch;
  let stopping = false;
  process.once("SIGTERM", () => {
    stopping = true;
  });
  const client = async (): Promise<void> => {
    while (!stopping) {
      const number = next++;
      await service.submit(batchOf(name, number));
      writeSync(1, `${String(number)}\n`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await service.close();
}

const [, script, args] = process.argv;
if (script === import.meta.filename && args !== undefined)
  await main(JSON.parse(args) as CrashWriterArgs);
