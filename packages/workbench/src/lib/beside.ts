import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the module `name` beside the one at `url`: TypeScript in the repository, compiled in the package. */
export const beside = (name: string, url: string): string =>
  fileURLToPath(new URL(`./${name}${extname(url)}`, url));

/** How a person runs a command of the workbench here: as a script of the program, or of the installed package. */
export const invocation = (command: string): string =>
  extname(import.meta.url) === ".js" ? `npx workbench ${command}` : `npm run ${command} --`;
