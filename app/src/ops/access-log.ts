import type { LogLevel } from "../config.ts";
import { isoTime } from "./clock.ts";

/** What the access log says about a request. */
export interface AccessRecord {
  readonly time: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Bytes of the response body. */
  readonly bytes: number;
  readonly clientAddress: string;
  readonly client: string | undefined;
  readonly userAgent: string | undefined;
}

const MAX_TEXT_CHARACTERS = 512;
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * One access line. Built by hand: members that can need no escaping are put in as they are, which takes half the time
 * of JSON.stringify over the whole record.
 */
export function accessLine(record: AccessRecord, level: LogLevel, type: "access" | "slow"): string {
  const client = record.client === undefined ? "" : `,"client":"${record.client}"`;
  const agent = record.userAgent === undefined ? "" : `,"userAgent":${quote(record.userAgent)}`;
  const milliseconds = Math.round(record.milliseconds * 100) / 100;
  return (
    `{"time":"${isoTime(record.time)}","level":"${level}","type":"${type}",` +
    `"requestId":"${record.requestId}","traceId":"${record.traceId}","spanId":"${record.spanId}",` +
    `"method":"${record.method}","path":${quote(record.path)},"route":"${record.route}",` +
    `"status":${record.status},"milliseconds":${milliseconds},"bytes":${record.bytes},` +
    `"clientAddress":${quote(record.clientAddress)}${client}${agent}}\n`
  );
}

function quote(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS && PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text.slice(0, MAX_TEXT_CHARACTERS));
}
