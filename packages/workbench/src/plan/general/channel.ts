/** How the planning process asks its parent, without a socket or process of its own: lines of JSON over a pipe. */
import { readSync, writeSync } from "node:fs";
import { PlanError } from "../errors.ts";
import type { Plan } from "../types.ts";
import type { TranspileRequest } from "./loader.ts";
import type { Overrides } from "../stack-config.ts";

export interface ProgramRequest {
  stack: string;
  /** Folder of Pulumi.yaml. */
  root: string;
  /** Configuration in place of the stack file's. @default none */
  overrides?: Overrides;
}

/** What the planning process says: it waits for an answer to `transpile` alone. */
export type Message = { transpile: TranspileRequest } | { plan: Plan } | { error: string };

export type Response = { code: string } | { error: string };

/** File descriptor of the pipe in the planning process. */
const PIPE = 3;

export function send(message: Message): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += writeSync(PIPE, bytes, sent);
}

/** Asks and waits: module loading is synchronous. */
export function transpile(request: TranspileRequest): string {
  send({ transpile: request });
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(65_536);
  for (;;) {
    const read = readSync(PIPE, chunk);
    if (read === 0) throw new Error("The planner ended while the program was loading.");
    chunks.push(Buffer.from(chunk.subarray(0, read)));
    if (chunk[read - 1] === 10) break;
  }
  const response = JSON.parse(Buffer.concat(chunks).toString()) as Response;
  if ("error" in response) throw new PlanError(response.error);
  return response.code;
}
