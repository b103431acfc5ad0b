import { STRATEGIES as ALL, type DeploymentStrategy } from "./deployment.ts";

/**
 * What the deployments rely on ECS to do. Where AWS's own documents say it plainly, or its API's types do, a rule is
 * verified; where sources disagree or nobody outside AWS can see it, it is assumed, and the plan says so.
 */
export interface EcsRule {
  id: string;
  rule: string;
  source: string;
  status: "verified" | "assumed";
  /** Station of `npm run smoke:aws` that shows it in a real account; of each rule that is assumed. */
  settledBy?: string;
  strategies: readonly DeploymentStrategy[];
}

const SHIFTING: readonly DeploymentStrategy[] = ["blue-green", "canary", "linear"];

export const ECS_RULES: readonly EcsRule[] = [
  {
    id: "breaker-rolling-only",
    rule: "The deployment circuit breaker works with rolling deployments alone.",
    source:
      "AWS, Amazon ECS API Reference, DeploymentCircuitBreaker; the Developer Guide's page on failure detection names blue/green, too, so shifts have it off",
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
      "AWS, Amazon ECS Developer Guide, Optimize load balancer connection draining parameters: it waits for UNUSED, and says of SIGTERM only that it comes first of the signals",
    status: "assumed",
    settledBy: "rollout, asked",
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
      "AWS, Amazon ECS Developer Guide, Amazon ECS deployment failure detection, for blue/green; AWS Containers blog on linear and canary deployments (2026) for these. The API Reference of DeploymentAlarms, older than both, still says rolling alone",
    status: "verified",
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
    settledBy: "bad image, shifting",
    strategies: SHIFTING,
  },
  {
    id: "groups-take-turns",
    rule: "A shift goes to the target group that does not serve, whichever that is, and the next one back.",
    source:
      "AWS, Amazon ECS Developer Guide, Application Load Balancer resources for blue/green deployments; hashicorp/terraform-provider-aws issue 45678 saw the same group twice",
    status: "assumed",
    settledBy: "shift back",
    strategies: SHIFTING,
  },
  {
    id: "no-scale-in-meanwhile",
    rule: "While a deployment runs autoscaling takes no task away, but goes on adding some.",
    source: "AWS, Amazon ECS Developer Guide, Troubleshooting service auto scaling in Amazon ECS",
    status: "verified",
    strategies: ALL,
  },
  {
    id: "averages-cover-both",
    rule: "CPU and memory that the service scales by are averages of the service, so of both versions while traffic shifts: an idle new one hides a busy old one. Requests per target count each group for itself.",
    source: "AWS, Amazon ECS Developer Guide, Automatically scale your Amazon ECS service",
    status: "verified",
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
