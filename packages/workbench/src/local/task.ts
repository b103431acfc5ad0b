import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { delimiter, dirname } from "node:path";
import { eachLine } from "./lines.ts";
import { TASK_HOST } from "./task-address.ts";

export interface TaskExit {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it could not be started at all, in one sentence. */
  startError?: string;
}

export type OutputStream = "stdout" | "stderr";

/** A started task. Only its main process counts, as in a container. */
export interface RunningTask {
  host: string;
  port: number;
  /** Process of this machine that stands for the task; absent when it could not start. */
  pid?: number;
  /** Resolves when the main process has ended; never rejects. */
  exited: Promise<TaskExit>;
  /** Resolves when its last line of output was passed on, shortly after `exited`. */
  outputEnded: Promise<void>;
  /** SIGTERM, and SIGKILL after `graceMs` (real milliseconds). Resolves when it has ended. */
  stop(graceMs: number): Promise<TaskExit>;
  /** SIGKILL now. */
  kill(): void;
}

export interface LaunchInput {
  /** Number of the task in this run, from 1. */
  id: number;
  /** Free port of this machine that the task has to answer on. */
  port: number;
  onLine(line: string, stream: OutputStream): void;
}

/** What a deployment starts tasks from: one version of the app with its settings. */
export interface Revision {
  /** Shown in messages; two revisions with the same name are the same version. */
  name: string;
  launch(input: LaunchInput): RunningTask;
}

export interface ProcessSettings {
  /** Entry point and arguments; `node` is this Node.js. */
  command: readonly string[];
  /** Absolute working directory. */
  cwd: string;
  /** Complete environment apart from PORT, PATH and TMPDIR. */
  environment: Readonly<Record<string, string>>;
  /** Absent when the container's environment has no PORT: then the app's own port must be `port`. */
  portVariable?: string;
}

/** Starts the app as the container would: same command, folder and environment, and nothing more. */
export function launchProcess(settings: ProcessSettings, input: LaunchInput): RunningTask {
  const [program = "node", ...args] = settings.command;
  const variable = settings.portVariable;
  const child = spawn(program === "node" ? process.execPath : program, args, {
    cwd: settings.cwd,
    env: {
      PATH: [dirname(process.execPath), process.env["PATH"]].filter(Boolean).join(delimiter),
      TMPDIR: process.env["TMPDIR"] ?? "/tmp",
      ...settings.environment,
      ...(variable === undefined ? {} : { [variable]: String(input.port) }),
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C in the terminal must reach the runner alone, which then drains.
    detached: true,
  });
  return supervise(child, { host: TASK_HOST, port: input.port, program }, input);
}

interface Supervised {
  host: string;
  port: number;
  program: string;
  /** Ends what the process group does not cover, such as a container. */
  killHard?: () => void;
}

/** A process that left the task's group may hold its output open; its lines are not waited for. */
const LAST_OUTPUT_MS = 500;

/** Wraps a child that leads its own process group. */
export function supervise(child: ChildProcess, about: Supervised, input: LaunchInput): RunningTask {
  const { promise: exited, resolve } = Promise.withResolvers<TaskExit>();
  const signal = (name: NodeJS.Signals, wholeGroup: boolean): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(wholeGroup ? -child.pid : child.pid, name);
    } catch {
      // It has ended already.
    }
  };
  const kill = (): void => {
    about.killHard?.();
    signal("SIGKILL", true);
  };
  if (child.stdout !== null)
    eachLine(child.stdout, (line) => {
      input.onLine(line, "stdout");
    });
  if (child.stderr !== null)
    eachLine(child.stderr, (line) => {
      input.onLine(line, "stderr");
    });
  const closed = new Promise<void>((done) => {
    child.once("close", () => {
      done();
    });
  });
  child.once("error", (error) => {
    resolve({
      code: null,
      signal: null,
      startError: `${about.program} could not be started: ${error.message}`,
    });
  });
  child.once("exit", (code, name) => {
    // A container ends with its main process; what that one left behind must not live on.
    signal("SIGKILL", true);
    resolve({ code, signal: name });
  });
  return {
    host: about.host,
    port: about.port,
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    exited,
    outputEnded: exited.then(() => Promise.race([closed, wait(LAST_OUTPUT_MS)])),
    stop: async (graceMs) => {
      signal("SIGTERM", false);
      const limit = setTimeout(kill, graceMs);
      const exit = await exited;
      clearTimeout(limit);
      return exit;
    },
    kill,
  };
}
