import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { ContextFiles } from "./bundle.ts";

/** What decides the content of an image besides the staged files. */
export interface ImageIdentity {
  /** Text of the Dockerfile. */
  dockerfile: string;
  /** Such as `linux/arm64`. */
  platform: string;
  buildArgs: Readonly<Record<string, string>>;
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/**
 * Tag of the image that these parts build: the same content has the same tag on any machine, so an unchanged app is an
 * empty diff. File times, the umask and the checkout's folder play no part.
 */
export function contentTag(files: ContextFiles, identity: ImageIdentity): string {
  const hash = createHash("sha256");
  // Lengths keep two parts from flowing into each other.
  const add = (part: string | Uint8Array): void => {
    hash.update(`${part.length}:`).update(part);
  };
  add(identity.dockerfile);
  add(identity.platform);
  add(JSON.stringify(Object.entries(identity.buildArgs).sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const [name, content] of sorted(files)) {
    add(name);
    add(content);
  }
  return `app-${hash.digest("hex").slice(0, 16)}`;
}

const sorted = (files: ContextFiles): [string, Uint8Array][] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * Writes the build context to `<root>/<tag>` with fixed modes and times, and leaves one that is there already alone.
 * @returns the folder of the context
 */
export function stageContext(root: string, tag: string, files: ContextFiles): string {
  const target = path.join(root, tag);
  if (isStaged(target, files)) return target;
  // Staged aside and moved in, so that neither a parallel run nor a crash leaves half a context.
  const draft = path.join(root, `.${tag}-${randomUUID()}`);
  for (const [name, content] of sorted(files)) {
    const file = path.join(draft, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  setModes(draft, files);
  moveIn(draft, target, files);
  return target;
}

function moveIn(draft: string, target: string, files: ContextFiles): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    // A parallel run may have been faster: its context is the same and may be in use.
    if (isStaged(target, files)) {
      rmSync(draft, { recursive: true, force: true });
      return;
    }
    if (!existsSync(target)) throw error;
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  }
}

/** Set explicitly, because the umask trims the modes of new files, and the image plugin hashes modes. */
function setModes(root: string, files: ContextFiles): void {
  const folders = new Set<string>(["."]);
  for (const name of files.keys()) {
    chmodSync(path.join(root, name), FILE_MODE);
    utimesSync(path.join(root, name), 0, 0);
    for (let folder = path.dirname(name); folder !== "."; folder = path.dirname(folder))
      folders.add(folder);
  }
  for (const folder of folders) {
    chmodSync(path.join(root, folder), FOLDER_MODE);
    utimesSync(path.join(root, folder), 0, 0);
  }
}

/** Whether the folder holds exactly these files: one more would be part of the image, and of no tag. */
function isStaged(folder: string, files: ContextFiles): boolean {
  if (!existsSync(folder)) return false;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return (
    entries.filter((entry) => !entry.isDirectory()).length === files.size &&
    [...files].every(([name, content]) => {
      const file = path.join(folder, name);
      return (
        existsSync(file) &&
        (statSync(file).mode & 0o777) === FILE_MODE &&
        readFileSync(file).equals(content)
      );
    })
  );
}
