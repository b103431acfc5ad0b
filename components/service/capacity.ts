/** How tasks spread over on-demand and Spot capacity. */

/**
 * `base` tasks run on a provider before the weights count. ECS allows one provider to have a base.
 * @param spotPercent - share on Spot of the tasks above the base, 0 to 100
 * @param onDemandBase - tasks that always run on demand
 */
export const capacityStrategies = (spotPercent: number, onDemandBase: number) =>
  [
    { capacityProvider: "FARGATE", base: onDemandBase, weight: 100 - spotPercent },
    { capacityProvider: "FARGATE_SPOT", base: 0, weight: spotPercent },
  ].filter(({ base, weight }) => base > 0 || weight > 0);
