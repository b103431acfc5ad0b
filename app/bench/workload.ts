import { createHash } from "node:crypto";
import type { ActivityReport } from "../src/events/reports.ts";
import { ACTIVITY } from "../test/helpers/memory-store.ts";

/** What every subject answers with and whom it lets in; handed over as a JSON file. */
export interface Workload {
  /** About 3 KB as JSON: 30 points. */
  readonly activity: ActivityReport;
  readonly apiKeys: readonly { readonly name: string; readonly sha256: string }[];
}

/** The key that the load sends. */
const API_KEY = "bench-key-0123456789abcdef";

const keyHash = (key: string): string => createHash("sha256").update(key).digest("hex");

export function makeWorkload(): Workload {
  return {
    activity: ACTIVITY,
    apiKeys: [
      { name: "writer", sha256: keyHash("another key") },
      { name: "bench", sha256: keyHash(API_KEY) },
    ],
  };
}

/** A request as the load balancer would pass it on, in one piece. */
function request(line: string, body?: string): Buffer {
  const headers = [
    `${line} HTTP/1.1`,
    "X-Forwarded-For: 203.0.113.7",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 443",
    "Host: api.example.com",
    "X-Amzn-Trace-Id: Root=1-67890abc-0123456789abcdef01234567",
    "User-Agent: bench/1.0",
    "Accept: application/json",
    `X-Api-Key: ${API_KEY}`,
  ];
  if (body !== undefined)
    headers.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from([...headers, "", body ?? ""].join("\r\n"));
}

/** One kind of request that all subjects are asked. */
export interface RequestKind {
  readonly name: string;
  readonly bytes: Buffer;
  readonly status: number;
  /** CPU time of fastify with the same features against the app's, at least. */
  readonly leastOfFastify: number;
}

export function requestKinds(): readonly RequestKind[] {
  const event = JSON.stringify({
    id: "7d9f6a52-27a5-4d1f-9b7c-2f1f54a3c6e1",
    name: "opened",
    user: "user-4711",
    feature: "search",
    time: new Date().toISOString(),
    properties: { plan: "team", duration: 417, mobile: false },
  });
  return [
    { name: "GET 3 KB", bytes: request("GET /v1/activity"), status: 200, leastOfFastify: 1 },
    {
      name: "POST 200 B",
      bytes: request("POST /v1/events", event),
      status: 202,
      leastOfFastify: 0.9,
    },
  ];
}
