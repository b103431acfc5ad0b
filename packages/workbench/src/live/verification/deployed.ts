import { DescribeServicesCommand, ListServicesCommand } from "@aws-sdk/client-ecs";
import type { Clients } from "./clients.ts";

/** Whether a service of the cluster is on a task definition already, or on its way to it. */
export async function isDeployed(
  { ecs }: Clients,
  cluster: string,
  taskDefinitionArn: string,
): Promise<boolean> {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  if (serviceArns.length === 0) return false;
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster, services: serviceArns }),
  );
  return services.some(({ taskDefinition, deployments = [] }) =>
    [taskDefinition, ...deployments.map((deployment) => deployment.taskDefinition)].includes(
      taskDefinitionArn,
    ),
  );
}
