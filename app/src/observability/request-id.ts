import { randomBytes } from "node:crypto";

const ACCEPTABLE = /^[A-Za-z0-9._-]{8,128}$/;
const processPrefix = randomBytes(6).toString("hex");
let counter = 0;

/** The caller's id when it is harmless to log and echo; else an id of this process: random prefix and a counter. */
export function requestId(header: string): string {
  if (ACCEPTABLE.test(header)) return header;
  counter += 1;
  return `${processPrefix}-${counter.toString(36)}`;
}
