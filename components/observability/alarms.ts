/** What raises an alarm, and why. Pure: whose metrics they are, the components fill in. */

import table from "./alarms.json" with { type: "json" };
import settings from "./setting-alarms.json" with { type: "json" };

/** A statistic of a metric. `of` counts its owner, such as a target group, where an alarm looks at several. @default 0 */
export type Metric = readonly [namespace: string, metric: string, stat: string, of?: number];

/** Metrics, and expressions over them, by id. The last decides; before an anomaly band, that which the band is for. */
export type Queries = Readonly<Record<string, Metric | string>>;

/**
 * Whom it reaches: `page` gets somebody out of bed, and is kept for harm that callers see; `ticket` waits for the next working
 * hour; `part` reaches nobody by itself, and is part of a composite alarm.
 */
export type Severity = "page" | "ticket" | "part";

/** An alarm. It is in ALARM when so many of the last periods are bad. */
export interface AlarmSpec {
  /** Role in the logical name. */
  name: string;
  severity: Severity;
  /** What it means and what to look at, for the mail. */
  description: string;
  queries: Queries;
  comparison:
    `${"Greater" | "Less"}ThanThreshold` | "GreaterThanUpperThreshold" | "LessThanLowerThreshold";
  /** A number, or the id of the query that is an anomaly band. */
  threshold: number | string;
  datapointsToAlarm: number;
  evaluationPeriods: number;
  /** What a period without a datapoint is. */
  missing: "notBreaching" | "breaching" | "ignore";
  periodSeconds: number;
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

/**
 * Alarms by settings, which stand as `{name}` in them. Of a few requests the 99th percentile is the slowest, whatever the others do: hence
 * the 90th below 100 a minute, and none below 20; and fewer than five that fail say nothing about a version: a caller may repeat one.
 * A request for which no target could be chosen (HTTPCode_ELB_503_Count) is not among the requests.
 */
export const SETTING_ALARMS = settings as unknown as {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends readonly unknown[]
    ? readonly AlarmSpec[]
    : AlarmSpec;
};

type Values = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Rows of these files, or a part of one, with values in place of `{name}`: a text that is nothing else becomes the value. */
export const filled = <T>(rows: T, values: Values): T =>
  JSON.parse(JSON.stringify(rows), (_key, part: unknown) => {
    if (typeof part !== "string") return part;
    const whole = values[part.slice(1, -1)];
    return part.startsWith("{") && whole !== undefined
      ? whole
      : part.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
  }) as T;

/** Alarms on each target group: ECS rolls a deployment back when one fires while it runs. */
export const deploymentAlarms = (limits: Limits): readonly AlarmSpec[] =>
  filled(SETTING_ALARMS.deployment, {
    ...limits,
    maxLatencySeconds: limits.maxLatencyMilliseconds / 1000,
  });

/**
 * What callers see that no target group counts: tasks that hang (504), hang up (502), or are gone (503). The load balancer
 * counts its own answers for all target groups together, so the limit is that of the share that a new version gets first.
 * Source: AWS, User Guide for Application Load Balancers, CloudWatch metrics, and its HTTP 502 to 504 under Troubleshoot.
 * @param firstPercent - share of the requests that a new version gets first
 */
export const balancerAlarm = ({ maxErrorPercent }: Limits, firstPercent: number): AlarmSpec =>
  filled(SETTING_ALARMS.balancer, {
    maxErrorPercent,
    maxPercentOfAll: (maxErrorPercent * firstPercent) / 100,
    toNewVersion: firstPercent < 100 ? ` to a new version that has ${firstPercent} % of them` : "",
  });
