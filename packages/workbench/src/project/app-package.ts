import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** An app's package.json; empty for an app that has none, or none that can be read: what needs one says so. */
export async function readPackage(appFolder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const json: unknown = JSON.parse(await readFile(join(appFolder, "package.json"), "utf8"));
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
