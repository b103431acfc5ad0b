/** Target groups and the weights that the production rule starts with. ECS moves the weights from then on. */

/** One group for rolling deployments, two to shift traffic between. The first is the one that a new stack serves from. */
export function targetGroupNames(trafficShifting: boolean): readonly string[] {
  return trafficShifting ? ["blue", "green"] : ["blue"];
}

/**
 * With traffic shifting the rule has to name both groups, weighted 1 and 0, or ECS rolls the deployment back.
 * Source: AWS, "Application Load Balancer resources for blue/green deployments", Amazon ECS Developer Guide.
 */
export function forwardWeights(trafficShifting: boolean): readonly number[] {
  return trafficShifting ? [1, 0] : [1];
}
