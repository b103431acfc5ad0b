import type { World } from "./world.ts";

/** Properties of a resource, in plain text, with its id. */
export interface Known {
  id: string;
  [property: string]: unknown;
}

interface Forward {
  forward?: { targetGroups?: { arn: string; weight?: number }[] };
}

interface Balancer {
  targetGroupArn: string;
  containerPort: number;
  advancedConfiguration?: { alternateTargetGroupArn: string; productionListenerRule: string };
}

/** Tells the world of a resource that was created or updated, as far as it lives on there. */
export function remember(world: World, type: string, known: Known): void {
  if (type === "aws:lb/listener:Listener")
    world.listen(known.id, known["loadBalancerArn"] as string, known["port"] as number);
  if (type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    if (known["referencedSecurityGroupId"] !== undefined)
      world.open.set(known.id, [known["fromPort"] as number, known["toPort"] as number]);
  if (type === "aws:lb/listenerRule:ListenerRule") {
    const [action] = known["actions"] as Forward[];
    world.rules.set(known.id, {
      arn: known["arn"] as string,
      listener: known["listenerArn"] as string,
      priority: known["priority"] as number,
      conditions: JSON.stringify(known["conditions"]),
      groups: (action?.forward?.targetGroups ?? []).map(({ arn, weight = 1 }) => ({ arn, weight })),
    });
  }
  if (type === "aws:ecs/service:Service") {
    // A worker has none.
    const [balancer] = (known["loadBalancers"] ?? []) as Balancer[];
    // Without one, ECS rolls.
    const { strategy = "ROLLING", lifecycleHooks } = (known["deploymentConfiguration"] ?? {}) as {
      strategy?: string;
      lifecycleHooks?: object[];
    };
    const advanced = balancer?.advancedConfiguration;
    world.deploy({
      name: known["name"] as string,
      cluster: known["cluster"] as string,
      desired: known["desiredCount"] as number,
      taskDefinition: known["taskDefinition"] as string,
      targetGroup: balancer?.targetGroupArn ?? "",
      containerPort: balancer?.containerPort ?? 0,
      strategy,
      ...(lifecycleHooks === undefined ? {} : { lifecycleHooks }),
      ...(advanced === undefined
        ? {}
        : {
            alternate: advanced.alternateTargetGroupArn,
            productionRule: advanced.productionListenerRule,
          }),
    });
  }
}

/** What others than the program changed since, as a refresh reads it. */
export function observed(
  world: World,
  type: string,
  props: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (type === "aws:lb/listenerRule:ListenerRule") {
    const rule = world.rules.get(props["arn"] as string);
    if (rule === undefined) return {};
    return { actions: [{ type: "forward", forward: { targetGroups: rule.groups } }] };
  }
  if (type === "aws:appautoscaling/target:Target" && world.asleep)
    return { minCapacity: 0, maxCapacity: 0 };
  return {};
}
