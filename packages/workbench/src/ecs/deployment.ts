/** A deployment strategy as the settings of an ECS service. */

/** What ECS calls each strategy. */
export const ECS_STRATEGIES = {
  rolling: "ROLLING",
  "blue-green": "BLUE_GREEN",
  canary: "CANARY",
  linear: "LINEAR",
} as const;

export type DeploymentStrategy = keyof typeof ECS_STRATEGIES;
export type EcsStrategy = (typeof ECS_STRATEGIES)[DeploymentStrategy];

export const STRATEGIES = Object.keys(ECS_STRATEGIES) as readonly DeploymentStrategy[];

/** The strategy that ECS calls so; rolling where nothing is said. */
export const strategyOf = (name: string | undefined): DeploymentStrategy =>
  STRATEGIES.find((strategy) => ECS_STRATEGIES[strategy] === name) ?? "rolling";

export interface DeploymentArgs {
  deploymentStrategy: DeploymentStrategy;
  bakeTimeMinutes: number;
  canaryPercent: number;
  canaryBakeTimeMinutes: number;
  stepPercent: number;
  stepBakeTimeMinutes: number;
  /** Where the deployment waits for a person. Only with traffic shifting. */
  approval: "none" | "after-scale-up" | "after-test-traffic";
  approvalTimeoutMinutes: number;
}

/** A pause between two stages: ECS waits for ContinueServiceDeployment, and rolls back when nobody answers. */
export interface PauseHook {
  targetType: "PAUSE";
  lifecycleStages: string[];
  timeoutConfiguration: { action: "ROLLBACK"; timeoutInMinutes: string };
}

export interface DeploymentSettings {
  /** Minutes are texts in this API. */
  deploymentConfiguration: {
    strategy: EcsStrategy;
    bakeTimeInMinutes?: string;
    canaryConfiguration?: { canaryPercent: number; canaryBakeTimeInMinutes: string };
    linearConfiguration?: { stepPercent: number; stepBakeTimeInMinutes: string };
    lifecycleHooks?: PauseHook[];
  };
  /** Minutes that a deployment bakes by its settings, all steps together. */
  bakeMinutes: number;
  /** Minutes that it may wait for a person. */
  approvalMinutes: number;
  /** ECS knows its circuit breaker with rolling deployments alone. */
  circuitBreaker: boolean;
}

/** Whether the strategy moves traffic between two target groups. */
export const shiftsTraffic = (strategy: DeploymentStrategy): boolean => strategy !== "rolling";

/** Share of the traffic that a new version gets first, in percent; all of it where it is not divided. */
export function firstShare(
  args: Pick<DeploymentArgs, "deploymentStrategy" | "canaryPercent" | "stepPercent">,
): number {
  if (args.deploymentStrategy === "canary") return args.canaryPercent;
  return args.deploymentStrategy === "linear" ? args.stepPercent : 100;
}

/** The stages after which ECS takes a PAUSE hook; it refuses one at the stages that shift traffic. */
const APPROVAL_STAGE = {
  "after-scale-up": "POST_SCALE_UP",
  "after-test-traffic": "POST_TEST_TRAFFIC_SHIFT",
} as const;

export function deploymentSettings(args: DeploymentArgs): DeploymentSettings {
  if (args.deploymentStrategy === "rolling")
    return {
      deploymentConfiguration: { strategy: "ROLLING" },
      bakeMinutes: 0,
      approvalMinutes: 0,
      circuitBreaker: true,
    };
  const shifting = shiftSettings(args.deploymentStrategy, args);
  return {
    deploymentConfiguration: {
      ...shifting.configuration,
      bakeTimeInMinutes: String(args.bakeTimeMinutes),
      ...(args.approval === "none" ? {} : { lifecycleHooks: [pause(args.approval, args)] }),
    },
    bakeMinutes: shifting.watchedMinutes + args.bakeTimeMinutes,
    approvalMinutes: args.approval === "none" ? 0 : args.approvalTimeoutMinutes,
    circuitBreaker: false,
  };
}

function pause(stage: keyof typeof APPROVAL_STAGE, args: DeploymentArgs): PauseHook {
  return {
    targetType: "PAUSE",
    lifecycleStages: [APPROVAL_STAGE[stage]],
    timeoutConfiguration: {
      action: "ROLLBACK",
      timeoutInMinutes: String(args.approvalTimeoutMinutes),
    },
  };
}

/** How the traffic moves, and for how long it is watched on the way. */
function shiftSettings(
  strategy: Exclude<DeploymentStrategy, "rolling">,
  args: DeploymentArgs,
): {
  configuration: DeploymentSettings["deploymentConfiguration"];
  watchedMinutes: number;
} {
  switch (strategy) {
    case "blue-green":
      return { configuration: { strategy: "BLUE_GREEN" }, watchedMinutes: 0 };
    case "canary":
      return {
        configuration: {
          strategy: "CANARY",
          canaryConfiguration: {
            canaryPercent: args.canaryPercent,
            canaryBakeTimeInMinutes: String(args.canaryBakeTimeMinutes),
          },
        },
        watchedMinutes: args.canaryBakeTimeMinutes,
      };
    case "linear":
      return {
        configuration: {
          strategy: "LINEAR",
          linearConfiguration: {
            stepPercent: args.stepPercent,
            stepBakeTimeInMinutes: String(args.stepBakeTimeMinutes),
          },
        },
        // ECS does not wait after the step that reaches 100 % (Amazon ECS API Reference, LinearConfiguration).
        watchedMinutes: (Math.ceil(100 / args.stepPercent) - 1) * args.stepBakeTimeMinutes,
      };
  }
}

/** What a deployment takes besides baking and approval: starting, checking and draining tasks, with room to spare. */
const DEPLOYMENT_MARGIN_MINUTES = 30;

/** How long the provider may wait for the service before it gives up. */
export function serviceTimeout(settings: DeploymentSettings): string {
  return `${settings.bakeMinutes + settings.approvalMinutes + DEPLOYMENT_MARGIN_MINUTES}m`;
}
