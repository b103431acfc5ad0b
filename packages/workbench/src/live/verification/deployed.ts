import type { Service } from "@aws-sdk/client-ecs";
import type { Clients } from "./clients.ts";

/** The services of a cluster. */
export async function servicesOf({ ecs }: Clients, cluster: string): Promise<Service[]> {
  const { serviceArns = [] } = await ecs.listServices({ cluster });
  if (serviceArns.length === 0) return [];
  const { services = [] } = await ecs.describeServices({ cluster, services: serviceArns });
  return services;
}

/** Whether a service of the cluster is on a task definition already, or on its way to it. */
export async function isDeployed(
  clients: Clients,
  cluster: string,
  taskDefinitionArn: string,
): Promise<boolean> {
  const services = await servicesOf(clients, cluster);
  return services.some(({ taskDefinition, deployments = [] }) =>
    [taskDefinition, ...deployments.map((deployment) => deployment.taskDefinition)].includes(
      taskDefinitionArn,
    ),
  );
}
