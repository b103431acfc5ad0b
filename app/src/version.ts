import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };

/** Name of the service as it appears in logs, metrics and the API description. */
export const SERVICE_NAME: string = packageJson.name;

/** Version of the service (package.json). */
export const SERVICE_VERSION: string = packageJson.version;

/**
 * Folder of the static files. This file has to stay directly in src/: the bundle is dist/server.js, so that `../public` is
 * right for both.
 */
export const PUBLIC_DIR: string = fileURLToPath(new URL("../public/", import.meta.url));
