import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/** Variables by which a child keeps compiled code from its first file on, in the same folder as this process. */
export function compileCache(): { NODE_COMPILE_CACHE?: string } {
  enableCompileCache();
  const folder = getCompileCacheDir();
  // Node adds a folder of its version.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
