import * as pulumi from "@pulumi/pulumi";
import { unsafeTrafficChange, trafficShares, type LiveTraffic } from "./live-traffic.ts";

/** Of a service's two rules. They differ so that both may stand for a moment, when the strategy changes. */
export interface Priorities {
  shifting: number;
  forward: number;
}

export interface GuardArgs {
  /** Whether it is planned offline: AWS is not asked, and nothing is guarded. */
  offline: boolean;
  /** Load balancer that is asked what carries the traffic. */
  loadBalancerArn: pulumi.Input<string>;
  region: string;
  /** Profile of the AWS configuration files. @default - the SDK's own order */
  profile?: string | undefined;
  /** Empty for plain HTTP. */
  certificateArn: pulumi.Input<string>;
  trafficShifting: boolean;
  /** Of the rules that it is about: others of a listener lead to other services. @default - any */
  priorities?: Priorities;
}

/** Ports of the listener that may serve: with a certificate port 80's only redirects. */
const SERVING_PORTS = [443, 80];

/** Passes a value on once it is sure that nobody who is served now is cut off. */
export type Guard = <T>(value: T) => pulumi.Input<T>;

/**
 * Guards what leads callers to the target groups that the program keeps. It asks in previews too, so that the refusal comes before
 * anything is changed: the load balancer, because listeners may be new. What it guards is updated in place: while it does not
 * know its answer, a preview shows a change.
 * @param kept - ARNs of the target groups that the program keeps
 * @throws pulumi.RunError in what it passes on
 */
export function trafficGuard(args: GuardArgs, kept: readonly pulumi.Output<string>[]): Guard {
  if (args.offline) return (value) => value;
  // A second target group may be new: in its first preview nobody knows it, and with both no group is dropped.
  const groups = args.trafficShifting ? [] : kept;
  const safe = pulumi
    .all([args.loadBalancerArn, pulumi.all([...groups])])
    .apply(async ([balancer, known]): Promise<true> => {
      const live = await ask(args, balancer).catch((error: unknown) => {
        throw new pulumi.RunError(unanswered(error, args.region));
      });
      const reason =
        live &&
        unsafeTrafficChange(live, {
          port: args.certificateArn === "" ? 80 : 443,
          kept: known,
          trafficShifting: args.trafficShifting,
        });
      if (reason !== undefined) throw new pulumi.RunError(reason);
      return true;
    });
  return <T>(value: T) => safe.apply(() => value);
}

/** Undefined where no listener forwards yet. */
async function ask(
  { region, profile, priorities }: GuardArgs,
  LoadBalancerArn: string,
): Promise<LiveTraffic | undefined> {
  // Loaded here: the offline plan has no use for the AWS clients.
  const { ElasticLoadBalancingV2 } = await import("@aws-sdk/client-elastic-load-balancing-v2");
  const client = new ElasticLoadBalancingV2({
    region,
    ...(profile === undefined ? {} : { profile }),
  });
  const { Listeners = [] } = await client.describeListeners({ LoadBalancerArn });
  for (const port of SERVING_PORTS) {
    const listener = Listeners.find(({ Port }) => Port === port);
    if (listener === undefined) continue;
    const { Rules = [] } = await client.describeRules({ ListenerArn: listener.ListenerArn });
    const own = Object.values(priorities ?? {}).map(String);
    const shares = trafficShares(
      Rules.filter(({ Priority = "" }) => own.length === 0 || own.includes(Priority)),
    );
    if (shares.size > 0) return { port, shares };
  }
  return undefined;
}

/** AWS's failure in one sentence. Without the answer the rule stays as it is, so nothing is at risk. */
function unanswered(error: unknown, region: string): string {
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const why =
    causes[0] instanceof Error ? `${causes[0].name}: ${causes[0].message}` : String(error);
  return `which target group carries the traffic could not be asked of Elastic Load Balancing in ${region}, so the listener's rule was not touched: ${why.replace(/^Error: /, "").replaceAll(/\s*\n\s*/g, " ")}. Check the network and the credentials, and run it again.`;
}
