import { declaredKeys, packageNamespaces, projectName, unreadNamespaces } from "./namespaces.ts";
import { ToolError } from "../lib/command-line.ts";

const REPOSITORY = process.cwd();

/**
 * What a stack's file sets and nobody reads, as a message; undefined where all is read. A tool that reads a stack's file asks
 * before it changes anything, so that it does not work with a default in place of what the owner wrote.
 * @param root - folder of Pulumi.yaml
 * @param file - name of the stack's file, for the message
 * @param settings - full keys of the file
 */
export function unreadKeys(
  root: string,
  file: string,
  settings: Iterable<string>,
): string | undefined {
  const problems = unreadNamespaces([...settings], {
    project: projectName(root),
    keys: declaredKeys(root),
    namespaces: packageNamespaces(REPOSITORY),
  });
  if (problems.length === 0) return undefined;
  return problems.map(({ key, reason }) => `${file}: ${key} ${reason}`).join("\n");
}

/** @throws ToolError where the file of a stack sets what nobody reads */
export function refuseUnread(root: string, stack: string, settings: Iterable<string>): void {
  const unread = unreadKeys(root, `Pulumi.${stack}.yaml`, settings);
  if (unread !== undefined) throw new ToolError(unread);
}
