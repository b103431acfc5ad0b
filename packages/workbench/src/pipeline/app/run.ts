import { spawn } from "node:child_process";
import { constants } from "node:os";
import { AppError } from "./client.ts";

export interface Ended {
  code: number;
  /** What it printed to its standard output. */
  output: string;
}

/**
 * Runs a command and passes its output on as it comes.
 * @param show what of each piece of the output is passed on. @default everything
 * @throws AppError when the command is not on PATH
 */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  missing: string,
): Promise<Ended> {
  const child = spawn(command, args, { cwd, stdio: ["inherit", "pipe", "inherit"] });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => {
    pieces.push(piece);
    process.stdout.write(piece);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new AppError(missing) : error);
    });
    // As a shell says it.
    child.once("close", (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  return { code, output: Buffer.concat(pieces).toString() };
}
