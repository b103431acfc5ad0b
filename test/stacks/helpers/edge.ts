import type { Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, one, show } from "./plans.ts";

const RECORD = "aws:route53/record:Record";
const CERTIFICATE = "aws:acm/certificate:Certificate";

const isAlias = ({ inputs }: PlannedResource): boolean => inputs["aliases"] !== undefined;
const set = (values: readonly unknown[]): string =>
  [...new Set(values.map(String))].sort().join(", ");

const distribution = (plan: Plan): PlannedResource | undefined =>
  all(plan, "cloudfront/distribution:Distribution")[0];

/** What is wrong with the way from a name to the load balancer: one sentence each, none where all is right. */
export function edgeProblems(plan: Plan): string[] {
  const records = all(plan, RECORD);
  const cdn = distribution(plan);
  return [
    ...records.filter(isAlias).flatMap((record) => wrongTarget(plan, record)),
    ...incomplete(records.filter(isAlias)),
    ...all(plan, CERTIFICATE).flatMap((certificate) => wrongCertificate(plan, certificate)),
    ...all(plan, "aws:route53/healthCheck:HealthCheck").flatMap((check) => wrongCheck(plan, check)),
    ...(cdn === undefined ? [] : wrongDistribution(plan, cdn)),
  ];
}

/** A name leads to what callers reach: the stack's own load balancer in the zone of its region, or the distribution before it. */
function wrongTarget(plan: Plan, { name, inputs }: PlannedResource): string[] {
  const cdn = distribution(plan);
  const balancer = one(plan, "lb/loadBalancer:LoadBalancer").outputs;
  const right =
    cdn === undefined
      ? { name: balancer["dnsName"], zoneId: balancer["zoneId"] }
      : { name: cdn.outputs["domainName"], zoneId: cdn.outputs["hostedZoneId"] };
  const whose = cdn === undefined ? "load balancer" : "distribution";
  return (["name", "zoneId"] as const).flatMap((key) => {
    const target = at(inputs, "aliases", 0, key);
    return target === right[key]
      ? []
      : [`${name} leads to ${key} ${show(target)}, but the ${whose}'s is ${show(right[key])}`];
  });
}

/** A distribution asks its web ACL, serves the names that lead to it, and reaches the stack's own load balancer as that listens. */
function wrongDistribution(plan: Plan, { name, inputs }: PlannedResource): string[] {
  const [acl] = all(plan, "WebAcl");
  const balancer = one(plan, "lb/loadBalancer:LoadBalancer");
  const origin = all(plan, "VpcOrigin").find(
    ({ outputs }) => outputs["id"] === at(inputs, "origins", 0, "vpcOriginConfig", "vpcOriginId"),
  );
  const config = origin?.inputs["vpcOriginEndpointConfig"];
  const encrypted = at(config, "originProtocolPolicy") === "https-only";
  const serving = all(plan, "ListenerRule").map(({ inputs: { listenerArn } }) =>
    all(plan, "lb/listener:Listener").find(({ outputs }) => outputs["arn"] === listenerArn),
  );
  const called = set(
    all(plan, RECORD)
      .filter(isAlias)
      .map((record) => record.inputs["name"]),
  );
  const behaviors = [
    inputs["defaultCacheBehavior"],
    ...((inputs["orderedCacheBehaviors"] ?? []) as []),
  ];
  return [
    acl !== undefined &&
      inputs["webAclId"] !== acl.outputs["arn"] &&
      `${name} does not ask the web ACL ${acl.name}`,
    acl !== undefined &&
      acl.inputs["scope"] !== "CLOUDFRONT" &&
      `${acl.name} has the scope ${show(acl.inputs["scope"])}, not CLOUDFRONT`,
    called !== "" &&
      set((inputs["aliases"] ?? []) as []) !== called &&
      `${name} serves ${set((inputs["aliases"] ?? []) as [])}, but callers use ${called}`,
    at(config, "arn") !== balancer.outputs["arn"] && `${name} does not lead to the load balancer`,
    ...serving.map(
      (listener) =>
        (listener?.inputs["protocol"] === "HTTPS") !== encrypted &&
        `${name} asks by ${encrypted ? "HTTPS" : "HTTP"}, but ${listener?.name ?? "nothing"} serves`,
    ),
    ...behaviors.map(
      (behavior) =>
        !["redirect-to-https", "https-only"].includes(show(at(behavior, "viewerProtocolPolicy"))) &&
        `${name} answers plain HTTP`,
    ),
  ].filter((problem) => problem !== false);
}

/** Every name has both kinds of address. */
function incomplete(aliases: readonly PlannedResource[]): string[] {
  const hosts = Object.entries(Object.groupBy(aliases, ({ inputs }) => show(inputs["name"])));
  return hosts.flatMap(([host, records = []]) => {
    const types = set(records.map(({ inputs }) => inputs["type"]));
    return types === "A, AAAA" ? [] : [`${host} has records of type ${types} alone`];
  });
}

/** The check asks what the load balancer asks its targets, of the load balancer itself, and takes every record out of answers. */
function wrongCheck(plan: Plan, { name, inputs, outputs }: PlannedResource): string[] {
  const { type, port, fqdn, resourcePath } = inputs;
  // One that looks at other checks asks nobody, and decides no answer.
  if (type === "CALCULATED") return [];
  const paths = set(
    all(plan, "lb/targetGroup:TargetGroup").map((group) => at(group.inputs, "healthCheck", "path")),
  );
  const unheeding = all(plan, RECORD).filter(
    (record) => isAlias(record) && record.inputs["healthCheckId"] !== outputs["id"],
  );
  return [
    resourcePath !== paths &&
      `${name} asks for ${show(resourcePath)}, but the load balancer's own checks ask for ${paths}`,
    (type !== "HTTPS" || port !== 443) &&
      `${name} asks over ${show(type)} on ${show(port)}, not over HTTPS on 443`,
    fqdn !== one(plan, "lb/loadBalancer:LoadBalancer").outputs["dnsName"] &&
      `${name} asks ${show(fqdn)}, not the stack's own load balancer`,
    ...unheeding.map((record) => `${record.name} is answered whatever ${name} says`),
  ].filter((problem) => problem !== false);
}

/** A certificate is of the region of what serves it, names what callers use, is proven, and is the one that is served. */
function wrongCertificate(plan: Plan, { name, inputs, outputs }: PlannedResource): string[] {
  const region = (arn: unknown): string => show(arn as string).split(":")[3] ?? "";
  const viewers = name.endsWith("-viewer");
  const home = viewers
    ? "us-east-1"
    : region(one(plan, "lb/loadBalancer:LoadBalancer").outputs["arn"]);
  const records = all(plan, RECORD);
  const covered = set([inputs["domainName"], ...(inputs["subjectAlternativeNames"] as string[])]);
  const called = set(records.filter(isAlias).map((record) => record.inputs["name"]));
  const served = viewers
    ? at(distribution(plan)?.inputs, "viewerCertificate", "acmCertificateArn")
    : all(plan, "lb/listener:Listener").find(({ inputs: { port } }) => port === 443)?.inputs[
        "certificateArn"
      ];
  const zones = set(records.map((record) => record.inputs["zoneId"]));
  const options = outputs["domainValidationOptions"] as Record<string, string>[];
  const unproven = options.filter(
    ({ resourceRecordName, resourceRecordValue }) =>
      !records.some(
        (record) =>
          record.inputs["name"] === resourceRecordName &&
          at(record.inputs, "records", 0) === resourceRecordValue,
      ),
  );
  return [
    region(outputs["arn"]) !== home && `${name} is of ${region(outputs["arn"])}, not of ${home}`,
    covered !== called && `${name} names ${covered}, but callers use ${called}`,
    served !== outputs["arn"] &&
      `the ${viewers ? "distribution" : "listener"} serves ${show(served)}, not ${name}`,
    zones.includes(", ") && `records lie in the zones ${zones}`,
    ...unproven.map(({ domainName }) => `nothing proves ${domainName ?? ""}`),
  ].filter((problem) => problem !== false);
}
