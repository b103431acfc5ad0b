import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };

/** As they appear in logs, metrics and the API description. */
export const { name: SERVICE_NAME, version: SERVICE_VERSION } = packageJson;

/** Folder of the static files; right for the bundle dist/server.js, too, while this file stays directly in src/. */
export const PUBLIC_DIR: string = fileURLToPath(new URL("../public/", import.meta.url));
