/** Reads the message out of a log line, which may be plain text or a JSON record of a usual logger. */
import { stripVTControlCharacters } from "node:util";
import { parsed } from "../../lib/json.ts";

const LONGEST = 200;

/** Loggers name it `msg` (pino, bunyan), `message` (winston) or nest the error that they caught. */
const MESSAGE_KEYS = ["msg", "message", "error", "err", "reason"];

function messageOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  // What a validation found, such as all that is wrong with a configuration.
  if (Array.isArray(value))
    return value.map((item) => messageOf(item, depth + 1) ?? "").join("; ") || undefined;
  if (typeof value !== "object" || value === null || depth > 2) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  // The error says more than the sentence that it was logged with.
  const nested = messageOf(record["err"] ?? record["error"] ?? record["problems"], depth + 1);
  const own = MESSAGE_KEYS.map((key) => record[key]).find((text) => typeof text === "string");
  if (nested === undefined || nested === own) return own;
  return own === undefined ? nested : `${own}: ${nested}`;
}

/** The message of a line, without colour codes and cut to {@link LONGEST} characters. */
export function logMessage(line: string): string {
  const plain = stripVTControlCharacters(line).trim();
  const message = plain.startsWith("{") ? messageOf(parsed(plain)) : undefined;
  const text = (message ?? plain).replaceAll(/\s+/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** Frames of a stack trace and Node's closing lines say nothing about the cause. */
export function isNoise(message: string): boolean {
  return message === "" || /^(at |\^+$|Node\.js v|[{}\]]+$|node:internal|throw )/.test(message);
}

/** The messages of lines that say something, each with the place in the source that threw it, where the log names one. */
export function saidLines(lines: readonly string[]): string[] {
  const said: string[] = [];
  for (const line of withoutExcerpts(lines)) {
    const message = logMessage(line);
    const last = said.at(-1);
    if (!isNoise(message)) said.push(placed(message, framesOf(line)));
    // The frames of a trace that nobody wrapped stand below its message.
    else if (last !== undefined) said.push(placed(said.pop() ?? "", [message]));
  }
  return said;
}

/** Node prints an error that nobody caught with the file, its line and an arrow before it, which may be any text. */
function withoutExcerpts(lines: readonly string[]): string[] {
  const arrows = lines.flatMap((line, index) => (/^ *\^+$/.test(line) ? [index] : []));
  const excerpts = arrows.filter((index) => /^\S*\/\S+:\d+$/.test(lines[index - 2] ?? ""));
  const dropped = new Set(excerpts.flatMap((index) => [index - 2, index - 1, index]));
  return lines.filter((_, index) => !dropped.has(index));
}

/** Frames of the trace within a JSON record. */
function framesOf(line: string): string[] {
  const stack = /"stack":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? "";
  return stack.split("\\n").map((frame) => frame.trim());
}

/** What {@link saidLines} adds to a message. */
export const PLACE = / \(at [^)]+\)$/;

/** With the first place outside of Node and packages: `no table (at open, src/store.ts:4:9)`. */
function placed(message: string, frames: readonly string[]): string {
  if (PLACE.test(message)) return message;
  for (const frame of frames) {
    const [, name, place = ""] =
      /^at (?:(.+) \()?(?:file:\/\/)?([^()\s]+:\d+:\d+)\)?$/.exec(frame) ?? [];
    if (place === "" || /^node:|\/node_modules\//.test(place)) continue;
    const where = [...(name === undefined ? [] : [name]), place.replace(/^\/app\//, "")];
    return `${message} (at ${where.join(", ")})`;
  }
  return message;
}
