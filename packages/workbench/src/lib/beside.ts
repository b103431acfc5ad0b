import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the module `name` beside the one at `url`: TypeScript in the repository, compiled in the package. */
export const beside = (name: string, url: string): string =>
  fileURLToPath(new URL(`./${name}${extname(url)}`, url));

const isPackage = extname(import.meta.url) === ".js";

/** What runs the workbench's commands: scripts of the program, or the installed package. */
export const RUNNER = isPackage ? "npx workbench" : "npm run";

/** A command as a person types it, before its arguments. */
export function invocation(command: string): string {
  if (isPackage) return `${RUNNER} ${command}`;
  return command === "start" ? "npm start --" : `${RUNNER} ${command} --`;
}
