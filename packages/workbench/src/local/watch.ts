import { watch } from "chokidar";
import { once } from "node:events";
import { basename } from "node:path";

/** Editors write a file in several steps, and a checkout changes many: one call for all of them. */
const QUIET_MS = 200;

/** Something that may happen often, and calls `then` once it has not for a moment. */
export function whenQuiet(then: () => void): { happened: () => void; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
  };
  const happened = (): void => {
    end();
    timer = setTimeout(then, QUIET_MS);
  };
  return { happened, end };
}

/**
 * Calls `onChange` once for each burst of changes below `folders`, without node_modules and hidden
 * folders. Returns a function that ends the watch.
 */
export async function watchFolders(
  folders: readonly string[],
  onChange: () => void,
): Promise<() => void> {
  const { happened, end } = whenQuiet(onChange);
  const watcher = watch([...folders], {
    ignoreInitial: true,
    // Not source: dependencies and everything hidden.
    ignored: (path) => !folders.includes(path) && /^(?:node_modules$|\.)/.test(basename(path)),
  });
  await once(watcher, "ready");
  watcher.on("all", happened);
  return () => {
    end();
    void watcher.close();
  };
}
