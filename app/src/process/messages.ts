import type { WorkerStatus } from "../ops/status.ts";

/** What the primary and its workers say to each other. */
export type Message =
  /** Primary to worker: begin to drain. */
  | { readonly type: "drain"; readonly reason: string; readonly delaySeconds: number }
  /** Worker to primary: how are all of us? */
  | { readonly type: "status-request"; readonly id: number }
  /** Primary to each worker. */
  | { readonly type: "status-query"; readonly id: string }
  /** Worker to primary. */
  | { readonly type: "status-answer"; readonly id: string; readonly status: WorkerStatus }
  /** Primary to the worker that asked. */
  | {
      readonly type: "status-response";
      readonly id: number;
      readonly startedAt: number;
      readonly restarts: number;
      readonly workers: readonly WorkerStatus[];
    };

/** Messages of Node itself pass on the same channel. */
export function isMessage(value: unknown): value is Message {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    TYPES.has(value.type)
  );
}

const TYPES: ReadonlySet<string> = new Set<Message["type"]>([
  "drain",
  "status-request",
  "status-query",
  "status-answer",
  "status-response",
]);
