import * as pulumi from "@pulumi/pulumi";
import { progressLine } from "./progress.ts";

export interface VerifyDeploymentArgs {
  /** Whether the program is planned offline: nothing is deployed, and AWS is not asked. */
  offline: boolean;
  /** Name of the stack, for the commands in messages. */
  stack: string;
  region: string;
  accountId: string;
  /** Profile that the AWS provider uses. @default - the SDK's own order */
  profile?: string | undefined;
  clusterName: pulumi.Input<string>;
  /** Name of the service, taken from the resource, so that it was updated before. */
  serviceName: pulumi.Input<string>;
  /** What commands call the service, where it is not the main one. @default - the stack's name is enough */
  service?: string | undefined;
  /** Name of its own container. @default - the first essential one of the task definition */
  containerName?: string | undefined;
  /** Task definition that the deployment asks for. */
  taskDefinitionArn: pulumi.Input<string>;
  /** Where callers reach the service, and the host name of its own front, where somebody else makes the record between them. @default - nothing is said of it */
  name?: { url: pulumi.Input<string>; front: pulumi.Input<string> } | undefined;
}

/**
 * Makes `pulumi up` tell the truth: waits for the deployment and fails the command with a post-mortem when it is not the
 * one that runs. It runs on every `up`, changed or not, because the engine keeps an update that ECS rolled back, and the
 * next `up` has nothing to change. Previews skip it. A name that leads elsewhere is a warning.
 * @returns the service's name, the same in a preview, once the deployment is verified, sleeps or awaits approval
 * @throws pulumi.RunError in the output, with the post-mortem
 */
export function verifyDeployment(
  args: VerifyDeploymentArgs,
  resource?: pulumi.Resource,
): pulumi.Output<string> {
  return pulumi
    .all([args.clusterName, args.serviceName, args.taskDefinitionArn, pulumi.output(args.name)])
    .apply(async ([clusterName, serviceName, taskDefinitionArn, name]) => {
      if (!args.offline && !pulumi.runtime.isDryRun())
        await run({ ...args, clusterName, serviceName, taskDefinitionArn, name }, resource);
      return serviceName;
    });
}

async function run(
  args: VerifyDeploymentArgs & {
    clusterName: string;
    serviceName: string;
    taskDefinitionArn: string;
    name: { url: string; front: string } | undefined;
  },
  resource: pulumi.Resource | undefined,
): Promise<void> {
  // Loaded here: the plan and the preview have no use for the AWS clients.
  const [{ createClients }, { impossible, verify }, { domainGap }] = await Promise.all([
    import("./clients.ts"),
    import("./verification.ts"),
    import("../domain.ts"),
  ]);
  const called = args.service === undefined ? args.stack : `${args.stack} ${args.service}`;
  const result = await verify(
    createClients(args),
    { ...args, stack: called },
    {
      report: (elapsedSeconds, text) => {
        void pulumi.log.info(progressLine(elapsedSeconds, text), resource);
      },
    },
  ).catch((error: unknown) => {
    throw new pulumi.RunError(impossible(error, called));
  });
  if (!result.ok) throw new pulumi.RunError(result.message);
  if (result.state === "succeeded") await pulumi.log.info(result.message, resource);
  else await pulumi.log.warn(result.message, resource);
  const { url, front = "" } = args.name ?? {};
  const gap = await domainGap(url, front);
  if (gap !== undefined) await pulumi.log.warn(gap, resource);
}
