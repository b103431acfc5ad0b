/**
 * The app with all its features and a store that takes no time. Bundled as the image's app is, with this file as the entry.
 */
import { readFileSync } from "node:fs";
import { readConfig } from "../../../app/src/config.ts";
import { Log } from "../../../app/src/ops/log.ts";
import { openStdout } from "../../../app/src/ops/stdout.ts";
import { startServer } from "../../../app/src/start.ts";
import type { Workload } from "../workload.ts";
import { CannedEvents } from "./canned-events.ts";

async function main(): Promise<void> {
  const file = process.env["WORKLOAD_FILE"] ?? "";
  const { activity, apiKeys } = JSON.parse(readFileSync(file, "utf8")) as Workload;
  const config = readConfig({
    ...process.env,
    PORT: "0",
    HOST: "127.0.0.1",
    AUTH: "api-key",
    API_KEY_HASHES: apiKeys.map(({ name, sha256 }) => `${name}:${sha256}`).join(","),
    RATE_LIMIT_PER_MINUTE: "10000000",
  });
  const { port } = await startServer(config, {
    log: new Log(openStdout(), config.logLevel),
    events: new CannedEvents(activity),
  });
  process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
  process.send?.({ port });
}

void main();
