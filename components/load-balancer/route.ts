import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { trafficGuard, type Guard, type GuardArgs, type Priorities } from "./traffic-guard.ts";
import { forwardWeights, targetGroupNames } from "./traffic.ts";

/** How requests reach the tasks of a service, and when one is healthy. */
export interface TargetGroupArgs {
  vpcId: pulumi.Input<string>;
  healthPath: string;
  healthCheckIntervalSeconds: number;
  healthCheckTimeoutSeconds: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  deregistrationDelaySeconds: number;
  /** Whether deployments shift traffic between two target groups. */
  trafficShifting: boolean;
}

/** Which requests of which listeners go there. */
export interface RuleArgs {
  listenerArn: pulumi.Input<string>;
  /** @default - there is no test listener */
  testListenerArn?: pulumi.Input<string> | undefined;
  conditions: aws.types.input.lb.ListenerRuleCondition[];
  priorities: Priorities;
  trafficShifting: boolean;
}

/** A target group and what alarms name it by. */
export interface TargetGroup {
  /** `blue` or `green`. */
  readonly color: string;
  readonly arn: pulumi.Output<string>;
  readonly arnSuffix: pulumi.Output<string>;
}

export type RouteArgs = TargetGroupArgs & RuleArgs & GuardArgs;

/**
 * What leads some requests of a load balancer to a service of their own: target groups, and a rule before the others.
 * Free.
 */
export class Route extends pulumi.ComponentResource {
  readonly targetGroups: readonly TargetGroup[];
  readonly productionRule: aws.lb.ListenerRule;
  readonly testRule: aws.lb.ListenerRule | undefined;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:load-balancer:Route", name, {}, opts);

    this.targetGroups = targetGroups(name, args, this);
    const guard = trafficGuard(
      args,
      this.targetGroups.map(({ arn }) => arn),
    );
    const { production, test } = forwardRules(name, args, guard, this.targetGroups, this);
    this.productionRule = production;
    this.testRule = test;
    this.registerOutputs({});
  }
}

/**
 * A target group has a port, but ECS registers each task with the port of its container. A constant one: the provider
 * replaces the group when it changes, and the new one is empty until the next tasks are healthy. Source: Terraform AWS
 * provider, internal/service/elbv2/target_group.go; AWS, RegisterTargets, Elastic Load Balancing API Reference.
 */
const TARGET_GROUP_PORT = 80;

/** The target groups of a service: one, or two to shift traffic between. */
export function targetGroups(
  name: string,
  args: TargetGroupArgs,
  parent: pulumi.Resource,
): TargetGroup[] {
  return targetGroupNames(args.trafficShifting).map((color) => {
    const { arn, arnSuffix } = new aws.lb.TargetGroup(
      `${name}-${color}`,
      {
        vpcId: args.vpcId,
        targetType: "ip",
        protocol: "HTTP",
        port: TARGET_GROUP_PORT,
        deregistrationDelay: args.deregistrationDelaySeconds,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        healthCheck: {
          path: args.healthPath,
          matcher: "200",
          interval: args.healthCheckIntervalSeconds,
          timeout: args.healthCheckTimeoutSeconds,
          healthyThreshold: args.healthyThreshold,
          unhealthyThreshold: args.unhealthyThreshold,
        },
      },
      // Groups from before had the container's port: kept as it is, none is replaced.
      { parent, ignoreChanges: ["port"] },
    );
    return { color, arn, arnSuffix };
  });
}

/** The rules that lead to the target groups: production's, guarded, and that of the test listener, where there is one. */
export function forwardRules(
  name: string,
  args: RuleArgs,
  guard: Guard,
  groups: readonly TargetGroup[],
  parent: pulumi.Resource,
): { production: aws.lb.ListenerRule; test: aws.lb.ListenerRule | undefined } {
  const { trafficShifting, priorities, conditions, testListenerArn } = args;
  const weights = forwardWeights(trafficShifting);
  const priority = trafficShifting ? priorities.shifting : priorities.forward;
  const rule = (of: string, listenerArn: pulumi.Input<string>, guarded: pulumi.Input<number>) =>
    new aws.lb.ListenerRule(
      // A rule of its own for each way of forwarding: what is ignored below must not swallow the second group when the
      // strategy changes.
      `${of}-${trafficShifting ? "shifting" : "forward"}`,
      {
        ...{ listenerArn, conditions, priority: guarded },
        actions: [
          {
            type: "forward",
            forward: {
              targetGroups: groups.map(({ arn }, index) => ({ arn, weight: weights[index] ?? 0 })),
            },
          },
        ],
      },
      {
        parent,
        // ECS moves the weights during a deployment; writing ours back would send traffic to the wrong version. The groups
        // are a set in the provider, so the whole set is ignored: an index holds only while their order does.
        ignoreChanges: trafficShifting ? ["actions[0].forward.targetGroups"] : [],
      },
    );
  return {
    production: rule(name, args.listenerArn, guard(priority)),
    test:
      testListenerArn === undefined ? undefined : rule(`${name}-test`, testListenerArn, priority),
  };
}
