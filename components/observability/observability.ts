import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ALARMS, type AlarmSpec } from "./alarms.ts";
import { dashboardBody, dashboardUrl, type DashboardArgs } from "./dashboard.ts";
import { metricAlarm, type Dimensions, type Topics } from "./metric-alarm.ts";
import { SAVED_QUERIES } from "./queries.ts";

/** A service, or a scheduled task. */
export interface ObservedService {
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

export interface ObservabilityArgs extends Pick<
  DashboardArgs,
  "region" | "webAcl" | "insights" | "apps" | "metricsNamespace"
> {
  /** Unique in the account: dashboards belong to no region. Saved queries stand in a folder of that name. */
  dashboardName: string;
  topics: Topics;
  loadBalancerArnSuffix: pulumi.Input<string>;
  /** @default - the stack has no table */
  tableName?: pulumi.Input<string> | undefined;
  natGatewayIds: readonly pulumi.Input<string>[];
  /** @default - the stack has no objective */
  objective?: { percent: string; alarmArn: pulumi.Input<string> } | undefined;
  /** The main service first. */
  services: readonly ObservedService[];
}

/** Alarms on the running services, their dashboard and saved queries of their logs. Cost: the first three dashboards of an account are free. */
export class Observability extends pulumi.ComponentResource {
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Observability", name, {}, opts);

    const { region, webAcl, insights, apps, metricsNamespace, objective, tableName } = args;
    for (const [index, service] of args.services.entries()) {
      const { clusterName: ClusterName, serviceName: ServiceName } = service;
      const watch = (specs: readonly AlarmSpec[], dimensions: Dimensions): void => {
        for (const spec of specs) {
          const role = `${name}-${index === 0 ? "" : `${service.name}-`}${spec.name}`;
          metricAlarm(role, spec, [dimensions], args.topics, { parent: this });
        }
      };
      if (ServiceName === undefined) {
        watch(ALARMS.schedule, { ScheduleGroup: service.scheduleGroupName ?? "" });
        watch(ALARMS.runs, { RuleName: service.failureRuleName ?? "" });
      } else watch(ALARMS.service, { ClusterName, ServiceName });
      if (index === 0 && tableName !== undefined) watch(ALARMS.table, { TableName: tableName });
    }
    for (const { name: query, query: queryString } of SAVED_QUERIES)
      new aws.cloudwatch.QueryDefinition(
        `${name}-${query}`,
        {
          name: `${args.dashboardName}/${query}`,
          queryString,
          logGroupNames: args.services.map(({ logGroupName }) => logGroupName),
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
            natGatewayIds: [...args.natGatewayIds],
            ...{ objective, tableName },
            services: [...args.services],
          })
          .apply((names) =>
            JSON.stringify(
              dashboardBody({ region, webAcl, insights, apps, metricsNamespace, ...names }),
            ),
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
