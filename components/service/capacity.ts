/** How tasks spread over on-demand and Spot capacity. */

export interface CapacityStrategy {
  capacityProvider: "FARGATE" | "FARGATE_SPOT";
  /** Tasks that run on it before the weights count. ECS allows one provider to have a base. */
  base: number;
  weight: number;
}

/**
 * @param spotPercent - share on Spot of the tasks above the base, 0 to 100
 * @param onDemandBase - tasks that always run on demand
 */
export function capacityStrategies(spotPercent: number, onDemandBase: number): CapacityStrategy[] {
  const onDemand: CapacityStrategy = {
    capacityProvider: "FARGATE",
    base: onDemandBase,
    weight: 100 - spotPercent,
  };
  const spot: CapacityStrategy = { capacityProvider: "FARGATE_SPOT", base: 0, weight: spotPercent };
  return [onDemand, spot].filter(({ base, weight }) => base > 0 || weight > 0);
}
