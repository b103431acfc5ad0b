import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec } from "./alarms.ts";

/** Dimensions of a metric, as CloudWatch names them. */
export type Dimensions = Record<string, pulumi.Input<string>>;

const PERIOD_SECONDS = 60;

/**
 * The CloudWatch alarm of a specification. Cost: 0.10 USD a month for each metric that it looks at.
 * @param dimensions - of its subject, or of each target group that it compares
 */
export function metricAlarm(
  name: string,
  spec: AlarmSpec,
  dimensions: readonly Dimensions[],
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: spec.description,
      comparisonOperator: spec.comparison,
      threshold: spec.threshold,
      evaluationPeriods: spec.evaluationPeriods,
      datapointsToAlarm: spec.datapointsToAlarm,
      // No traffic, no targets, asleep: nothing reported is nothing wrong.
      treatMissingData: "notBreaching",
      metricQueries: spec.queries.map((query) =>
        "expression" in query
          ? query
          : {
              id: query.id,
              returnData: query.returnData,
              metric: {
                namespace: query.namespace,
                metricName: query.metric,
                stat: query.stat,
                period: PERIOD_SECONDS,
                dimensions: dimensions[query.group ?? 0] ?? {},
              },
            },
      ),
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    opts,
  );
}
