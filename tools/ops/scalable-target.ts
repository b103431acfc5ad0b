import { OpsError } from "./errors.ts";

/** The bounds between which autoscaling keeps the tasks of a service. */
export interface ScalableTarget {
  /** Sets them at once. */
  setBounds(
    service: { clusterName: string; serviceName: string },
    bounds: { min: number; max: number },
  ): Promise<void>;
}

/** The part of the client that is used here. */
interface Module {
  ApplicationAutoScalingClient: new (options: { region: string }) => {
    send(command: unknown): Promise<unknown>;
  };
  RegisterScalableTargetCommand: new (input: Record<string, unknown>) => unknown;
}

/** A text to the type checker, so that a checkout without the package still compiles. */
const PACKAGE = ["@aws-sdk", "client-application-auto-scaling"].join("/");

/** AWS's Application Auto Scaling in a region. */
export function scalableTarget(region: string): ScalableTarget {
  return {
    setBounds: async ({ clusterName, serviceName }, { min, max }) => {
      const { ApplicationAutoScalingClient, RegisterScalableTargetCommand } = await load();
      await new ApplicationAutoScalingClient({ region }).send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: "ecs",
          ScalableDimension: "ecs:service:DesiredCount",
          ResourceId: `service/${clusterName}/${serviceName}`,
          MinCapacity: min,
          MaxCapacity: max,
        }),
      );
    },
  };
}

async function load(): Promise<Module> {
  try {
    return (await import(PACKAGE)) as Module;
  } catch (error) {
    throw new OpsError(`${PACKAGE} is not installed. Run npm ci.`, undefined, { cause: error });
  }
}
