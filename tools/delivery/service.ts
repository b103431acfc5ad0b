import type { Outputs } from "./pulumi.ts";

/**
 * Whether the service sleeps: its schedule took all tasks away, so nothing can answer, and nothing is wrong.
 * @param outputs of the stack: clusterName and serviceName
 */
export async function isAsleep(outputs: Outputs, region: string): Promise<boolean> {
  const { ECSClient, DescribeServicesCommand } = await import("@aws-sdk/client-ecs");
  const client = new ECSClient({ region });
  try {
    const { services } = await client.send(
      new DescribeServicesCommand({
        cluster: outputs["clusterName"],
        services: [outputs["serviceName"] ?? ""],
      }),
    );
    return services?.[0]?.status === "ACTIVE" && services[0].desiredCount === 0;
  } finally {
    client.destroy();
  }
}
