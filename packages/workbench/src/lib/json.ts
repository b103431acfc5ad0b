/** A value as JSON can carry it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
