import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const MODULES = resolve(import.meta.dirname, "../../../../node_modules");

/** A Pulumi project in a folder of its own for as long as `work` runs, with the packages installed here. */
export async function withProject<T>(
  files: Readonly<Record<string, string>>,
  work: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "program-"));
  try {
    await symlink(MODULES, join(root, "node_modules"), "dir");
    const all = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    return await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
