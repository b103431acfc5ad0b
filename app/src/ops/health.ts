import type { EventsService } from "../events/service.ts";
import { MAX_EVENT_LOOP_DELAY_MILLISECONDS } from "../http/shed.ts";
import type { Lifecycle } from "../process/lifecycle.ts";
import type { EventLoopMonitor } from "./event-loop.ts";

export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reasons: readonly ("draining" | "store" | "event-loop")[];
}

/** Whether the process should get traffic: not while it drains, has no store, or its event loop lags. */
export function readiness(
  lifecycle: Lifecycle,
  events: EventsService,
  eventLoop: EventLoopMonitor,
): Readiness {
  const reasons: Readiness["reasons"][number][] = [];
  if (lifecycle.draining) reasons.push("draining");
  if (events.status().state === "down") reasons.push("store");
  if (eventLoop.delayMilliseconds > MAX_EVENT_LOOP_DELAY_MILLISECONDS) reasons.push("event-loop");
  return { ready: reasons.length === 0, reasons };
}
