import { spawn } from "node:child_process";
import { ToolError } from "./command-line.ts";
import { defined } from "./defined.ts";
import { counted } from "./words.ts";

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** @default the current folder */
  cwd?: string | undefined;
  /** Added to the environment of this process. @default none */
  env?: Readonly<Record<string, string | undefined>>;
  /** Sent to stdin, which is closed otherwise. */
  input?: string | undefined;
  /** Passes the output on to stderr while it comes. @default false */
  show?: boolean;
  /** Leaves the command this process's terminal, for questions too: nothing of its output is kept. @default false */
  terminal?: boolean;
  /** Ends the command, which then is an error. @default never */
  signal?: AbortSignal | undefined;
  /** Sends SIGINT after so long, once: a program that has something to put in order does that and ends. @default never */
  interruptAfterMs?: number | undefined;
}

/** Runs a program without a shell and waits for its end; a failure is a result, not an error. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

/** A command that failed, or that is not installed. */
export class CommandError extends ToolError {
  override readonly name = "CommandError";
  /** Exit code of the command; 127 where it does not exist. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** Where to get what is not on PATH. */
const INSTALL: Readonly<Record<string, string>> = {
  pulumi: "https://www.pulumi.com/docs/install/",
  docker: "https://docs.docker.com/get-started/get-docker/",
  skopeo: "https://github.com/containers/skopeo/blob/main/install.md",
  gh: "https://cli.github.com/",
};

/** @throws CommandError with code 127 when the program is not on PATH */
export const runCommand: RunCommand = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const { cwd, env, input = "", show = false, terminal = false } = options;
    const { interruptAfterMs: limit } = options;
    const child = spawn(command, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: terminal ? "inherit" : "pipe",
      ...defined({ signal: options.signal }),
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        if (show) process.stderr.write(text);
      });
    // A program that ends before it read everything breaks the pipe; its exit code says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    const interrupt = (): void => {
      const minutes = counted((limit ?? 0) / 60_000, "minute");
      process.stderr.write(`${command} is interrupted: it took longer than ${minutes}.\n`);
      child.kill("SIGINT");
    };
    const timer = limit === undefined ? undefined : setTimeout(interrupt, limit);
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const where = INSTALL[command] === undefined ? "" : ` Install it: ${INSTALL[command]}`;
      const missing = new CommandError(`${command} is not on PATH.${where}`, 127);
      reject(error.code === "ENOENT" ? missing : error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ ...output, code: code ?? (signal === "SIGINT" ? 130 : 143) });
    });
  });

/**
 * Runs a program that has to succeed.
 * @returns what it printed on stdout
 * @throws CommandError with the end of its stderr
 */
export async function succeed(
  run: RunCommand,
  command: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new CommandError(
    `${command} ${args.slice(0, 2).join(" ")} ended with exit code ${code}: ${lastLines(stderr === "" ? stdout : stderr)}`,
    code,
  );
}

export function lastLines(text: string, count = 20): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
