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

/** What the app asks of the texts of an event. */
export const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;
export const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]+$/;
const DAY = 86_400_000;

/** What it asks and no usual schema says: the age of an event, the size of its properties, well-formed Unicode. */
export function refusedByRules({ time, user, properties = {} }) {
  const at = Date.parse(time);
  if (at < Date.now() - 90 * DAY || at > Date.now() + 300_000 || !user.isWellFormed()) return true;
  for (const [key, value] of Object.entries(properties))
    if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) return true;
  return Buffer.byteLength(JSON.stringify(properties)) > 1024;
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
