/** What raises an alarm, and why. Pure: metrics are named by their dimensions' placeholders, filled in by the components. */

/** A metric in an alarm: an expression over others, or a statistic of one. */
export type Query =
  | { id: string; expression: string; label: string; returnData: boolean }
  | { id: string; namespace: string; metric: string; stat: string; returnData: boolean };

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

const ELB = "AWS/ApplicationELB";

const stat = (
  id: string,
  namespace: string,
  metric: string,
  statistic: string,
  returnData = false,
): Query => ({ id, namespace, metric, stat: statistic, returnData });

/** Alarms on each target group: ECS rolls a deployment back when one fires while it runs. */
export function deploymentAlarms(limits: Limits): AlarmSpec[] {
  return [
    {
      name: "errors",
      subject: "target-group",
      description: `More than ${limits.maxErrorPercent} % of the answers are 5xx. Look at the error log of the service.`,
      queries: [
        stat("failed", ELB, "HTTPCode_Target_5XX_Count", "Sum"),
        stat("requests", ELB, "RequestCount", "Sum"),
        {
          id: "share",
          // One failed request among three is no trend, so a few requests do not count.
          expression: "IF(requests >= 20, 100 * FILL(failed, 0) / requests, 0)",
          label: "5xx answers in percent",
          returnData: true,
        },
      ],
      comparison: "GreaterThanThreshold",
      threshold: limits.maxErrorPercent,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    },
    {
      name: "latency",
      subject: "target-group",
      description: `One request in a hundred takes longer than ${limits.maxLatencyMilliseconds} ms. Look at slow requests in the log, CPU and the table.`,
      queries: [stat("latency", ELB, "TargetResponseTime", "p99", true)],
      comparison: "GreaterThanThreshold",
      threshold: limits.maxLatencyMilliseconds / 1000,
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

/** Alarms on the main service as it runs, deployment or not, and on what it shares with others. */
export function serviceAlarms(options: { table: boolean }): AlarmSpec[] {
  return [
    {
      name: "balancer-errors",
      subject: "load-balancer",
      description:
        "The load balancer itself answers 5xx: no healthy task, or tasks that hang up. Look at the targets' health.",
      queries: [stat("errors", ELB, "HTTPCode_ELB_5XX_Count", "Sum", true)],
      comparison: "GreaterThanThreshold",
      threshold: 10,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    },
    ...taskAlarms(),
    ...(options.table ? [tableThrottles] : []),
  ];
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
