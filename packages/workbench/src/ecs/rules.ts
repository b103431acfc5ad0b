import type { DeploymentStrategy } from "./deployment.ts";

/**
 * What the deployments rely on ECS to do. Where AWS's own documents say it plainly, or its API's types do, a rule is
 * verified; where sources disagree or nobody outside AWS can see it, it is assumed, and the plan says so.
 */
export interface EcsRule {
  id: string;
  rule: string;
  source: string;
  status: "verified" | "assumed";
  strategies: readonly DeploymentStrategy[];
}

const ALL: readonly DeploymentStrategy[] = ["rolling", "blue-green", "canary", "linear"];
const SHIFTING: readonly DeploymentStrategy[] = ["blue-green", "canary", "linear"];

export const ECS_RULES: readonly EcsRule[] = [
  {
    id: "breaker-rolling-only",
    rule: "The deployment circuit breaker works with rolling deployments alone.",
    source:
      "AWS, Amazon ECS Developer Guide, How the Amazon ECS deployment circuit breaker detects failures",
    status: "verified",
    strategies: ALL,
  },
  {
    id: "breaker-threshold",
    rule: "The circuit breaker trips after half the desired count of failed tasks in a row, at least 3 and at most 200: a task that gets healthy begins the count anew.",
    source:
      "AWS, Amazon ECS Developer Guide, How the Amazon ECS deployment circuit breaker detects failures; Amazon ECS API Reference, DeploymentCircuitBreaker, resetOnHealthyTask",
    status: "verified",
    strategies: ["rolling"],
  },
  {
    id: "new-target-one-check",
    rule: "A newly registered target is healthy after one passed check, whatever the healthy threshold.",
    source: "AWS, Amazon ECS Developer Guide, Optimize load balancer health check parameters",
    status: "verified",
    strategies: ALL,
  },
  {
    id: "deregister-before-sigterm",
    rule: "ECS deregisters a target and waits for its drain before SIGTERM; some reports see both overlap, so the app serves on after SIGTERM.",
    source:
      "AWS, Amazon ECS Developer Guide, Optimize load balancer connection draining parameters",
    status: "assumed",
    strategies: ALL,
  },
  {
    id: "both-groups-on-rule",
    rule: "The production rule has to name both target groups, weighted 1 and 0, or the deployment is rolled back.",
    source:
      "AWS, Amazon ECS Developer Guide, Application Load Balancer resources for blue/green deployments",
    status: "verified",
    strategies: SHIFTING,
  },
  {
    id: "ecs-moves-weights",
    rule: "ECS writes the weights of the rule, and whoever writes others back sends traffic to the wrong version.",
    source: "aws/aws-cdk issue 36649, terraform-aws-modules/terraform-aws-alb issue 409",
    status: "verified",
    strategies: SHIFTING,
  },
  {
    id: "alarms-roll-back-shifts",
    rule: "Alarms of the service roll back traffic shifts too, not rolling deployments alone.",
    source:
      "AWS, Amazon ECS Developer Guide, Amazon ECS blue/green deployments; another reference restricts them to rolling",
    status: "assumed",
    strategies: SHIFTING,
  },
  {
    id: "firing-alarm-disables-all",
    rule: "One alarm that fires when a deployment starts switches off all alarms of the service for that deployment.",
    source:
      "AWS Copilot, site/content/docs/include/deployment.en.md, added by aws/copilot-cli pull request 4512",
    status: "verified",
    strategies: ALL,
  },
  {
    id: "crashing-tasks-stall-shift",
    rule: "Without a circuit breaker, tasks that crash leave a shift in its scale-up stage for up to 24 hours; the verification stops it.",
    source:
      "AWS, Amazon ECS Developer Guide, Amazon ECS service deployment stages; behaviour reported, not observed",
    status: "assumed",
    strategies: SHIFTING,
  },
  {
    id: "pause-stages",
    rule: "A PAUSE hook is taken after scale-up and after test traffic, not at the stages that shift traffic.",
    source: "AWS, Amazon ECS Developer Guide, Pause lifecycle hooks",
    status: "verified",
    strategies: SHIFTING,
  },
];

/** The rules that a strategy relies on. */
export function rulesFor(strategy: DeploymentStrategy): readonly EcsRule[] {
  return ECS_RULES.filter(({ strategies }) => strategies.includes(strategy));
}
