import { LocalRunError } from "../plan/plan-reader.ts";

/** A whole number within limits, both included. @throws LocalRunError that names the option and what it allows */
export function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new LocalRunError(
    `${option} is ${JSON.stringify(text)}, but must be a whole number from ${low} to ${high}.`,
  );
}

/** The two sides of `name=value`; the value may be empty. @throws LocalRunError that names the option */
export function nameAndValue(option: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new LocalRunError(
    `${option} is ${JSON.stringify(text)}, but must be written ${option} name=value.`,
  );
}
