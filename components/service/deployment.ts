/** A deployment strategy as the settings of an ECS service. */

export type DeploymentStrategy = "rolling" | "blue-green" | "canary" | "linear";

export interface DeploymentArgs {
  deploymentStrategy: DeploymentStrategy;
  bakeTimeMinutes: number;
  canaryPercent: number;
  canaryBakeTimeMinutes: number;
  stepPercent: number;
  stepBakeTimeMinutes: number;
}

export interface DeploymentSettings {
  /** Minutes are texts in this API. */
  deploymentConfiguration: {
    strategy: "ROLLING" | "BLUE_GREEN" | "CANARY" | "LINEAR";
    bakeTimeInMinutes?: string;
    canaryConfiguration?: { canaryPercent: number; canaryBakeTimeInMinutes: string };
    linearConfiguration?: { stepPercent: number; stepBakeTimeInMinutes: string };
  };
  /** Minutes that a deployment bakes by its settings, all steps together. */
  bakeMinutes: number;
  /** ECS knows its circuit breaker with rolling deployments alone. */
  circuitBreaker: boolean;
}

/** Whether the strategy moves traffic between two target groups. */
export const shiftsTraffic = (strategy: DeploymentStrategy): boolean => strategy !== "rolling";

export function deploymentSettings(args: DeploymentArgs): DeploymentSettings {
  const bakeTimeInMinutes = String(args.bakeTimeMinutes);
  switch (args.deploymentStrategy) {
    case "rolling":
      return {
        deploymentConfiguration: { strategy: "ROLLING" },
        bakeMinutes: 0,
        circuitBreaker: true,
      };
    case "blue-green":
      return {
        deploymentConfiguration: { strategy: "BLUE_GREEN", bakeTimeInMinutes },
        bakeMinutes: args.bakeTimeMinutes,
        circuitBreaker: false,
      };
    case "canary":
      return {
        deploymentConfiguration: {
          strategy: "CANARY",
          bakeTimeInMinutes,
          canaryConfiguration: {
            canaryPercent: args.canaryPercent,
            canaryBakeTimeInMinutes: String(args.canaryBakeTimeMinutes),
          },
        },
        bakeMinutes: args.canaryBakeTimeMinutes + args.bakeTimeMinutes,
        circuitBreaker: false,
      };
    case "linear":
      return {
        deploymentConfiguration: {
          strategy: "LINEAR",
          bakeTimeInMinutes,
          linearConfiguration: {
            stepPercent: args.stepPercent,
            stepBakeTimeInMinutes: String(args.stepBakeTimeMinutes),
          },
        },
        bakeMinutes:
          Math.ceil(100 / args.stepPercent) * args.stepBakeTimeMinutes + args.bakeTimeMinutes,
        circuitBreaker: false,
      };
  }
}
