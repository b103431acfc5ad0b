import type { LogLevel } from "../config.ts";
import { isoTime } from "./clock.ts";
import type { WriteNow } from "./line-sink.ts";
import { LineSink } from "./line-sink.ts";

/** Fields of a log line; undefined ones are left out, an Error becomes name, message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

const SEVERITY: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  fatal: 4,
};

/** A stack longer than this would make the line longer than one atomic write to a pipe. */
const MAX_STACK_CHARACTERS = 2000;
const MAX_MESSAGE_CHARACTERS = 1000;

/** JSON lines on standard output: `time`, `level`, `type` (application, access, error, slow), `message`, fields. */
export class Log {
  readonly level: LogLevel;
  readonly #sink: LineSink;
  readonly #common: string;

  /**
   * @param write where the lines go; it must not wait (`openStdout`).
   * @param level lines below this level are left out.
   * @param common fields of every line written by `write` and its short forms, such as the worker's number.
   */
  constructor(write: WriteNow, level: LogLevel, common: LogFields = {}) {
    this.level = level;
    const members = JSON.stringify(common).slice(1, -1);
    this.#common = members === "" ? "" : `,${members}`;
    this.#sink = new LineSink(write, {
      droppedLine: (dropped) =>
        this.#line("warn", "application", "log lines were dropped: standard output was not read", {
          dropped,
        }),
    });
  }

  /** Lines lost because standard output was not read. */
  get dropped(): number {
    return this.#sink.dropped;
  }

  enabled(level: LogLevel): boolean {
    return SEVERITY[level] >= SEVERITY[this.level];
  }

  write(level: LogLevel, type: string, message: string, fields?: LogFields): void {
    if (this.enabled(level)) this.#sink.push(this.#line(level, type, message, fields));
  }

  debug(message: string, fields?: LogFields): void {
    this.write("debug", "application", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write("info", "application", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write("warn", "application", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write("error", "error", message, fields);
  }

  /** Written at once, since the process is about to end. */
  fatal(message: string, fields?: LogFields): void {
    this.write("fatal", "error", message, fields);
    this.#sink.flush();
  }

  /** Takes a complete line with its newline (access lines and metrics, which are built by hand for speed). */
  raw(line: string): void {
    this.#sink.push(line);
  }

  flush(): void {
    this.#sink.flush();
  }

  /** Writes the rest before the process ends, waiting at most `milliseconds` for the reader (default 500). */
  end(milliseconds = 500): void {
    this.#sink.end(milliseconds);
  }

  #line(level: LogLevel, type: string, message: string, fields?: LogFields): string {
    const head = `{"time":"${isoTime(Date.now())}","level":"${level}","type":"${type}"`;
    const text = JSON.stringify(message.slice(0, MAX_MESSAGE_CHARACTERS));
    const rest = fields === undefined ? "" : JSON.stringify(fields, errorsAsObjects).slice(1, -1);
    return `${head}${this.#common},"message":${text}${rest === "" ? "" : `,${rest}`}}\n`;
  }
}

function errorsAsObjects(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return {
    name,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    code: "code" in value ? value.code : undefined,
    stack: stack?.slice(0, MAX_STACK_CHARACTERS),
    cause,
  };
}
