import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMap, parsed } from "../lib/json.ts";

/** An app's package.json; empty for an app that has none, or none that can be read: what needs one says so. */
export async function readPackage(appFolder: string): Promise<Readonly<Record<string, unknown>>> {
  const json = parsed(await readFile(join(appFolder, "package.json"), "utf8").catch(() => ""));
  return isMap(json) ? json : {};
}
