import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** A file's bytes, or what a symbolic link points to. */
export type Content = Uint8Array | { readonly link: string };

/** Path inside the image's context, with `/` -> content. */
export type ContextFiles = ReadonlyMap<string, Content>;

/** What decides the content of an image besides the staged files. */
export interface ImageIdentity {
  /** Text of the Dockerfile, without comments. */
  dockerfile: string;
  /** Such as `linux/arm64`. */
  platform: string;
  buildArgs: Readonly<Record<string, string>>;
}

/** Bundled files are read alone. */
const FILE_MODE = 0o644;

/** An app's own Dockerfile may run scripts of its context; Docker itself gives all files this mode on Windows. */
export const RUNNABLE_FILE_MODE = 0o755;

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
    // No path of a file begins with a slash.
    add(content instanceof Uint8Array ? name : `/${name}`);
    add(content instanceof Uint8Array ? content : content.link);
  }
  return `app-${hash.digest("hex").slice(0, 16)}`;
}

/**
 * What a Dockerfile builds by: without its comments, but for those that Docker obeys. In a here-document a line that begins
 * with # may be one of a script, so that such a file stays as it is.
 */
export const withoutComments = (dockerfile: string): string =>
  dockerfile.includes("<<")
    ? dockerfile
    : dockerfile.replace(/^[ \t]*#(?!\s*(?:syntax|escape|check)\s*=).*(?:\n|$)/gim, "");

const sorted = (files: ContextFiles): [string, Content][] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * Writes the build context to `<root>/<tag>` with fixed modes and times, and leaves one that is there already alone.
 * @param mode of the files
 * @returns the folder of the context
 */
export function stageContext(
  root: string,
  tag: string,
  files: ContextFiles,
  mode: number = FILE_MODE,
): string {
  const target = path.join(root, tag);
  const staged = (): boolean => isStaged(target, files, mode);
  if (staged()) return target;
  // Staged aside and moved in, so that neither a parallel run nor a crash leaves half a context.
  const draft = path.join(root, `.${tag}-${randomUUID()}`);
  for (const [name, content] of sorted(files)) {
    const file = path.join(draft, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (content instanceof Uint8Array) writeFileSync(file, content);
    else symlinkSync(content.link, file);
  }
  setModes(draft, files, mode);
  moveIn(draft, target, staged);
  return target;
}

function moveIn(draft: string, target: string, staged: () => boolean): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    // A parallel run may have been faster: its context is the same and may be in use.
    if (staged()) {
      rmSync(draft, { recursive: true, force: true });
      return;
    }
    if (!existsSync(target)) throw error;
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  }
}

/** Set explicitly, because the umask trims the modes of new files, and the image plugin hashes modes. */
function setModes(root: string, files: ContextFiles, mode: number): void {
  const folders = new Set<string>(["."]);
  for (const [name, content] of files) {
    const file = path.join(root, name);
    if (content instanceof Uint8Array) chmodSync(file, mode);
    lutimesSync(file, 0, 0);
    for (let folder = path.dirname(name); folder !== "."; folder = path.dirname(folder))
      folders.add(folder);
  }
  for (const folder of folders) {
    chmodSync(path.join(root, folder), FOLDER_MODE);
    utimesSync(path.join(root, folder), 0, 0);
  }
}

/** Whether the folder holds exactly these files: one more would be part of the image, and of no tag. */
function isStaged(folder: string, files: ContextFiles, mode: number): boolean {
  if (!existsSync(folder)) return false;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return (
    entries.filter((entry) => !entry.isDirectory()).length === files.size &&
    [...files].every(([name, content]) => isWritten(path.join(folder, name), content, mode))
  );
}

function isWritten(file: string, content: Content, mode: number): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!(content instanceof Uint8Array))
    return stats?.isSymbolicLink() === true && readlinkSync(file) === content.link;
  return (
    stats?.isFile() === true && (stats.mode & 0o777) === mode && readFileSync(file).equals(content)
  );
}
