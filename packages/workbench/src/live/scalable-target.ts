import { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";

/** The bounds between which autoscaling keeps the tasks of a service. */
export interface ScalableTarget {
  /** Sets them at once. */
  setBounds(
    service: { clusterName: string; serviceName: string },
    bounds: { min: number; max: number },
  ): Promise<void>;
}

/** AWS's Application Auto Scaling in a region. */
export function scalableTarget(region: string): ScalableTarget {
  return {
    setBounds: async ({ clusterName, serviceName }, { min, max }) => {
      await new ApplicationAutoScaling({ region }).registerScalableTarget({
        ServiceNamespace: "ecs",
        ScalableDimension: "ecs:service:DesiredCount",
        ResourceId: `service/${clusterName}/${serviceName}`,
        MinCapacity: min,
        MaxCapacity: max,
      });
    },
  };
}
