import { observe } from "../verification/ecs-reader.ts";
import { revisionNumber } from "../verification/observation.ts";
import { EXIT, OpsError } from "../errors.ts";
import { flag } from "../options.ts";
import { mustBeService } from "../service-config.ts";
import { askedStack, type Stack } from "../stack.ts";
import type { Invocation, Command } from "../command.ts";
import { verifyStack, watchStack } from "./verify.ts";

const HOOK_POLL_SECONDS = 3;
const LONGEST_HOOK_SECONDS = 60;

export const approveCommand: Command = {
  name: "approve",
  summary: "let a deployment go on that waits for approval",
  usage: "STACK [SERVICE] [--no-wait] [--json]",
  help: `Continues the deployment that waits at its PAUSE hook, then waits for its end as \`npm run verify\` does.

  --no-wait   return once ECS has accepted
  --json      one JSON object on standard output

Exit codes: those of verify; 1 when nothing waits

  npm run approve -- prod`,
  run: async (invocation) => {
    const { stack } = await decide(invocation, "CONTINUE");
    if (!flag(invocation, "no-wait"))
      return verifyStack(invocation, stack, { json: flag(invocation, "json") });
    report(invocation, stack.name, "approved");
    return EXIT.ok;
  },
};

export const rejectCommand: Command = {
  name: "reject",
  summary: "roll a deployment back that waits for approval",
  usage: "STACK [SERVICE] [--no-wait] [--json]",
  help: `Rolls back the deployment that waits at its PAUSE hook, and waits until the version before serves again.
The stack's state still asks for the rejected revision: \`npm run rollback\` makes it agree, or the next \`pulumi up\` tries again.

  --no-wait   return once ECS has accepted
  --json      one JSON object on standard output

Exit codes: 0 rolled back; 1 nothing waits, or the rollback failed; 4 undecided

  npm run reject -- prod`,
  run: async (invocation) => {
    const { stack, source } = await decide(invocation, "ROLLBACK");
    if (flag(invocation, "no-wait")) {
      report(invocation, stack.name, "rejected");
      return EXIT.ok;
    }
    const { state, message } = await watchStack(invocation, stack);
    if (state !== "rolled-back") {
      invocation.note(message);
      return state === "undecided" || state === "unanswered" ? EXIT.undecided : EXIT.failed;
    }
    report(invocation, stack.name, "rejected");
    invocation.note(
      `${source === undefined ? "The revision before" : `Revision ${revisionNumber(source)}`} serves. \`npm run rollback -- ${stack.called}\` makes the stack's state agree.`,
    );
    return EXIT.ok;
  },
};

async function decide(invocation: Invocation, action: "CONTINUE" | "ROLLBACK") {
  const stack = await askedStack(invocation);
  mustBeService(stack);
  const clients = invocation.connect(stack.region);
  const { deployment } = await observe(clients, stack);
  if (deployment?.pause === undefined)
    throw new OpsError(
      `No deployment of ${stack.called} waits for approval${deployment === undefined ? "" : `: the newest one, of revision ${revisionNumber(deployment.target.taskDefinition)}, is ${deployment.status.toLowerCase().replaceAll("_", " ")}`}.`,
    );
  await clients.ecs.continueServiceDeployment({
    serviceDeploymentArn: deployment.arn,
    hookId: deployment.pause.hookId,
    action,
  });
  await hookGone(invocation, stack, deployment.pause.hookId);
  return { stack, source: deployment.source?.taskDefinition };
}

/** ECS shows the hook as waiting for a moment after the decision. */
async function hookGone(
  { clock, connect }: Invocation,
  stack: Stack,
  hookId: string,
): Promise<void> {
  const clients = connect(stack.region);
  for (let waited = 0; waited < LONGEST_HOOK_SECONDS; waited += HOOK_POLL_SECONDS) {
    const { deployment } = await observe(clients, stack);
    if (deployment?.pause?.hookId !== hookId) return;
    await clock.sleep(HOOK_POLL_SECONDS * 1000);
  }
}

function report(invocation: Invocation, stack: string, decision: "approved" | "rejected"): void {
  invocation.print(flag(invocation, "json") ? JSON.stringify({ stack, decision }) : decision);
}
