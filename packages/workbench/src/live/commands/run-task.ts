import type { NetworkConfiguration } from "@aws-sdk/client-ecs";
import { runOneOff } from "../verification/one-off-task.ts";
import { EXIT, OpsError } from "../errors.ts";
import { otherRevision } from "../history.ts";
import { flag, parseCount, stackName, text } from "../options.ts";
import { readStack, type Schedule } from "../stack.ts";
import type { Command } from "../command.ts";

export const runTaskCommand: Command = {
  name: "run-task",
  summary: "run a command once in the service's image, network and role",
  usage: "STACK [--service NAME] [--revision N] [--json] [-- ARGUMENT...]",
  help: `Starts one task with the image, environment, secrets, subnets, security group and role of the service, on demand (not on
Spot), shows its log and ends with its exit code. The arguments go to the image's entry point, which is node;
a leading \`node\` is taken for it.

  --service   another service of the stack than the main one; a scheduled task runs its own command without arguments
  --revision  task definition to run; by default the one that the last \`pulumi up\` asked for
  --json      one JSON object on standard output, and the log on standard error

Exit codes: that of the command; 1 too when it did not start

  npm run run-task -- prod -- dist/migrate.js --to latest
  npm run run-task -- prod --service nightly
  npm run run-task -- dev --revision 42 -- -e 'console.log(process.env.TABLE_NAME)'`,
  run: async (invocation) => {
    const [, ...command] = invocation.positionals;
    const service = text(invocation, "service");
    const stack = await readStack(invocation.pulumi, stackName(invocation), service);
    const { schedule } = stack;
    if (command.length === 0 && schedule === undefined)
      throw new OpsError(
        `${stack.called} runs all the time: say what to run, such as npm run run-task -- ${stack.name} -- dist/migrate.js`,
        EXIT.usage,
      );
    const revision = text(invocation, "revision");
    const json = flag(invocation, "json");
    const taskDefinitionArn =
      revision === undefined
        ? stack.taskDefinitionArn
        : otherRevision(stack.taskDefinitionArn, parseCount("--revision", revision, 1));
    const result = await runOneOff(
      invocation.connect(stack.region),
      {
        ...stack,
        taskDefinitionArn,
        command,
        ...(schedule === undefined ? {} : { networkConfiguration: networkOf(schedule) }),
      },
      {
        clock: invocation.clock,
        started: (id) => {
          invocation.note(`task ${id} is on its way`);
        },
        line: json ? invocation.note : invocation.print,
      },
    );
    if (json) invocation.print(JSON.stringify({ stack: stack.name, ...result }));
    if (result.exitCode === undefined) {
      invocation.note(`The command did not run: ${result.reason}`);
      return EXIT.failed;
    }
    invocation.note(
      `task ${result.taskId.slice(0, 8)} ended with exit code ${result.exitCode}${result.exitCode === 0 || result.reason === "" ? "" : `: ${result.reason}`}`,
    );
    return result.exitCode;
  },
};

/** Where a scheduled task runs, which belongs to no service. */
const networkOf = ({
  subnets,
  securityGroups,
  assignPublicIp,
}: Schedule): NetworkConfiguration => ({
  awsvpcConfiguration: {
    subnets,
    securityGroups,
    assignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED",
  },
});
