import { beside } from "../lib/beside.ts";
import { compileCache } from "../lib/compile-cache.ts";
import { runCommand } from "../lib/command.ts";
import type { ProgramRequest } from "./general/channel.ts";
import { LocalRunError } from "./plan-reader.ts";
import type { Plan } from "./types.ts";

/** Program that prints a plan as its last line. */
export const PRINT = beside("print", import.meta.url);

export interface PrintRequest extends Omit<ProgramRequest, "root"> {
  /** @default the working folder */
  root?: string;
  /** Whether images that the stack pins by digest are planned as built. @default false */
  fromSource?: boolean;
}

export interface PrintedPlan extends Plan {
  /** The main service's image by digest, where the plan builds it instead. */
  pinnedImage?: string | undefined;
}

/**
 * Plans a stack in a process of its own: evaluating the program takes a second of CPU, in which the
 * load balancer of the local run would answer nothing.
 * @param request configuration in place of the stack file's by `overrides`
 * @throws LocalRunError with what the program says, such as a refused key or a bundle that does not build.
 */
export async function planInProcess(
  request: PrintRequest,
  signal?: AbortSignal,
): Promise<PrintedPlan> {
  const args = [PRINT, JSON.stringify(request)];
  const options = { signal, env: compileCache() };
  const { code, stdout, stderr } = await runCommand(process.execPath, args, options);
  if (code !== 0)
    throw new LocalRunError(
      stderr.trim() || `The plan of ${request.stack} ended without a result.`,
    );
  // What the program warns of.
  process.stderr.write(stderr);
  return lastLine(stdout);
}

/** The plan behind whatever else its program printed. */
export function lastLine(text: string): PrintedPlan {
  return JSON.parse(text.trim().split("\n").at(-1) ?? "") as PrintedPlan;
}
