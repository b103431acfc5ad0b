import { progressLine } from "../verification/progress.ts";
import { verify, type ResultState, type VerificationResult } from "../verification/verification.ts";
import { domainGap, frontOf } from "../domain.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { flag, parseDuration, text } from "../options.ts";
import { mustBeService } from "../service-config.ts";
import { askedStack, type Stack } from "../stack.ts";
import type { Invocation, Command } from "../command.ts";

export const verifyCommand: Command = {
  name: "verify",
  summary: "wait for the deployment and say whether it is the one that runs",
  usage: "STACK [SERVICE] [--timeout 20m] [--json]",
  help: `Asks ECS for the deployment of what the stack asked for, waits until it ended, and watches that it stays up: all tasks
run and are healthy for at least a minute, and none fails. The same code ends every \`pulumi up\`. Where traffic shifts,
a deployment whose tasks fail before any traffic moved is rolled back, because ECS has no circuit breaker for it.

  --timeout   end without a decision after so long; by default a time computed from the service's own settings.
              Nothing is stopped for it
  --json      one JSON object on standard output

Exit codes: 0 verified, or awaiting approval; 1 rolled back, failed, crashing or replaced; 3 asleep; 4 undecided; 5 credentials

  npm run verify -- prod
  npm run verify -- dev --timeout 5m --json`,
  run: async (invocation) => {
    const stack = await askedStack(invocation);
    mustBeService(stack);
    const timeout = text(invocation, "timeout");
    return verifyStack(invocation, stack, {
      json: flag(invocation, "json"),
      ...(timeout === undefined ? {} : { deadlineSeconds: parseDuration("timeout", timeout) }),
    });
  },
};

/** Verifies what a stack asked for, and prints the verdict. @returns the exit code */
export async function verifyStack(
  dependencies: Invocation,
  stack: Stack,
  { json, deadlineSeconds }: { json: boolean; deadlineSeconds?: number },
): Promise<number> {
  const result = await watchStack(dependencies, stack, deadlineSeconds);
  const gap = await domainGap(stack.url, frontOf(stack), dependencies.resolve);
  if (json) {
    const { state, ok, message, elapsedSeconds } = result;
    const body = { stack: stack.name, state, ok, elapsedSeconds: Math.round(elapsedSeconds) };
    dependencies.print(JSON.stringify({ ...body, message }));
  } else if (result.ok) dependencies.print(result.message);
  else dependencies.note(result.message);
  // ECS answers for the tasks; whether callers come to them is the name's affair.
  if (gap !== undefined) dependencies.note(gap);
  return EXIT_CODES[result.state] ?? EXIT.failed;
}

/** Watches the deployment of a stack and shows its progress. */
export function watchStack(
  dependencies: Invocation,
  stack: Stack,
  deadlineSeconds?: number,
): Promise<VerificationResult> {
  return verify(
    dependencies.connect(stack.region),
    { ...stack, stack: stack.called },
    {
      clock: dependencies.clock,
      now: () => dependencies.now().getTime(),
      report: (seconds, line) => {
        dependencies.note(progressLine(seconds, line));
      },
      deadlineSeconds,
    },
  );
}

/** Of states other than a failure. */
const EXIT_CODES: Partial<Record<ResultState, ExitCode>> = {
  succeeded: EXIT.ok,
  "awaiting-approval": EXIT.ok,
  asleep: EXIT.asleep,
  undecided: EXIT.undecided,
  unanswered: EXIT.undecided,
  "wrong-account": EXIT.credentials,
};
