import * as pulumi from "@pulumi/pulumi";
import type { Clock } from "./watch.ts";

export interface GateArgs {
  /** Whether the program is planned offline: nothing is deployed, and AWS is not asked. */
  offline: boolean;
  /** Arguments for the image's entry point, such as `["dist/migrate.js"]`; empty for no gate. */
  command: readonly string[];
  region: string;
  /** Profile that the AWS provider uses. @default - the SDK's own order */
  profile?: string | undefined;
  clusterName: pulumi.Input<string>;
  /** Where the task runs: the network of the service, which a first deployment does not have yet. */
  subnetIds: pulumi.Input<string[]>;
  securityGroupId: pulumi.Input<string>;
  assignPublicIp: boolean;
  /** Task definition that is to be deployed. */
  taskDefinitionArn: pulumi.Input<string>;
}

/**
 * Runs a command, such as a migration, once for each new task definition, before the service gets it. Where the command
 * fails the deployment does not begin, and what serves goes on serving. Previews skip it.
 * @param clock - @default the system's
 * @returns the task definition, once its command has succeeded; the same in a preview
 * @throws pulumi.RunError in the output, with the last lines of the command's log
 */
export function passGate(
  args: GateArgs,
  resource?: pulumi.Resource,
  clock?: Clock,
): pulumi.Output<string> {
  const { offline, command } = args;
  if (offline || command.length === 0) return pulumi.output(args.taskDefinitionArn);
  return pulumi
    .all([args.clusterName, args.subnetIds, args.securityGroupId, args.taskDefinitionArn])
    .apply(async ([clusterName, subnets, securityGroup, taskDefinitionArn]) => {
      if (!pulumi.runtime.isDryRun())
        await run(
          args,
          { clusterName, subnets, securityGroup, taskDefinitionArn },
          resource,
          clock,
        );
      return taskDefinitionArn;
    });
}

interface Resolved {
  clusterName: string;
  subnets: string[];
  securityGroup: string;
  taskDefinitionArn: string;
}

const SHOWN_LINES = 5;

async function run(
  args: GateArgs,
  { clusterName, subnets, securityGroup, taskDefinitionArn }: Resolved,
  resource: pulumi.Resource | undefined,
  clock: Clock | undefined,
): Promise<void> {
  // Loaded here: the plan and the preview have no use for the AWS clients.
  const [{ createClients }, { runOneOff }, { isDeployed }, { SYSTEM_CLOCK }, { awsErrorText }] =
    await Promise.all([
      import("./clients.ts"),
      import("./one-off-task.ts"),
      import("./deployed.ts"),
      import("./watch.ts"),
      import("./aws-errors.ts"),
    ]);
  const clients = createClients(args);
  const what = `\`${args.command.join(" ")}\``;
  const lines: string[] = [];
  const refuse = (why: string): pulumi.RunError =>
    new pulumi.RunError(
      [
        `the deployment did not begin: ${what} ${why}. What served before goes on serving.`,
        ...lines.slice(-SHOWN_LINES).map((line) => `  log     ${line}`),
      ].join("\n"),
    );
  try {
    if (await isDeployed(clients, clusterName, taskDefinitionArn)) return;
    const result = await runOneOff(
      clients,
      {
        clusterName,
        serviceName: "",
        taskDefinitionArn,
        command: args.command,
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets,
            securityGroups: [securityGroup],
            assignPublicIp: args.assignPublicIp ? "ENABLED" : "DISABLED",
          },
        },
      },
      {
        clock: clock ?? SYSTEM_CLOCK,
        started: (id) => void pulumi.log.info(`${what} runs as task ${id}`, resource),
        line: (text) => lines.push(text),
      },
    );
    if (result.exitCode === undefined) throw refuse(`did not run: ${result.reason}`);
    if (result.exitCode !== 0) throw refuse(`ended with exit code ${result.exitCode}`);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) throw error;
    throw refuse(`could not be run: ${awsErrorText(error)}`);
  }
}
