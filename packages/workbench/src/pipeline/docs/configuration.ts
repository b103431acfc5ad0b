import { readFile } from "node:fs/promises";
import path from "node:path";
import { refuseUnread } from "../../project/unread-keys.ts";
import type { ConfigurationSource } from "../../project/workbench-config.ts";
import { loadProject, loadStackConfig, stackNames } from "../../plan/project.ts";

/**
 * Reads Pulumi.yaml and every stack file beside it.
 * @throws ToolError where one sets what nobody reads, which the page would leave out
 */
export async function readConfiguration(root: string): Promise<ConfigurationSource> {
  const { name } = await loadProject(root);
  const stacks = new Map<string, ReadonlyMap<string, unknown>>();
  for (const stack of await stackNames(root)) {
    const config = await loadStackConfig(root, stack);
    refuseUnread(root, stack, config.keys());
    stacks.set(stack, config);
  }
  const file = await readFile(path.join(root, "Pulumi.yaml"), "utf8");
  return { project: name, file, stacks };
}
