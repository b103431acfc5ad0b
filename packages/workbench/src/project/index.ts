/** What the files of a Pulumi project say, for the program and for the tools. */
export { isMap } from "../lib/json.ts";
export { foreignRegion } from "./foreign-region.ts";
export { packageNamespaces, projectName, unreadNamespaces } from "./namespaces.ts";
export { nearest } from "./nearest.ts";
export type { Problem } from "./problem.ts";
export { looksSecret, secretName } from "./secret-shapes.ts";
export { LONGEST_START, rolePath } from "./role-path.ts";
