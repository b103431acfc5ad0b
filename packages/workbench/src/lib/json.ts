/** A value as JSON can carry it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that holds a JSON map or list, as what it holds. */
export function opened(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
