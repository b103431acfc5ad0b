import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Plan } from "../plan/types.ts";
import { LocalRunError } from "../plan/plan-reader.ts";

export interface PlanInput {
  stack: string;
  /** Configuration in place of the stack file's. */
  overrides: Readonly<Record<string, string>>;
}

/** What the planning process sends back. */
export type PlanMessage = { plan: Plan } | { error: string };

const CHILD = fileURLToPath(new URL("./plan-child.ts", import.meta.url));

/**
 * Plans a stack in a process of its own: evaluating the program takes a second of CPU, in which the
 * load balancer here would answer nothing.
 *
 * @throws LocalRunError with what the program says, such as a refused key or a bundle that does not build.
 */
export async function planInProcess(input: PlanInput, signal?: AbortSignal): Promise<Plan> {
  const child = fork(CHILD, [], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = once(child, "exit");
  let message: PlanMessage | undefined;
  child.on("message", (received) => {
    message = received as PlanMessage;
  });
  child.send(input);
  await ended;
  if (message === undefined) {
    throw new LocalRunError(`The plan of ${input.stack} ended without a result.`);
  }
  if ("error" in message) throw new LocalRunError(message.error);
  return message.plan;
}
