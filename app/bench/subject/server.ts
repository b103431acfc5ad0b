/**
 * The app with all its features and a store that takes no time. Bundled as the image's app is, with this file as the entry.
 */
import { readFileSync } from "node:fs";
import { readConfig } from "../../src/config.ts";
import { createLog, standardOutput } from "../../src/observability/log.ts";
import { serve } from "../../src/process/serve.ts";
import type { AddResult } from "../../src/store/store.ts";
import { MemoryStore } from "../../test/helpers/memory-store.ts";
import type { Workload } from "../workload.ts";

/** Keeps nothing: what is measured is everything else. */
class InstantStore extends MemoryStore {
  override add(events: readonly unknown[]): Promise<AddResult> {
    const statuses = events.map(() => "accepted" as const);
    return Promise.resolve({ accepted: events.length, duplicates: 0, statuses });
  }
}

async function main(): Promise<void> {
  const { apiKeys } = JSON.parse(
    readFileSync(process.env["WORKLOAD_FILE"] ?? "", "utf8"),
  ) as Workload;
  const config = readConfig({
    ...process.env,
    PORT: "0",
    HOST: "127.0.0.1",
    AUTH: "api-key",
    API_KEY_HASHES: apiKeys.map(({ name, sha256 }) => `${name}:${sha256}`).join(","),
    RATE_LIMIT_PER_MINUTE: "10000000",
  });
  const output = standardOutput(false);
  const log = createLog(output, config.logLevel);
  const { port } = await serve(config, { log, output, store: new InstantStore() });
  process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
  process.send?.({ port });
}

void main();
