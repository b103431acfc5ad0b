/** What raises an alarm, and why. Pure: metrics are named by their dimensions' placeholders, filled in by the components. */

/** A metric in an alarm: an expression over others, or a statistic of one. */
export type Query =
  | { id: string; expression: string; label: string; returnData: boolean }
  | {
      id: string;
      namespace: string;
      metric: string;
      stat: string;
      returnData: boolean;
      /** Which target group of two, from 0. @default - the alarm's subject */
      group?: number;
    };

/** Whose metric it is. */
export type Subject = "load-balancer" | "target-group" | "service" | "table" | "schedules" | "runs";

export interface AlarmSpec {
  /** Role in the logical name. */
  name: string;
  subject: Subject;
  /** What it means and what to look at, for the mail. */
  description: string;
  queries: readonly Query[];
  comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  threshold: number;
  /** Minutes that count, and how many of these have to be bad. */
  evaluationPeriods: number;
  datapointsToAlarm: number;
}

export interface Limits {
  /** Share of 5xx answers, in percent. */
  maxErrorPercent: number;
  /** 99th percentile of the answer time. */
  maxLatencyMilliseconds: number;
}

/** Failed requests of a minute that say nothing about a version: a caller may repeat one that fails. */
export const FEWEST_FAILED = 5;

/** Requests of a minute that have a 99th percentile, and those of which the slowest tenth is more than one. */
const ENOUGH_FOR_P99 = 100;
export const ENOUGH_FOR_P90 = 20;

export const ELB = "AWS/ApplicationELB";

const stat = (
  id: string,
  namespace: string,
  metric: string,
  statistic: string,
  returnData = false,
): Query => ({ id, namespace, metric, stat: statistic, returnData });

export const math = (id: string, expression: string, label = id, returnData = false): Query => ({
  id,
  expression,
  label,
  returnData,
});

/** Alarms on each target group: ECS rolls a deployment back when one fires while it runs. */
export function deploymentAlarms(limits: Limits): AlarmSpec[] {
  const { maxErrorPercent, maxLatencyMilliseconds } = limits;
  return [
    {
      name: "errors",
      subject: "target-group",
      description: `More than ${maxErrorPercent} % of the requests end with 5xx, or reach no task. Look at the error log of the service.`,
      queries: [
        stat("answered5xx", ELB, "HTTPCode_Target_5XX_Count", "Sum"),
        stat("unreached", ELB, "TargetConnectionErrorCount", "Sum"),
        stat("requests", ELB, "RequestCount", "Sum"),
        math("failed", "FILL(answered5xx, 0) + FILL(unreached, 0)"),
        math(
          "share",
          `IF(failed >= ${FEWEST_FAILED}, 100 * failed / requests, 0)`,
          "failed requests in percent",
          true,
        ),
      ],
      comparison: "GreaterThanThreshold",
      threshold: maxErrorPercent,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    },
    {
      name: "latency",
      subject: "target-group",
      description: `One request in a hundred takes longer than ${maxLatencyMilliseconds} ms, or one in ten while there are few. Look at slow requests in the log, CPU and the table.`,
      queries: [
        stat("requests", ELB, "RequestCount", "Sum"),
        stat("p99", ELB, "TargetResponseTime", "p99"),
        stat("p90", ELB, "TargetResponseTime", "p90"),
        // Of a few requests the 99th percentile is the slowest, whatever the others do.
        math(
          "latency",
          `IF(requests >= ${ENOUGH_FOR_P99}, p99, IF(requests >= ${ENOUGH_FOR_P90}, p90, 0))`,
          "answer time in seconds",
          true,
        ),
      ],
      comparison: "GreaterThanThreshold",
      threshold: maxLatencyMilliseconds / 1000,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    },
    {
      name: "unhealthy",
      subject: "target-group",
      description: "Tasks fail their health checks. Look at the service's events and the log.",
      queries: [stat("unhealthy", ELB, "UnHealthyHostCount", "Maximum", true)],
      comparison: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    },
  ];
}

/**
 * What callers see that no target group counts: tasks that hang (504), hang up (502), or are gone (503). The load balancer
 * counts its own answers for all target groups together, so the limit is that of the share that a new version gets first.
 * Source: AWS, User Guide for Application Load Balancers, CloudWatch metrics, and its HTTP 502 to 504 under Troubleshoot.
 * @param firstPercent - share of the requests that a new version gets first
 */
export function balancerAlarm({ maxErrorPercent }: Limits, firstPercent: number): AlarmSpec {
  return {
    name: "balancer",
    subject: "load-balancer",
    description: `The load balancer itself answers more than ${maxErrorPercent} % of the requests${firstPercent < 100 ? ` to a new version that has ${firstPercent} % of them` : ""} with 5xx: tasks hang, hang up or are gone. Look at the targets' health.`,
    queries: [
      stat("errors", ELB, "HTTPCode_ELB_5XX_Count", "Sum"),
      stat("requests", ELB, "RequestCount", "Sum"),
      // A request for which no target could be chosen is not among the requests.
      stat("untaken", ELB, "HTTPCode_ELB_503_Count", "Sum"),
      math("all", "FILL(requests, 0) + FILL(untaken, 0)"),
      math(
        "share",
        `IF(errors >= ${FEWEST_FAILED}, 100 * errors / all, 0)`,
        "requests without an answer of a task in percent",
        true,
      ),
    ],
    comparison: "GreaterThanThreshold",
    threshold: (maxErrorPercent * firstPercent) / 100,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  };
}

/** Alarms on the main service as it runs, deployment or not, and on what it shares with others. */
export function serviceAlarms(options: { table: boolean }): AlarmSpec[] {
  return [...taskAlarms(), ...(options.table ? [tableThrottles] : [])];
}

/** Alarms on the tasks of a service, whatever it does. */
export function taskAlarms(): AlarmSpec[] {
  return [
    {
      name: "cpu",
      subject: "service",
      description:
        "CPU stays above 85 %: autoscaling is at its maximum or too slow. Raise maxCapacity or taskCpu.",
      queries: [stat("cpu", "AWS/ECS", "CPUUtilization", "Average", true)],
      comparison: "GreaterThanThreshold",
      threshold: 85,
      evaluationPeriods: 10,
      datapointsToAlarm: 8,
    },
    {
      name: "memory",
      subject: "service",
      description:
        "Memory stays above 85 %: a leak, or tasks too small. Look for growth since the last deployment.",
      queries: [stat("memory", "AWS/ECS", "MemoryUtilization", "Maximum", true)],
      comparison: "GreaterThanThreshold",
      threshold: 85,
      evaluationPeriods: 10,
      datapointsToAlarm: 8,
    },
  ];
}

/**
 * The alarm on the starts of a scheduled task, whose group holds its schedule alone. Source: AWS, "Monitoring Amazon EventBridge
 * Scheduler with Amazon CloudWatch".
 */
export const missedStarts: AlarmSpec = {
  name: "missed-starts",
  subject: "schedules",
  description:
    "A scheduled task was not started, also when asked again. Look at the role of its schedule, the cluster and the quota of tasks.",
  queries: [stat("dropped", "AWS/Scheduler", "InvocationDroppedCount", "Sum", true)],
  comparison: "GreaterThanThreshold",
  threshold: 0,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
};

/**
 * The alarm on the runs of a scheduled task that failed, which a rule of EventBridge counts. Source: AWS, "Enhanced Amazon CloudWatch
 * metrics for Amazon EventBridge".
 */
export const failedRuns: AlarmSpec = {
  name: "failed-runs",
  subject: "runs",
  description:
    "A run of a scheduled task failed: its exit code was not 0, or it was stopped before its end. Look at its log, and at the stopped task.",
  queries: [stat("failed", "AWS/Events", "MatchedEvents", "Sum", true)],
  comparison: "GreaterThanThreshold",
  threshold: 0,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
};

const tableThrottles: AlarmSpec = {
  name: "table-throttles",
  subject: "table",
  description:
    "DynamoDB throttles writes of the table: a hot key, or a new peak. Look at the keys that are written most.",
  queries: [stat("throttles", "AWS/DynamoDB", "WriteThrottleEvents", "Sum", true)],
  comparison: "GreaterThanThreshold",
  threshold: 50,
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
};
