import type { Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, one, show } from "./plans.ts";

const RECORD = "aws:route53/record:Record";
const CERTIFICATE = "aws:acm/certificate:Certificate";

const isAlias = ({ inputs }: PlannedResource): boolean => inputs["aliases"] !== undefined;
const set = (values: readonly unknown[]): string =>
  [...new Set(values.map(String))].sort().join(", ");

/** What is wrong with the way from a name to the load balancer: one sentence each, none where all is right. */
export function edgeProblems(plan: Plan): string[] {
  const records = all(plan, RECORD);
  return [
    ...records.filter(isAlias).flatMap((record) => wrongTarget(plan, record)),
    ...incomplete(records.filter(isAlias)),
    ...all(plan, CERTIFICATE).flatMap((certificate) => wrongCertificate(plan, certificate)),
    ...all(plan, "aws:route53/healthCheck:HealthCheck").flatMap((check) => wrongCheck(plan, check)),
  ];
}

/** A name leads to the stack's own load balancer: by its name and the zone of its region. */
function wrongTarget(plan: Plan, { name, inputs }: PlannedResource): string[] {
  const balancer = one(plan, "lb/loadBalancer:LoadBalancer");
  return (["name", "zoneId"] as const).flatMap((key) => {
    const target = at(inputs, "aliases", 0, key);
    const right = balancer.outputs[key === "name" ? "dnsName" : "zoneId"];
    return target === right
      ? []
      : [`${name} leads to ${key} ${show(target)}, but the load balancer's is ${show(right)}`];
  });
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

/** The certificate is of the load balancer's region, names what callers use, is proven, and is the one that is served. */
function wrongCertificate(plan: Plan, { name, inputs, outputs }: PlannedResource): string[] {
  const region = (arn: unknown): string => show(arn as string).split(":")[3] ?? "";
  const home = region(one(plan, "lb/loadBalancer:LoadBalancer").outputs["arn"]);
  const records = all(plan, RECORD);
  const covered = set([inputs["domainName"], ...(inputs["subjectAlternativeNames"] as string[])]);
  const called = set(records.filter(isAlias).map((record) => record.inputs["name"]));
  const served = one(plan, "lb/listener:Listener", "load-balancer-https").inputs["certificateArn"];
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
    served !== outputs["arn"] && `the listener serves ${show(served)}, not ${name}`,
    zones.includes(", ") && `records lie in the zones ${zones}`,
    ...unproven.map(({ domainName }) => `nothing proves ${domainName ?? ""}`),
  ].filter((problem) => problem !== false);
}
