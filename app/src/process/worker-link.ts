import type { Config } from "../config.ts";
import type { StatusReport, WorkerStatus } from "../ops/status.ts";
import { statusReport } from "../ops/status.ts";
import type { Message } from "./messages.ts";
import { isMessage } from "./messages.ts";
import { workerNumber } from "./worker-number.ts";

export interface WorkerLink {
  /** State of all processes, asked from the primary; this process alone when the primary does not answer. */
  readonly collectStatus: (own: () => WorkerStatus) => Promise<StatusReport>;
  /** From now on answers the primary's questions for this process's state. */
  readonly answerWith: (own: () => WorkerStatus) => void;
}

const ANSWER_MILLISECONDS = 1500;

/** Listens to the primary. Undefined when this process is not a worker. */
export function joinPrimary(
  config: Config,
  onDrain: (reason: string, delaySeconds: number) => void,
): WorkerLink | undefined {
  if (workerNumber() === undefined) return undefined;
  const waiting = new Map<number, (report: StatusReport) => void>();
  let own: (() => WorkerStatus) | undefined;
  let lastId = 0;

  process.on("message", (message: unknown) => {
    if (!isMessage(message)) return;
    if (message.type === "drain") {
      onDrain(message.reason, message.delaySeconds);
    } else if (message.type === "status-query" && own !== undefined) {
      send({ type: "status-answer", id: message.id, status: own() });
    } else if (message.type === "status-response") {
      const { id, startedAt, workers, restarts } = message;
      waiting.get(id)?.(statusReport(config, startedAt, workers, restarts));
    }
  });

  return {
    answerWith: (status) => {
      own = status;
    },
    collectStatus: (status) =>
      new Promise((resolve) => {
        const id = (lastId += 1);
        const settle = (report: StatusReport): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(report);
        };
        const timer = setTimeout(() => {
          settle(statusReport(config, Date.now() - process.uptime() * 1000, [status()], 0));
        }, ANSWER_MILLISECONDS);
        waiting.set(id, settle);
        send({ type: "status-request", id });
      }),
  };
}

function send(message: Message): void {
  // The primary may be gone; then this process is about to end, too.
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
