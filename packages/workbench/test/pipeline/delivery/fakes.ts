import type { CommandResult, RunCommand } from "../../../src/lib/command.ts";

/** What a faked program answers; missing parts are success and silence. */
export type Answer = Partial<CommandResult>;

export interface FakeCommands {
  run: RunCommand;
  /** Command lines in the order of their calls. */
  calls: string[];
}

/**
 * Programs that answer by the first rule whose words begin the command line.
 * @throws Error for a command line without a rule
 */
export function fakeCommands(
  rules: Readonly<Record<string, Answer | (() => Answer)>>,
): FakeCommands {
  const calls: string[] = [];
  const run: RunCommand = (command, args) => {
    const line = [command, ...args].join(" ");
    calls.push(line);
    const rule = Object.entries(rules).find(([start]) => line.startsWith(start))?.[1];
    if (rule === undefined) throw new Error(`no rule for: ${line}`);
    const answer = typeof rule === "function" ? rule() : rule;
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return { run, calls };
}

/** Answers of one command line, one after the other; the last one stays. */
export function sequence(...answers: Answer[]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? {};
}

/** The message of the error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("expected a failure");
}
