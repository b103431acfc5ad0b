import { randomFillSync } from "node:crypto";

/** Position of a request in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits; `spanId`, of this request, has 16. */
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the caller records the trace. */
  readonly sampled: boolean;
}

/** Version 00 ends after the flags; later ones may go on. */
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;
const AMZN_ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/;
const AMZN_SAMPLED = /(?:^|;)\s*Sampled=1(?:;|$)/;

/**
 * Continues the caller's trace: `traceparent` first, else the root of `X-Amzn-Trace-Id` (set by the load balancer),
 * else a new trace. Malformed headers are ignored, as the specification demands.
 */
export function traceContext(traceparent = "", amznTraceId = ""): TraceContext {
  const spanId = randomHex(8);
  const [, traceId, flags = ""] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId !== undefined)
    return { traceId, spanId, sampled: Number.parseInt(flags, 16) % 2 === 1 };
  const [, time, unique = ""] = AMZN_ROOT.exec(amznTraceId) ?? [];
  if (time === undefined) return { traceId: randomHex(16), spanId, sampled: false };
  return { traceId: time + unique, spanId, sampled: AMZN_SAMPLED.test(amznTraceId) };
}

/** The `traceparent` header that names this request as the parent. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? "01" : "00"}`;
}

/** One call to the random source serves a few hundred ids. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}
