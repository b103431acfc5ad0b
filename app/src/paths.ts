import { fileURLToPath } from "node:url";

/**
 * Folder of the static files. This file has to stay directly in src/: the bundle is dist/server.js,
 * so that `../public` is right for both.
 */
export const PUBLIC_DIR: string = fileURLToPath(new URL("../public/", import.meta.url));
