import { EXIT, OpsError } from "./errors.ts";
import type { Invocation } from "./command.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30s`, `10m`, `2h`, `7d`. @throws OpsError that names the option */
export function parseDuration(option: string, text: string): number {
  const [, amount, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined)
    throw new OpsError(
      `--${option} is ${text}, but takes a number and a unit: 30s, 10m, 2h or 7d.`,
      EXIT.usage,
    );
  return Number(amount) * factor;
}

/** @throws OpsError that names what was given */
export function parseCount(what: string, text: string | undefined, least: number): number {
  const value = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || value < least)
    throw new OpsError(
      `${what} is ${text ?? "missing"}, but takes a whole number from ${least} on.`,
      EXIT.usage,
    );
  return value;
}

/** A text option; undefined where it was not given. */
export function text({ values }: Invocation, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

export const flag = ({ values }: Invocation, name: string): boolean => values[name] === true;

/** The stack that a command acts on: its first argument. */
export function stackName({ positionals }: Invocation): string {
  return positionals[0] ?? "";
}

/** The service of the stack: its second argument. Undefined for the main one. */
export function serviceName({ positionals }: Invocation): string | undefined {
  return positionals[1];
}
