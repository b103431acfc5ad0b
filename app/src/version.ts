import packageJson from "../package.json" with { type: "json" };

/** Name of the service as it appears in logs, metrics and the API description. */
export const SERVICE_NAME: string = packageJson.name;

/** Version of the service (package.json). */
export const SERVICE_VERSION: string = packageJson.version;
