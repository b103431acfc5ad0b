/** What raises an alarm, and why. Pure: whose metrics they are, the components fill in. */

import table from "./alarms.json" with { type: "json" };

/** A statistic of a metric. `of` counts its owner, such as a target group, where an alarm looks at several. @default 0 */
export type Metric = readonly [namespace: string, metric: string, stat: string, of?: number];

/** Metrics, and expressions over them, by id. The last decides; before an anomaly band, that which the band is for. */
export type Queries = Readonly<Record<string, Metric | string>>;

/**
 * Whom it reaches: `page` gets somebody out of bed, and is kept for harm that callers see; `ticket` waits for the next working
 * hour; `part` reaches nobody by itself, and is part of a composite alarm.
 */
export type Severity = "page" | "ticket" | "part";

/** When it is in ALARM: so many of the last periods are bad. */
interface Rule {
  comparison:
    `${"Greater" | "Less"}ThanThreshold` | "GreaterThanUpperThreshold" | "LessThanLowerThreshold";
  /** A number, or the id of the query that is an anomaly band. */
  threshold: number | string;
  datapointsToAlarm: number;
  evaluationPeriods: number;
  /** What a period without a datapoint is. */
  missing: "notBreaching" | "breaching" | "ignore";
  periodSeconds: number;
}

export interface AlarmSpec extends Rule {
  /** Role in the logical name. */
  name: string;
  severity: Severity;
  /** What it means and what to look at, for the mail. */
  description: string;
  queries: Queries;
  /** Whose paragraph of docs/runbook.md it has. @default - its own */
  runbook?: string;
}

export interface Limits {
  /** Share of 5xx answers, in percent. */
  maxErrorPercent: number;
  /** 99th percentile of the answer time. */
  maxLatencyMilliseconds: number;
}

/**
 * Alarms that no setting changes, by whose metrics they read. `missing` is decided for each: as a rule no traffic, no targets, asleep or
 * nothing found is nothing wrong, and nothing reported. What is said there of AWS:
 * - missed-starts: "Monitoring Amazon EventBridge Scheduler with Amazon CloudWatch". A scheduled task's group holds its schedule alone.
 * - failed-runs and events: a rule without a target, whose matches are a metric: "Enhanced Amazon CloudWatch metrics for EventBridge".
 * - tasks-missing and disk: CloudWatch User Guide, "Amazon ECS Container Insights metrics". Asleep, no task is desired; while none runs,
 *   none is reported.
 * - nat-ports: Amazon VPC User Guide, "NAT gateway metrics".
 * - certificate: ACM User Guide, metrics; ACM renews 60 days before the end where it can, and reports twice a day.
 * - traffic: a band learns two weeks by hour and weekday. Nothing at all is 0, which it knows of nights: so a metric that stops is
 *   noticed, and a quiet night is not. Of few requests the slowest tenth is chance. More traffic is no harm; what it overloads is.
 * - events: patterns of EventBridge: Amazon ECS Developer Guide, "service deployment state change events" and "task state change events",
 *   of which not those that deployments, scaling and Spot stop; Amazon ECR User Guide, "Sample events"; AWS Health User Guide, event
 *   schema; Amazon GuardDuty User Guide, severity levels, high from 7. Keys are in the alphabet's order, as the provider writes them back:
 *   Terraform AWS provider, internal/service/events/rule.go.
 * - trail: filter patterns of CloudWatch Logs, 1,024 characters at most, from CIS AWS Foundations Benchmark, as AWS Security Hub User
 *   Guide has its controls CloudWatch.1, .2, .5, .7 and .10 to .14.
 */
export const ALARMS = table as unknown as Readonly<
  Record<Exclude<keyof typeof table, "events" | "trail">, readonly AlarmSpec[]> & {
    events: readonly (AlarmSpec & { pattern: object })[];
    trail: readonly (AlarmSpec & { pattern: string })[];
  }
>;

/** The same with the stack's namespace for `{namespace}`. */
export const inNamespace = (specs: readonly AlarmSpec[], namespace: string): AlarmSpec[] =>
  JSON.parse(JSON.stringify(specs).replaceAll("{namespace}", namespace)) as AlarmSpec[];

/** Failed requests of a period that say nothing about a version: a caller may repeat one that fails. */
export const FEWEST_FAILED = 5;

/** Requests of a minute that have a 99th percentile, and those of which the slowest tenth is more than one. */
const ENOUGH_FOR_P99 = 100;
export const ENOUGH_FOR_P90 = 20;

export const ELB = "AWS/ApplicationELB";

/** No traffic, no targets, asleep, nothing found: nothing reported is nothing wrong. */
export const QUIET = "notBreaching";

/** @param rule - `3 of 5`, periods of a minute unless it says otherwise */
export const above = (
  threshold: number,
  [bad, last]: readonly [bad: number, last: number],
  missing: Rule["missing"],
  periodSeconds = 60,
): Rule => ({
  comparison: "GreaterThanThreshold",
  ...{ threshold, datapointsToAlarm: bad, evaluationPeriods: last, missing, periodSeconds },
});

export const ticket = (name: string, rule: Rule): Omit<AlarmSpec, "description" | "queries"> => ({
  name,
  severity: "ticket",
  ...rule,
});

/** Alarms on each target group: ECS rolls a deployment back when one fires while it runs. */
export function deploymentAlarms(limits: Limits): AlarmSpec[] {
  const { maxErrorPercent, maxLatencyMilliseconds } = limits;
  return [
    {
      ...ticket("errors", above(maxErrorPercent, [2, 3], QUIET)),
      description: `More than ${maxErrorPercent} % of the requests end with 5xx, or reach no task. Look at the error log of the service.`,
      queries: {
        answered5xx: [ELB, "HTTPCode_Target_5XX_Count", "Sum"],
        unreached: [ELB, "TargetConnectionErrorCount", "Sum"],
        requests: [ELB, "RequestCount", "Sum"],
        failed: "FILL(answered5xx, 0) + FILL(unreached, 0)",
        share: `IF(failed >= ${FEWEST_FAILED}, 100 * failed / requests, 0)`,
      },
    },
    {
      ...ticket("latency", above(maxLatencyMilliseconds / 1000, [3, 3], QUIET)),
      description: `One request in a hundred takes longer than ${maxLatencyMilliseconds} ms, or one in ten while there are few. Look at slow requests in the log, CPU and the table.`,
      queries: {
        requests: [ELB, "RequestCount", "Sum"],
        p99: [ELB, "TargetResponseTime", "p99"],
        p90: [ELB, "TargetResponseTime", "p90"],
        // Of a few requests the 99th percentile is the slowest, whatever the others do.
        latency: `IF(requests >= ${ENOUGH_FOR_P99}, p99, IF(requests >= ${ENOUGH_FOR_P90}, p90, 0))`,
      },
    },
    {
      ...ticket("unhealthy", above(0, [3, 3], QUIET)),
      description: "Tasks fail their health checks. Look at the service's events and the log.",
      queries: { unhealthy: [ELB, "UnHealthyHostCount", "Maximum"] },
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
  const limit = (maxErrorPercent * firstPercent) / 100;
  return {
    ...ticket("balancer", above(limit, [2, 3], QUIET)),
    description: `The load balancer itself answers more than ${maxErrorPercent} % of the requests${firstPercent < 100 ? ` to a new version that has ${firstPercent} % of them` : ""} with 5xx: tasks hang, hang up or are gone. Look at the targets' health.`,
    queries: {
      errors: [ELB, "HTTPCode_ELB_5XX_Count", "Sum"],
      requests: [ELB, "RequestCount", "Sum"],
      // A request for which no target could be chosen is not among the requests.
      untaken: [ELB, "HTTPCode_ELB_503_Count", "Sum"],
      all: "FILL(requests, 0) + FILL(untaken, 0)",
      share: `IF(errors >= ${FEWEST_FAILED}, 100 * errors / all, 0)`,
    },
  };
}
