import { delimiter, join, resolve } from "node:path";
import { imageFolder } from "./image-folder.ts";
import { isMap } from "../lib/json.ts";
import { readPackage } from "../project/app-package.ts";
import { LocalRunError } from "../plan/plan-reader.ts";
import type { TaskSpec } from "./spec-types.ts";

/** How a task starts as a process of this machine. */
export interface StartCommand {
  /** Program and arguments; `node` is this Node.js. */
  command: readonly string[];
  /** Absolute working directory: what the image has, or the app's folder. */
  cwd: string;
  /** Absent where PATH is that of this process. */
  path?: string;
  /** What differs from the stack, in words; absent where nothing does. */
  difference?: string;
}

/**
 * The container's command in a copy of its staged context; or, where only the image of the app's own Dockerfile knows it, the start
 * script of the app's package.json, or else its `main`, in the app's folder.
 * @throws LocalRunError where there is none of them
 */
export async function startCommand(spec: TaskSpec, root: string): Promise<StartCommand> {
  const { command, name } = spec.container;
  if (command.length > 0)
    return { command, cwd: await imageFolder(resolve(root, spec.image.context)) };
  const cwd = resolve(root, spec.appPath);
  const { scripts, main } = await readPackage(cwd);
  const script = isMap(scripts) ? scripts["start"] : undefined;
  const instead =
    "in place of the image's own command, without its Dockerfile (--docker builds it)";
  if (typeof script === "string")
    return {
      // A single command takes the shell's place, so that signals reach it; `env` lets it begin with variables.
      command: ["sh", "-c", /[;&|()\n]/.test(script) ? script : `exec env ${script}`],
      cwd,
      path: [join(cwd, "node_modules/.bin"), process.env["PATH"]].filter(Boolean).join(delimiter),
      difference: `the start script of ${spec.appPath} (${script}) ${instead}`,
    };
  if (typeof main === "string")
    return {
      command: ["node", main],
      cwd,
      difference: `node ${main} in ${spec.appPath} ${instead}`,
    };
  throw new LocalRunError(
    `What the container ${name} starts is known only to its image, and ${spec.appPath}/package.json has neither scripts.start nor main: add one, or run the image with --docker.`,
  );
}
