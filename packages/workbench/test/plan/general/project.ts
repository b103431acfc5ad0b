import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const MODULES = resolve(import.meta.dirname, "../../../../../node_modules");

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

/** A copy of the SDK in the project itself, beside links to all that it needs. */
export async function copySdk(root: string): Promise<void> {
  const own = join(root, "node_modules");
  await rm(own);
  await mkdir(join(own, "@pulumi"), { recursive: true });
  for (const name of await readdir(MODULES))
    if (name !== "@pulumi") await symlink(join(MODULES, name), join(own, name));
  await cp(join(MODULES, "@pulumi/pulumi"), join(own, "@pulumi/pulumi"), { recursive: true });
}
