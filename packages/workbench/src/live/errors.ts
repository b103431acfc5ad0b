import { ToolError } from "../lib/command-line.ts";

/** How a command ends, for scripts. The page docs/operations.md lists the same. */
export const EXIT = {
  /** Done, verified, or handed to whoever approves. */
  ok: 0,
  /** The deployment, the task or the request failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The service has no tasks: nothing was verified. */
  asleep: 3,
  /** Not decided yet: the deadline passed, or AWS did not answer. */
  undecided: 4,
  /** Credentials missing, not sufficient, or of another account. */
  credentials: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that a sentence explains: printed without a stack trace. */
export class OpsError extends ToolError {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
