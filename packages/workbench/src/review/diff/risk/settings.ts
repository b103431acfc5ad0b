import { isMap } from "../../../plan/wire.ts";
import type { Json } from "../../../plan/types.ts";
import type { ResourceChange } from "../types.ts";
import { quote } from "./quote.ts";

export type Value = Json | undefined;

/** A setting that matters: type, path of nested inputs, whether its change is for the worse, and what that means. */
export type Setting = readonly [
  type: string,
  path: string,
  worse: (before: Value, after: Value) => boolean,
  says: (before: string, after: string) => string,
];

/** What was on is not any more, also by being left out. */
export const off = (before: Value, after: Value): boolean => before === true && after !== true;
/** What is on where nobody says otherwise is off now. */
export const disabled = (before: Value, after: Value): boolean =>
  before !== false && after === false;
export const on = (before: Value, after: Value): boolean => before !== true && after === true;
/** A smaller number, or a shorter list. */
export const fewer = (before: Value, after: Value): boolean => {
  const [old, young] = [amount(before), amount(after)];
  return old !== undefined && young !== undefined && young < old;
};

/** What changes of settings of a resource that stays mean, of those that are in the table. */
export function changedSettings(
  settings: readonly Setting[],
  { type, operation, before, after }: ResourceChange,
): string[] {
  if (operation === "create" || operation === "delete") return [];
  return settings
    .filter(([of]) => of === type)
    .flatMap(([, path, worse, says]) => {
      const [old, young] = [valueAt(before, path), valueAt(after, path)];
      return worse(old, young) ? [says(text(old), text(young))] : [];
    });
}

/** The value at `logging.enabled`, or `actions.0.type`. */
export function valueAt(inputs: unknown, path: string): Value {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        Array.isArray(value)
          ? (value as unknown[])[Number(key)]
          : isMap(value)
            ? value[key]
            : undefined,
      inputs,
    ) as Value;
}

function amount(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" ? value : undefined;
}

function text(value: Value): string {
  if (Array.isArray(value)) return quote(String(value.length));
  return typeof value === "number" || typeof value === "string" ? quote(String(value)) : "all";
}
