import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { failedRuns, missedStarts, serviceAlarms, taskAlarms, type Subject } from "./alarms.ts";
import { dashboardBody, dashboardUrl, type WebAclMetrics } from "./dashboard.ts";
import { metricAlarm, type Dimensions } from "./metric-alarm.ts";
import { SAVED_QUERIES } from "./queries.ts";

/** A service beside the main one, or a scheduled task. */
export interface OtherService {
  name: string;
  targetGroupArnSuffixes: readonly pulumi.Input<string>[];
  clusterName: pulumi.Input<string>;
  /** @default - a scheduled task, which has none */
  serviceName?: pulumi.Input<string> | undefined;
  /** Group of a scheduled task's schedule. */
  scheduleGroupName?: pulumi.Input<string> | undefined;
  /** Rule that matches each run of a scheduled task that failed. */
  failureRuleName?: pulumi.Input<string> | undefined;
  logGroupName: pulumi.Input<string>;
}

export interface ObservabilityArgs {
  region: string;
  /** Unique in the account: dashboards belong to no region. Saved queries stand in a folder of that name. */
  dashboardName: string;
  topicArn: pulumi.Input<string>;
  loadBalancerArnSuffix: pulumi.Input<string>;
  targetGroupArnSuffixes: readonly pulumi.Input<string>[];
  /** @default - the stack has no web ACL */
  webAcl?: WebAclMetrics | undefined;
  clusterName: pulumi.Input<string>;
  serviceName: pulumi.Input<string>;
  logGroupName: pulumi.Input<string>;
  /** @default - the stack has no table */
  tableName?: pulumi.Input<string> | undefined;
  /** What else runs in the stack. @default - the main service alone */
  others?: readonly OtherService[] | undefined;
}

/** Alarms on the running service, its dashboard and saved queries of its log. Cost: the first three dashboards of an account are free. */
export class Observability extends pulumi.ComponentResource {
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Observability", name, {}, opts);

    for (const spec of serviceAlarms({ table: args.tableName !== undefined })) {
      metricAlarm(`${name}-${spec.name}`, spec, [dimensionsOf(spec.subject, args)], args.topicArn, {
        parent: this,
      });
    }
    const { others = [] } = args;
    for (const other of others)
      for (const spec of other.serviceName === undefined
        ? [missedStarts, failedRuns]
        : taskAlarms())
        metricAlarm(
          `${name}-${other.name}-${spec.name}`,
          spec,
          [dimensionsOf(spec.subject, other)],
          args.topicArn,
          { parent: this },
        );
    for (const { name: query, query: queryString } of SAVED_QUERIES)
      new aws.cloudwatch.QueryDefinition(
        `${name}-${query}`,
        {
          name: `${args.dashboardName}/${query}`,
          queryString,
          logGroupNames: [args.logGroupName, ...others.map(({ logGroupName }) => logGroupName)],
        },
        { parent: this },
      );
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        // The provider does not name dashboards by itself.
        dashboardName: args.dashboardName,
        dashboardBody: pulumi
          .output({
            loadBalancer: args.loadBalancerArnSuffix,
            targetGroups: [...args.targetGroupArnSuffixes],
            clusterName: args.clusterName,
            serviceName: args.serviceName,
            logGroupName: args.logGroupName,
            tableName: args.tableName,
            // These alone: a dashboard does not wait until deployments are verified.
            others: others.map((other) => ({
              name: other.name,
              clusterName: other.clusterName,
              serviceName: other.serviceName,
              scheduleGroupName: other.scheduleGroupName,
              failureRuleName: other.failureRuleName,
              logGroupName: other.logGroupName,
              targetGroups: [...other.targetGroupArnSuffixes],
            })),
          })
          .apply((names) =>
            JSON.stringify(dashboardBody({ region: args.region, webAcl: args.webAcl, ...names })),
          ),
      },
      { parent: this },
    );
    this.dashboardUrl = dashboard.dashboardName.apply((dashboardName) =>
      dashboardUrl(args.region, dashboardName),
    );
    this.registerOutputs({ dashboardUrl: this.dashboardUrl });
  }
}

/** @throws Error for what the service has not */
function dimensionsOf(subject: Subject, of: ObservabilityArgs | OtherService): Dimensions {
  const known: Partial<Record<Subject, Record<string, pulumi.Input<string> | undefined>>> = {
    service: { ClusterName: of.clusterName, ServiceName: of.serviceName },
    ...("name" in of
      ? {
          schedules: { ScheduleGroup: of.scheduleGroupName },
          runs: { RuleName: of.failureRuleName },
        }
      : { table: { TableName: of.tableName } }),
  };
  const dimensions = known[subject];
  if (dimensions === undefined || Object.values(dimensions).includes(undefined))
    throw new Error(`No alarm here is on a ${subject} of this service: it has none.`);
  return dimensions as Dimensions;
}
