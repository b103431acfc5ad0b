import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a listener really does now: ECS moves its weights, so the program's own idea of them is not the truth. */

/** Share of the listener's traffic, in percent, that each target group gets by the first rule that forwards. */
export function trafficShares(rules: readonly Rule[]): ReadonlyMap<string, number> {
  const priority = (rule: Rule): number => Number(rule.Priority ?? NaN);
  const [first] = rules
    .filter((rule) => rule.Actions?.some(({ Type }) => Type === "forward"))
    // The default rule has the priority "default" and comes last.
    .sort((a, b) => (priority(a) || Infinity) - (priority(b) || Infinity));
  const forward = first?.Actions?.find(({ Type }) => Type === "forward");
  const groups = forward?.ForwardConfig?.TargetGroups ?? [
    { TargetGroupArn: forward?.TargetGroupArn, Weight: 1 },
  ];
  const total = groups.reduce((sum, { Weight }) => sum + (Weight ?? 0), 0);
  return new Map(
    groups.flatMap(({ TargetGroupArn: arn, Weight }) =>
      arn === undefined || total === 0 ? [] : [[arn, (100 * (Weight ?? 0)) / total]],
    ),
  );
}

/** What callers meet now: the port whose listener forwards, and the share of each target group in percent. */
export interface LiveTraffic {
  port: number;
  shares: ReadonlyMap<string, number>;
}

/** What the program is about to make of it. */
export interface WantedTraffic {
  /** Port of the listener that is to serve. */
  port: number;
  /** ARNs of the target groups that the program keeps. */
  kept: readonly string[];
  trafficShifting: boolean;
}

/** Why the rule may not be changed now; undefined when it may. */
export function unsafeTrafficChange(live: LiveTraffic, wanted: WantedTraffic): string | undefined {
  if (wanted.trafficShifting)
    // The rule that callers use would go on to the tasks of before, which ECS ends once it has moved the other rule.
    return live.port === wanted.port
      ? undefined
      : `certificateArn ${wanted.port === 443 ? "is new" : "is gone"}, but deploymentStrategy shifts traffic by the rule of the listener that serves, and callers would stay on the one of port ${live.port} until its tasks are gone. Deploy with deploymentStrategy rolling first, then change the certificate, and then set the strategy again.`;
  const dropped = [...live.shares].filter(
    ([arn, share]) => share > 0 && !wanted.kept.includes(arn),
  );
  const percent = Math.round(dropped.reduce((sum, [, share]) => sum + share, 0));
  if (percent === 0) return undefined;
  const names = dropped.map(([arn]) => arn.split("/")[1] ?? arn).join(", ");
  return `deploymentStrategy would become rolling, which drops the target group ${names}, but that carries ${percent} % of the traffic now. Deploy once more with the strategy before, so that the traffic goes back to the other group, and change the strategy then.`;
}
