import { readFileSync, writeFileSync } from "node:fs";
import { isMap, parseDocument } from "yaml";
import { projectName } from "../project/namespaces.ts";
import { unreadKeys } from "../project/unread-keys.ts";
import { OpsError } from "./errors.ts";

/** Values of one stack's configuration, by key without namespace; `services.worker.image` is one inside of a map. */
export type ConfigValues = Readonly<Record<string, string | number>>;

/**
 * Sets keys of a stack file and leaves every other line as it is. `pulumi config set` would write the whole file anew, with
 * numbers as texts.
 * @param text - of Pulumi.<stack>.yaml; empty for a new file
 */
export function withConfig(text: string, project: string, values: ConfigValues): string {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(values)) document.setIn(path(project, key), value);
  // Long lines stay lines.
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const path = (project: string, key: string): string[] => {
  const [first = "", ...inner] = key.split(".");
  return ["config", `${project}:${first}`, ...inner];
};

/**
 * Writes keys into the file of a stack in this folder.
 * @throws OpsError when there is no such file, or it sets what nobody reads
 */
export function writeConfig(stack: string, values: ConfigValues): void {
  // A stack may be named with its organisation and project before it.
  const file = `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new OpsError(
      `${file} is not readable, so its configuration cannot be changed. Run the command in the project's folder.`,
      undefined,
      { cause: error },
    );
  }
  const unread = unreadKeys(".", file, keysOf(text));
  if (unread !== undefined) throw new OpsError(unread);
  writeFileSync(file, withConfig(text, projectName("."), values));
}

function keysOf(text: string): string[] {
  const config = parseDocument(text).get("config");
  return isMap(config) ? config.items.map(({ key }) => String(key)) : [];
}
