import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sleepSchedule } from "./schedule.ts";

/** How many tasks a service has, and when. */
export interface CapacityArgs {
  minCapacity: number;
  maxCapacity: number;
  targetCpuPercent: number;
  targetMemoryPercent: number;
  /** Requests per task and minute; 0 for none. */
  targetRequestsPerMinute: number;
  /** `always`, or such as `Mon-Fri 07:00-20:00`. */
  awakeHours: string;
  /** IANA name. */
  timeZone: string;
}

export interface AutoscalingArgs extends CapacityArgs {
  clusterName: pulumi.Input<string>;
  serviceName: pulumi.Input<string>;
  /** Load balancer and target groups, as CloudWatch names them. @default - a worker, which no requests scale */
  loadBalancerArnSuffix?: pulumi.Input<string> | undefined;
  targetGroupArnSuffixes?: readonly pulumi.Input<string>[] | undefined;
}

/** Follow load within a minute; give capacity back slowly, because a peak often has a second one behind it. */
const SCALE_OUT_COOLDOWN_SECONDS = 60;
const SCALE_IN_COOLDOWN_SECONDS = 300;

const ASLEEP = { minCapacity: 0, maxCapacity: 0 };

/** Target tracking of a service by CPU, memory and requests, and its sleep outside the awake hours. Free. */
export class Autoscaling extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:Autoscaling", name, {}, opts);

    const schedule = sleepSchedule(args.awakeHours);
    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: args.minCapacity,
        maxCapacity: args.maxCapacity,
      },
      {
        parent: this,
        // The schedule moves both; writing ours back would wake the service at night.
        ignoreChanges: schedule === undefined ? [] : ["minCapacity", "maxCapacity"],
      },
    );
    const { serviceNamespace, scalableDimension, resourceId } = target;
    const scalable = { serviceNamespace, scalableDimension, resourceId };
    // One after the other: Application Auto Scaling refuses two changes of one target at once with
    // ConcurrentUpdateException. Source: hashicorp/terraform-provider-aws issue 17915.
    let last: pulumi.Resource = target;
    const track = (
      metric: string,
      targetValue: number,
      specification: Partial<aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration>,
    ): void => {
      last = new aws.appautoscaling.Policy(
        `${name}-${metric}`,
        {
          ...scalable,
          policyType: "TargetTrackingScaling",
          targetTrackingScalingPolicyConfiguration: {
            targetValue,
            scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
            scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
            ...specification,
          },
        },
        { parent: this, dependsOn: [last] },
      );
    };
    const predefined = (predefinedMetricType: string): Parameters<typeof track>[2] => ({
      predefinedMetricSpecification: { predefinedMetricType },
    });
    track("cpu", args.targetCpuPercent, predefined("ECSServiceAverageCPUUtilization"));
    track("memory", args.targetMemoryPercent, predefined("ECSServiceAverageMemoryUtilization"));
    const { loadBalancerArnSuffix: balancer, targetGroupArnSuffixes: groups } = args;
    if (args.targetRequestsPerMinute > 0 && balancer !== undefined && groups !== undefined)
      track("requests", args.targetRequestsPerMinute, {
        customizedMetricSpecification: { metrics: requestsPerTask(balancer, groups) },
      });

    const { minCapacity, maxCapacity } = args;
    if (schedule !== undefined)
      for (const verb of ["wake", "sleep"] as const)
        last = new aws.appautoscaling.ScheduledAction(
          `${name}-${verb}`,
          {
            ...scalable,
            schedule: schedule[verb],
            timezone: args.timeZone,
            scalableTargetAction: verb === "wake" ? { minCapacity, maxCapacity } : ASLEEP,
          },
          { parent: this, dependsOn: [last] },
        );
    this.registerOutputs({});
  }
}

type Metric =
  aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetric;

/**
 * Requests of all target groups divided by their healthy tasks. The predefined metric knows one target group, and with
 * traffic shifting that would be the idle one half of the time.
 */
function requestsPerTask(
  balancer: pulumi.Input<string>,
  groups: readonly pulumi.Input<string>[],
): Metric[] {
  const metrics = groups.flatMap((targetGroup, index): Metric[] => {
    const dimensions = [
      { name: "LoadBalancer", value: balancer },
      { name: "TargetGroup", value: targetGroup },
    ];
    const stat = (id: string, metricName: string, statistic: string): Metric => ({
      id: `${id}${index + 1}`,
      returnData: false,
      metricStat: {
        stat: statistic,
        metric: { namespace: "AWS/ApplicationELB", metricName, dimensions },
      },
    });
    return [
      stat("requests", "RequestCount", "Sum"),
      stat("healthy", "HealthyHostCount", "Average"),
    ];
  });
  // A group without targets reports nothing, which must not void the sum.
  const sum = (id: string): string =>
    groups.map((_, index) => `FILL(${id}${index + 1}, 0)`).join(" + ");
  return [
    ...metrics,
    {
      id: "per_task",
      label: "Requests per task and minute",
      expression: `(${sum("requests")}) / (${sum("healthy")})`,
      returnData: true,
    },
  ];
}
