/** `1 minute`, `3 minutes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What was thrown, in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerated(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** `44 s`, `119 s`, `6 min 12 s`, `1 h 5 min`, `no end` for an endless one; rounded up. */
export function duration(seconds: number): string {
  if (seconds === Infinity) return "no end";
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.ceil(whole / 60);
  return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large} ${largeUnit}${small === 0 ? "" : ` ${small} ${smallUnit}`}`;
}

/** `0:41`, `11:05`, `1:02:30`: a moment on a time axis. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % 60)}`
    : `${minutes}:${pad(whole % 60)}`;
}

/** Moments below a chart that is so many characters wide, a quarter apart: `-0:10   0:20   0:50 ...`. */
export function timeAxis(from: number, to: number, width: number): string {
  const mark = (part: number): string => {
    const at = from + part * (to - from);
    return at < 0 ? `-${clockTime(-at)}` : clockTime(at);
  };
  return [0, 0.25, 0.5, 0.75].map((part) => mark(part).padEnd(width / 4)).join("") + mark(1);
}

/** A pattern that stands for a text. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** By flags and pattern: the same few are held against thousands of texts. */
const wildcards = new Map<string, RegExp>();

/**
 * `*` stands for any characters and `?` for one, in policies and in rules of listeners.
 * Source: AWS, "IAM JSON policy elements: Resource", "Condition types for listener rules".
 */
export function wildcard(pattern: string, flags = ""): RegExp {
  const key = `${flags} ${pattern}`;
  const source = (): string => literally(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".");
  const known = wildcards.get(key) ?? new RegExp(`^${source()}$`, `${flags}s`);
  wildcards.set(key, known);
  return known;
}
