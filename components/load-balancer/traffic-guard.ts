import * as pulumi from "@pulumi/pulumi";
import { unsafeTargetGroupRemoval, trafficShares } from "./live-traffic.ts";

/**
 * Passes a value on once it is sure that no target group is dropped that carries traffic. It asks in previews too, so that
 * the refusal comes before anything is changed.
 * @throws pulumi.RunError in the output
 */
export function guardTraffic<T>(
  credentials: { region: string; profile?: string | undefined },
  listenerArn: pulumi.Output<string>,
  kept: readonly pulumi.Output<string>[],
  value: T,
): pulumi.Output<T> {
  return pulumi
    .all([listenerArn, pulumi.all([...kept])])
    .apply(async ([listener, groups]): Promise<T> => {
      // Loaded here: the offline plan has no use for the AWS clients.
      const { DescribeRulesCommand, ElasticLoadBalancingV2Client } =
        await import("@aws-sdk/client-elastic-load-balancing-v2");
      const client = new ElasticLoadBalancingV2Client({
        region: credentials.region,
        ...(credentials.profile === undefined ? {} : { profile: credentials.profile }),
      });
      const { Rules = [] } = await client
        .send(new DescribeRulesCommand({ ListenerArn: listener }))
        .catch((error: unknown) => {
          throw new pulumi.RunError(unanswered(error, credentials.region));
        });
      const reason = unsafeTargetGroupRemoval(trafficShares(Rules), groups);
      if (reason !== undefined) throw new pulumi.RunError(reason);
      return value;
    });
}

/** AWS's failure in one sentence. Without the answer the rule stays as it is, so nothing is at risk. */
function unanswered(error: unknown, region: string): string {
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const why =
    causes[0] instanceof Error ? `${causes[0].name}: ${causes[0].message}` : String(error);
  return `which target group carries the traffic could not be asked of Elastic Load Balancing in ${region}, so the listener's rule was not touched: ${why.replace(/^Error: /, "").replaceAll(/\s*\n\s*/g, " ")}. Check the network and the credentials, and run it again.`;
}
