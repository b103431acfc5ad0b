import { list, number, ofType, record, text } from "../../plan/plan-reader.ts";
import type { Json, Plan, PlannedResource } from "../../plan/types.ts";
import { hasBand } from "../../plan/alarms/anomaly.ts";
import type { PriceId } from "../../plan/prices/prices.ts";
import { atRest, spotShare } from "./awake.ts";
import { FREE_TYPES } from "./free-types.ts";
import { capacityUnits, HOURS, type Load } from "./load.ts";
import { alarmMetrics, insights } from "./metrics.ts";
import { taskInputs, taskSize, tasksUnder } from "./tasks.ts";

/** Units of one price that one resource takes in a month. */
export interface Charge {
  id: PriceId;
  units: number;
  /** Of the list price; below 1 for Spot. */
  factor?: number;
}

/** What decides the charges of a resource, beside its own inputs. */
export interface Setting {
  plan: Plan;
  load: Load;
  /** Whether schedules send services to sleep; awake all month else. */
  asleep: boolean;
  /** Custom metrics that are billed, by the resource that is the first to read them. */
  customMetrics: ReadonlyMap<string, number>;
}

type Rule = (resource: PlannedResource, setting: Setting) => Charge[];

/** AWS: "up to a 70 % discount off the regular Fargate price". Source: https://aws.amazon.com/fargate/pricing/ */
export const SPOT_FACTOR = 0.3;

/** Storage of a task that its price contains, in GiB. Source: the same page. */
const INCLUDED_STORAGE_GIB = 20;

const hourly = (id: PriceId, units = 1): Charge => ({ id, units: units * HOURS });
const items = (value: Json | undefined): number => list(value).length;
const million = (requests: number): number => requests / 1e6;

/** Resource type -> what AWS bills for one of it. A type that is neither here nor among the free ones is unknown. */
const RULES: Readonly<Record<string, Rule>> = {
  "aws:ecs/service:Service": tasks,
  "aws:ecs/cluster:Cluster": insights,
  "aws:ec2/natGateway:NatGateway": (resource, { plan, load }) => {
    const share = 1 / ofType(plan, resource.type).length;
    return [hourly("nat-gateway"), { id: "nat-gateway-data", units: load.outboundGb * share }];
  },
  "aws:ec2/eip:Eip": () => [hourly("public-ipv4")],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs["vpcEndpointType"] === "Interface"
      ? [hourly("interface-endpoint", Math.max(1, items(inputs["subnetIds"])))]
      : [],
  "aws:lb/loadBalancer:LoadBalancer": ({ inputs }, { load }) => [
    hourly(inputs["loadBalancerType"] === "network" ? "nlb" : "alb"),
    hourly("alb-capacity-unit", capacityUnits(load)),
    ...(inputs["internal"] === true
      ? []
      : [
          hourly("public-ipv4", items(inputs["subnets"]) || items(inputs["subnetMappings"])),
          { id: "data-out" as const, units: load.answeredGb },
        ]),
  ],
  "aws:ecr/repository:Repository": (_, { load }) => [
    { id: "registry-storage", units: load.imagesGb },
  ],
  "aws:s3/bucket:Bucket": (_, { load }) => [{ id: "s3-storage", units: load.objectsGb }],
  "aws:dynamodb/table:Table": ({ inputs }, { load }) => {
    const replicas = items(inputs["replicas"]) + 1;
    const recovered = [
      record(inputs["pointInTimeRecovery"])["enabled"],
      ...list(inputs["replicas"]).map((replica) => record(replica)["pointInTimeRecovery"]),
    ].filter((recovery) => recovery === true);
    return [
      { id: "dynamodb-write", units: million(load.writes) * replicas },
      { id: "dynamodb-read", units: million(load.reads) },
      { id: "dynamodb-storage", units: load.tableGb * replicas },
      { id: "dynamodb-recovery", units: load.tableGb * recovered.length },
    ];
  },
  "aws:kms/key:Key": () => [{ id: "kms-key", units: 1 }],
  "aws:kms/replicaKey:ReplicaKey": () => [{ id: "kms-key", units: 1 }],
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }, { plan, load }) => {
    const gb = load.logGb / ofType(plan, "aws:cloudwatch/logGroup:LogGroup").length;
    // CloudWatch stores them compressed, at a fifth or less; the whole is the upper bound.
    const months = (number(inputs["retentionInDays"]) ?? 365) / 30;
    return [
      { id: "logs-ingested", units: gb },
      { id: "logs-stored", units: gb * Math.min(12, months) },
    ];
  },
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": ({ type }, { plan, load }) => [
    { id: "logs-masked", units: load.logGb / ofType(plan, type).length },
  ],
  // A metric that a filter reports only where it finds something is billed by those hours; one with a default by all.
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ({ inputs }) =>
    text(record(inputs["metricTransformation"])["defaultValue"]) === undefined
      ? []
      : [{ id: "custom-metric", units: 1 }],
  "aws:cloudwatch/metricAlarm:MetricAlarm": (resource, setting) => [
    ...alarm(resource.inputs),
    ...emitted(resource, setting),
  ],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": () => [{ id: "composite-alarm", units: 1 }],
  "aws:cloudwatch/dashboard:Dashboard": (resource, setting) => [
    { id: "dashboard", units: 1 },
    ...emitted(resource, setting),
  ],
  "aws:wafv2/webAcl:WebAcl": ({ inputs }, { load }) => [
    { id: "web-acl", units: 1 },
    { id: "web-acl-rule", units: items(inputs["rules"]) },
    { id: "web-acl-requests", units: million(load.requests) },
  ],
  "aws:route53/zone:Zone": (_, { load }) => [
    { id: "hosted-zone", units: 1 },
    // Clients keep an answer for a minute and longer: a query for a hundred requests.
    { id: "dns-queries", units: million(load.requests / 100) },
  ],
  "aws:route53/healthCheck:HealthCheck": ({ inputs }) => {
    const type = text(inputs["type"]) ?? "";
    const options =
      Number(type.startsWith("HTTPS")) +
      Number(type.endsWith("STR_MATCH")) +
      Number(number(inputs["requestInterval"]) === 10) +
      Number(inputs["measureLatency"] === true);
    return [
      { id: "health-check", units: 1 },
      { id: "health-check-option", units: options },
    ];
  },
  "aws:cloudfront/distribution:Distribution": (_, { load }) => [
    { id: "cdn-data", units: load.answeredGb },
    { id: "cdn-requests", units: load.requests / 10_000 },
  ],
  "aws:secretsmanager/secret:Secret": () => [{ id: "secret", units: 1 }],
  "aws:ssm/parameter:Parameter": ({ inputs }) =>
    inputs["tier"] === "Advanced" ? [{ id: "parameter-advanced", units: 1 }] : [],
  // The first copy of management events is free; data events are billed where a selector asks for them.
  "aws:cloudtrail/trail:Trail": ({ inputs }, { load }) =>
    items(inputs["eventSelectors"]) + items(inputs["advancedEventSelectors"]) > 0
      ? [{ id: "trail-data-events", units: load.requests / 100_000 }]
      : [],
  // Records of flows and names are taken for as much as the log (assumed).
  "aws:guardduty/detector:Detector": (_, { load }) => [
    { id: "threat-events", units: load.managementEvents / 1e6 },
    { id: "threat-logs", units: load.logGb },
  ],
  "aws:sqs/queue:Queue": (_, { load }) => [{ id: "sqs-requests", units: million(load.writes * 3) }],
  "aws:scheduler/schedule:Schedule": ({ inputs }, { load }) => [
    { id: "scheduler-invocations", units: million(HOURS) },
    { id: "dynamodb-export", units: exports(inputs) * load.tableGb },
  ],
};

/** Metrics that it is the first to read. */
const emitted = ({ urn }: PlannedResource, { customMetrics }: Setting): Charge[] => [
  { id: "custom-metric", units: customMetrics.get(urn) ?? 0 },
];

/** Exports of a table that a schedule asks for in a month. */
function exports(inputs: PlannedResource["inputs"]): number {
  const hours = /^rate\((\d+) hours\)$/.exec(text(inputs["scheduleExpression"]) ?? "")?.[1];
  const arn = text(record(inputs["target"])["arn"]) ?? "";
  return arn.endsWith(":exportTableToPointInTime") ? HOURS / Number(hours) : 0;
}

/** @returns the charges of a resource in a month; undefined where no table knows what its type costs */
export function chargesOf(resource: PlannedResource, setting: Setting): Charge[] | undefined {
  const rule = RULES[resource.type];
  if (rule !== undefined)
    return rule(resource, setting).filter(({ units }) => units > 0 && Number.isFinite(units));
  const [service = "", type = ""] = (/^aws:([^/]+)\/[^:]+:(.+)$/.exec(resource.type) ?? []).slice(
    1,
  );
  const free = FREE_TYPES[service];
  return free === "*" || free?.split(" ").includes(type) === true ? [] : undefined;
}

function tasks(service: PlannedResource, { plan, load, asleep }: Setting): Charge[] {
  const task = taskInputs(plan, service);
  const { vcpu, memoryGb } = taskSize(plan, service);
  const rest = atRest(plan, service);
  const count = tasksUnder(plan, service, load);
  const hours = count * HOURS * (asleep ? rest.awakeShare : 1);
  const kind = record(task["runtimePlatform"])["cpuArchitecture"] === "ARM64" ? "arm64" : "amd64";
  const spot = spotShare(service, count);
  const factor = 1 - spot + spot * SPOT_FACTOR;
  const storage = number(record(task["ephemeralStorage"])["sizeInGib"]) ?? 0;
  const network = record(service.inputs["networkConfiguration"]);
  return [
    { id: `fargate-${kind}-vcpu`, units: vcpu * hours, factor },
    { id: `fargate-${kind}-memory`, units: memoryGb * hours, factor },
    { id: "fargate-storage", units: Math.max(0, storage - INCLUDED_STORAGE_GIB) * hours },
    ...(network["assignPublicIp"] === true ? [{ id: "public-ipv4" as const, units: hours }] : []),
  ];
}

/**
 * An alarm is billed by the metrics that it reads, one on an anomaly band by three for each.
 * Source: https://aws.amazon.com/cloudwatch/pricing/
 */
function alarm(inputs: PlannedResource["inputs"]): Charge[] {
  const read = alarmMetrics(inputs);
  const period = Math.min(
    number(inputs["period"]) ?? 60,
    ...read.map((metric) => number(metric["period"]) ?? 60),
  );
  return [
    {
      id: period < 60 ? "alarm-high-resolution" : "alarm",
      units: Math.max(1, read.length) * (hasBand(inputs) ? 3 : 1),
    },
  ];
}
