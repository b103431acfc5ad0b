import { countable, type Group } from "./groups.ts";
import type { Json, PlannedResource } from "../plan/types.ts";
import { record, texts } from "../plan/plan-reader.ts";
import { counted } from "../lib/words.ts";

/** A few words on what a group of resources is, computed from the resources alone. */
export function describe(group: Group): string {
  const resources = new Resources(group.resources);
  const about = ABOUT[group.name];
  const isOurs = about === undefined || resources.of(about).length > 0;
  const words = isOurs ? (DESCRIPTIONS[group.name]?.(resources) ?? []) : [];
  const said = words.filter((word) => word !== "");
  return (said.length > 0 ? said : kinds(group.resources)).join(", ");
}

/** Another program's component may have the name of a box and other contents: what its description needs. */
const ABOUT: Readonly<Record<string, string>> = {
  network: "ec2/vpc:Vpc",
  "load-balancer": "lb/listener:Listener",
  registry: "ecr/repository:Repository",
  service: "appautoscaling/target:Target",
};

/** Kinds shown of a group that nothing else describes. */
const SHOWN = 4;

/** `4 Subnet`, `Vpc`, ...: the most frequent first. */
function kinds(resources: readonly PlannedResource[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of countable(resources)) {
    const kind = type.split(":").at(-1) ?? type;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const words = sorted
    .slice(0, SHOWN)
    .map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
  return sorted.length > SHOWN ? [...words, `${sorted.length - SHOWN} more`] : words;
}

class Resources {
  readonly #all: readonly PlannedResource[];

  constructor(all: readonly PlannedResource[]) {
    this.#all = all;
  }

  /** Of a type that ends so, such as `ec2/vpc:Vpc`. */
  of(type: string): PlannedResource[] {
    return this.#all.filter((resource) => resource.type === `aws:${type}`);
  }

  inputs(type: string): Record<string, Json> {
    return this.of(type)[0]?.inputs ?? {};
  }

  /** `3 buckets`; empty where there is none. */
  count(type: string, noun: string): string {
    return some(this.of(type).length, noun);
  }
}

const DESCRIPTIONS: Record<string, (resources: Resources) => string[]> = {
  network: (r) => {
    const zones = new Set(
      r.of("ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"]),
    );
    const nats = r.of("ec2/natGateway:NatGateway").length;
    const flowLog = r.inputs("ec2/flowLog:FlowLog");
    return [
      `VPC ${text(r.inputs("ec2/vpc:Vpc")["cidrBlock"])}`,
      `${zones.size} zones`,
      nats === 0 ? "no NAT" : nats === zones.size ? "NAT in each" : `NAT in ${nats}`,
      r.count("ec2/vpcEndpoint:VpcEndpoint", "endpoint"),
      r.of("ec2/flowLog:FlowLog").length === 0
        ? ""
        : `flow logs -> ${flowLog["logDestinationType"] === "s3" ? "S3" : "CloudWatch"}`,
    ];
  },
  "load-balancer": (r) => {
    const listeners = r.of("lb/listener:Listener").map(({ inputs }) => inputs);
    const https = listeners.find(({ protocol }) => protocol === "HTTPS");
    const ranges = r
      .of("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .flatMap(({ inputs }) => text(inputs["cidrIpv4"]) || []);
    return [
      https === undefined ? "HTTP" : `HTTPS ${tls(text(https["sslPolicy"]))}`,
      https !== undefined && listeners.length > 1 ? "HTTP redirects" : "",
      r.inputs("lb/loadBalancer:LoadBalancer")["internal"] === true ? "internal" : "",
      ranges.includes("0.0.0.0/0") ? "open to the internet" : some(new Set(ranges).size, "range"),
      webAcl(r.inputs("wafv2/webAcl:WebAcl")["rules"]),
    ];
  },
  edge: (r) => {
    const cdn = r.of("cloudfront/distribution:Distribution")[0];
    if (cdn === undefined) return [];
    const { acmCertificateArn } = record(cdn.inputs["viewerCertificate"]);
    const names = texts(cdn.inputs["aliases"]);
    return [
      `CloudFront, HTTPS ${acmCertificateArn === undefined ? "by a name of its own" : names.join(", ")}`,
      "HTTP redirects",
    ];
  },
  registry: (r) => {
    const repository = r.inputs("ecr/repository:Repository");
    const kept = /"release-\*"\],"countType":"imageCountMoreThan","countNumber":(\d+)/.exec(
      text(r.inputs("ecr/lifecyclePolicy:LifecyclePolicy")["policy"]),
    )?.[1];
    return [
      text(repository["imageTagMutability"]).startsWith("IMMUTABLE")
        ? "immutable tags"
        : "mutable tags",
      record(repository["imageScanningConfiguration"])["scanOnPush"] === true ? "scan on push" : "",
      kept === undefined ? "" : `keeps ${kept} releases`,
    ];
  },
  service: (r) => {
    const services = r.of("ecs/service:Service");
    const schedules = r.of("scheduler/schedule:Schedule");
    if (services.length + schedules.length < 2) return serviceWords(r, services[0]);
    return [
      ...services.map(
        (service) => `${service.name}: ${serviceWords(r, service).filter(Boolean).join(" ")}`,
      ),
      ...schedules.map(({ name, inputs }) => `${name}: ${text(inputs["scheduleExpression"])}`),
    ];
  },
  storage: (r) => {
    const recovery = record(r.inputs("dynamodb/table:Table")["pointInTimeRecovery"]);
    return [
      r.count("s3/bucket:Bucket", "bucket"),
      r.count("dynamodb/table:Table", "table"),
      recovery["enabled"] === true
        ? `point-in-time recovery ${text(recovery["recoveryPeriodInDays"]) || "35"} days`
        : "",
    ];
  },
  observability: (r) => [
    [
      some(
        r.of("cloudwatch/metricAlarm:MetricAlarm").length +
          r.of("cloudwatch/compositeAlarm:CompositeAlarm").length,
        "alarm",
      ),
      r.count("sns/topic:Topic", "topic"),
    ]
      .filter((word) => word !== "")
      .join(" -> "),
    r.count("cloudwatch/dashboard:Dashboard", "dashboard"),
    r.count("budgets/budget:Budget", "budget"),
  ],
  security: (r) => [r.count("kms/key:Key", "key"), r.count("cloudtrail/trail:Trail", "trail")],
};

/** Tasks of a service, and how they are replaced. */
function serviceWords(r: Resources, service: PlannedResource | undefined): string[] {
  const of = (type: string, fits: (resource: PlannedResource) => boolean): Record<string, Json> => {
    const all = r.of(type);
    return (all.find(fits) ?? (all.length === 1 ? all[0] : undefined))?.inputs ?? {};
  };
  const inputs = service?.inputs ?? {};
  const name = text(service?.outputs["name"]);
  const scales = (resource: PlannedResource): boolean =>
    text(resource.inputs["resourceId"]).endsWith(`/${name}`);
  const task = of(
    "ecs/taskDefinition:TaskDefinition",
    ({ outputs }) => outputs["arn"] === inputs["taskDefinition"],
  );
  const target = of("appautoscaling/target:Target", scales);
  const [min, max] = [text(target["minCapacity"]), text(target["maxCapacity"])];
  const size = `${Number(task["cpu"]) / 1024} vCPU / ${Number(task["memory"]) / 1024} GB`;
  const architecture = text(record(task["runtimePlatform"])["cpuArchitecture"]).toLowerCase();
  const strategy = text(record(inputs["deploymentConfiguration"])["strategy"]) || "ROLLING";
  return [
    `${min === max ? min : `${min}-${max}`} ${max === "1" ? "task" : "tasks"} of ${size} ${architecture}`,
    spot(inputs["capacityProviderStrategies"]),
    strategy.toLowerCase().replace("_", "-"),
    record(inputs["alarms"])["rollback"] === true ? "alarms roll back" : "",
    r.of("appautoscaling/scheduledAction:ScheduledAction").some(scales) ? "sleeps on schedule" : "",
  ];
}

/** `TLS 1.2+ (post-quantum)` of `ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`. */
function tls(policy: string): string {
  const lowest = /TLS13-1-(\d)|TLS-1-(\d)/.exec(policy);
  const version = lowest?.[1] ?? lowest?.[2];
  if (version === undefined) return policy;
  return `TLS 1.${version}${version === "3" ? "" : "+"}${policy.includes("-PQ-") ? " (post-quantum)" : ""}`;
}

/** `web ACL with 2 own rules and 3 of AWS's rule groups`. */
function webAcl(rules: Json | undefined): string {
  if (!Array.isArray(rules)) return "";
  const groups = rules.filter(
    (rule) => "managedRuleGroupStatement" in record(record(rule)["statement"]),
  ).length;
  const managed = groups === 0 ? "" : `${groups} of AWS's rule groups`;
  const parts = [some(rules.length - groups, "own rule"), managed];
  return `web ACL with ${parts.filter((part) => part !== "").join(" and ")}`;
}

/** `Spot`, `50 % Spot` by weight, or nothing. */
function spot(strategies: Json | undefined): string {
  const items = Array.isArray(strategies) ? strategies.map(record) : [];
  const weight = (chosen: typeof items) =>
    chosen.reduce((sum, item) => sum + Number(item["weight"] ?? 0), 0);
  const share = weight(items.filter((item) => item["capacityProvider"] === "FARGATE_SPOT"));
  if (share === 0) return "";
  const percent = Math.round((100 * share) / weight(items));
  return percent === 100 ? "Spot" : `${percent} % Spot`;
}

function some(count: number, noun: string): string {
  return count === 0 ? "" : counted(count, noun);
}

function text(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
