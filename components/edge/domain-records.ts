import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { routes, type RoutingArgs } from "./routing.ts";

export interface DomainRecordsArgs extends RoutingArgs {
  zoneId: pulumi.Input<string>;
  /** Host names that lead there. */
  hostNames: readonly string[];
  /** The load balancer, or the distribution before it. */
  target: { dnsName: pulumi.Input<string>; zoneId: pulumi.Input<string> };
  /** What keeps the stack out of answers while it is unhealthy. @default - it is always in */
  healthCheckId?: pulumi.Input<string> | undefined;
  /** What has to be there before callers are sent. */
  after: readonly pulumi.Resource[];
}

/** The load balancer has IPv4 addresses alone: AAAA answers nothing until it has others, and nothing is to be changed then. */
const TYPES = ["A", "AAAA"] as const;

/**
 * Records that lead host names to the service. One that exists already is not overwritten: the deployment says so.
 * Cost: queries for such aliases are free.
 */
export class DomainRecords extends pulumi.ComponentResource {
  constructor(name: string, args: DomainRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:edge:DomainRecords", name, {}, opts);

    for (const host of args.hostNames)
      for (const type of TYPES) {
        const before: pulumi.Resource[] = [...args.after];
        for (const { suffix, policy } of routes(args)) {
          const record = new aws.route53.Record(
            `${name}-${host}-${type.toLowerCase()}${suffix}`,
            {
              zoneId: args.zoneId,
              name: host,
              type,
              aliases: [
                {
                  name: args.target.dnsName,
                  zoneId: args.target.zoneId,
                  // A target group without targets counts as unhealthy, and with traffic shifting one of the two has none.
                  // Source: AWS, AliasTarget, `EvaluateTargetHealth`, Route 53 API Reference.
                  evaluateTargetHealth: false,
                },
              ],
              ...policy,
              healthCheckId: args.healthCheckId,
            },
            { parent: this, dependsOn: [...before] },
          );
          before.push(record);
        }
      }
    this.registerOutputs({});
  }
}
