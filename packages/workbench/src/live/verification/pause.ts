import * as pulumi from "@pulumi/pulumi";

export interface PauseArgs {
  /** Whether the program is planned offline: nothing is deployed, and AWS is not asked. */
  offline: boolean;
  /** Where deployments wait for a person; `none` for no pause. */
  approval: string;
  region: string;
  /** Profile that the AWS provider uses. @default - the SDK's own order */
  profile?: string | undefined;
  clusterName: pulumi.Input<string>;
  /** Task definition that is to be deployed. */
  taskDefinitionArn: pulumi.Input<string>;
}

/**
 * Takes the pauses off the services of a cluster before they are updated. The provider sends hooks only where there are
 * some, and ECS keeps what an update leaves out: without it every deployment would go on to wait for a person. Other hooks
 * stay. Source: Terraform AWS provider, internal/service/ecs/service.go, and its pull request 47096. Previews skip it.
 * @returns the task definition, once no deployment of it pauses; the same in a preview
 * @throws pulumi.RunError in the output, where ECS does not take them off
 */
export function clearPauses(args: PauseArgs): pulumi.Output<string> {
  const { offline, approval, clusterName, taskDefinitionArn } = args;
  if (offline || approval !== "none" || pulumi.runtime.isDryRun())
    return pulumi.output(taskDefinitionArn);
  return pulumi.all([clusterName, taskDefinitionArn]).apply(async ([cluster, arn]) => {
    await clear(args, cluster);
    return arn;
  });
}

async function clear(args: PauseArgs, cluster: string): Promise<void> {
  // Loaded here: the plan and the preview have no use for the AWS clients.
  const [{ createClients }, { servicesOf }, { awsErrorText }] = await Promise.all([
    import("./clients.ts"),
    import("./deployed.ts"),
    import("./aws-errors.ts"),
  ]);
  const clients = createClients(args);
  const pauses = (service: Awaited<ReturnType<typeof servicesOf>>[number] | undefined): number =>
    (service?.deploymentConfiguration?.lifecycleHooks ?? []).filter(isPause).length;
  try {
    for (const service of await servicesOf(clients, cluster)) {
      if (pauses(service) === 0) continue;
      const { deploymentConfiguration: settings, serviceArn } = service;
      const lifecycleHooks = settings?.lifecycleHooks?.filter((hook) => !isPause(hook));
      const updated = await clients.ecs.updateService({
        cluster,
        service: serviceArn,
        deploymentConfiguration: { ...settings, lifecycleHooks },
      });
      if (pauses(updated.service) > 0) throw new Error("ECS kept it");
    }
  } catch (error) {
    throw new pulumi.RunError(
      `the deployment did not begin: approval is none, but the pause that the service has from before could not be taken off: ${awsErrorText(error)}. Run \`pulumi up\` again, or set approval as it was.`,
    );
  }
}

const isPause = ({ targetType }: { targetType?: string | undefined }): boolean =>
  targetType === "PAUSE";
