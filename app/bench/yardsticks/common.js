import { hash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

/** What every subject answers with, and the keys that it knows: written by the bench. */
export const { activity, apiKeys } = JSON.parse(readFileSync(process.env.WORKLOAD_FILE, "utf8"));

export const accepted = (id) => ({
  accepted: 1,
  duplicate: 0,
  refused: 0,
  results: [{ index: 0, id, status: "accepted" }],
});

const keys = apiKeys.map(({ name, sha256 }) => ({ name, digest: Buffer.from(sha256, "hex") }));

/** Name of an API key, or undefined. */
export function authenticate(key) {
  const digest = hash("sha256", key, "buffer");
  return keys.find((known) => timingSafeEqual(known.digest, digest))?.name;
}

/** Paths of the other routes that the app has, so that every router has as many to tell apart. */
export const OTHER_ROUTES = [
  "/v1/events",
  "/v1/features",
  "/v1/kpis",
  "/v1/events/:id",
  "/livez",
  "/readyz",
  "/status",
  "/",
  "/docs",
  "/openapi.json",
  "/assets/:name",
];

export const SECURITY_HEADERS = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

/** Tells the bench the port, and the CPU time whenever it asks. */
export function report(server) {
  server.keepAliveTimeout = 65_000;
  process.on("message", () => process.send({ cpu: process.cpuUsage() }));
  process.send({ port: server.address().port });
}
