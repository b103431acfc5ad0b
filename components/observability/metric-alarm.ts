import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec } from "./alarms.ts";

/** Dimensions of a metric, as CloudWatch names them. */
export type Dimensions = Record<string, pulumi.Input<string>>;

/** Where alarms go, by severity. */
export type Topics = Readonly<Record<"page" | "ticket", pulumi.Input<string>>>;

/** What a mail says of an alarm: what it means, what to look at, and where more stands. */
export const described = (name: string, description: string): string =>
  `${description} Runbook: docs/runbook.md#alarm-${name}`;

/**
 * The CloudWatch alarm of a specification. Cost: 0.10 USD a month for each metric that it looks at, on an anomaly band 0.30 USD.
 * @param dimensions - of its subject, or of each of several that it looks at
 */
export function metricAlarm(
  name: string,
  spec: AlarmSpec,
  dimensions: readonly Dimensions[],
  topics: Topics,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const { threshold, severity } = spec;
  const ids = Object.keys(spec.queries);
  const returned = typeof threshold === "number" ? ids.slice(-1) : ids.slice(-2);
  // Both when it begins and when it is over.
  const reached = severity === "part" ? [] : [topics[severity]];
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: described(spec.runbook ?? spec.name, spec.description),
      comparisonOperator: spec.comparison,
      ...(typeof threshold === "number" ? { threshold } : { thresholdMetricId: threshold }),
      evaluationPeriods: spec.evaluationPeriods,
      datapointsToAlarm: spec.datapointsToAlarm,
      treatMissingData: spec.missing,
      metricQueries: Object.entries(spec.queries).map(([id, query]) => {
        const returnData = returned.includes(id);
        if (typeof query === "string") return { id, expression: query, label: id, returnData };
        const [namespace, metricName, stat, of = 0] = query;
        const period = spec.periodSeconds;
        const metric = { namespace, metricName, stat, period, dimensions: dimensions[of] ?? {} };
        return { id, returnData, metric };
      }),
      alarmActions: reached,
      okActions: reached,
    },
    opts,
  );
}
