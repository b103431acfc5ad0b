import { VIEWER_REGION } from "../components/edge/cloudfront.ts";
import { MANAGED_RULES } from "../components/load-balancer/managed-rules.ts";
import { memoriesFor, TASK_CPUS } from "../components/service/task-size.ts";
import { STOP_MARGIN_SECONDS } from "../components/service/environment.ts";
import { deploymentRules } from "./deployment-rules.ts";
import { environment } from "./environment-rules.ts";
import { cloudFront, hasDistribution, names, routing, servesHttps } from "./edge-rules.ts";
import type { StackValues } from "./keys.ts";
import { isPlaceholder, oneOf } from "./kinds.ts";
import { nearest } from "@koa-fargate/workbench/project";
import { access, network } from "./network-rules.ts";
import { problemsOf, type Problem, type Reason, type Rule } from "./problem.ts";
import { storage } from "./storage-rules.ts";

/** Retentions that CloudWatch Logs accepts, in days. Source: AWS, PutRetentionPolicy, CloudWatch Logs API Reference. */
const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const taskSize: Rule = ({ service: { taskCpu, taskMemoryMiB } }) => {
  const memories = memoriesFor(taskCpu);
  const [smallest = 0, second = 0] = memories;
  const allowed =
    memories.length <= 4
      ? oneOf(memories.map(String))
      : `${smallest} to ${memories.at(-1) ?? 0} in steps of ${second - smallest}`;
  const larger = TASK_CPUS.find((cpu) => cpu > taskCpu && memoriesFor(cpu).includes(taskMemoryMiB));
  const fix = larger ? `Raise taskCpu to ${larger} or lower the memory.` : "Choose one of these.";
  return {
    taskCpu:
      memories.length === 0 &&
      `is ${taskCpu}, but Fargate offers ${oneOf(TASK_CPUS.map(String))} CPU units.`,
    taskMemoryMiB:
      memories.length > 0 &&
      !memories.includes(taskMemoryMiB) &&
      `is ${taskMemoryMiB}, but ${taskCpu} CPU units allow ${allowed}. ${fix}`,
  };
};

const capacity: Rule = ({ service }) => {
  const { minCapacity, desiredCount, maxCapacity, taskCpu, serviceDiscovery } = service;
  return {
    desiredCount: [
      desiredCount < minCapacity &&
        `is ${desiredCount}, below minCapacity (${minCapacity}). Raise it or lower minCapacity.`,
      desiredCount > maxCapacity &&
        `is ${desiredCount}, above maxCapacity (${maxCapacity}). Lower it or raise maxCapacity.`,
    ],
    minCapacity:
      minCapacity > maxCapacity &&
      `is ${minCapacity}, above maxCapacity (${maxCapacity}). Lower it or raise maxCapacity.`,
    // The Service Connect proxy takes 256 CPU units of the task. Source: AWS, "Service Connect", Amazon ECS Developer Guide.
    serviceDiscovery:
      serviceDiscovery === "connect" &&
      taskCpu < 512 &&
      `is connect, but its proxy needs 256 CPU units of its own and taskCpu is ${taskCpu}. Raise taskCpu to 512 or choose dns.`,
  };
};

const tls: Rule = (values, region) => {
  const { tls: mode, certificateArn, domainName } = values.loadBalancer;
  return {
    certificateArn: [
      foreignCertificate(certificateArn, region, hasDistribution(values)),
      mode === "required" &&
        !servesHttps(values) &&
        "is empty, but tls is required. Set the ARN of an ACM certificate of this region, or hostedZone to have one made, or set tls to optional.",
    ],
    domainName:
      certificateArn !== "" &&
      domainName === "" &&
      "is empty, but certificateArn is set. Set the host name that the certificate covers: callers reach HTTPS by it.",
  };
};

/**
 * Listeners take certificates of their own region alone, and CloudFront those of one.
 * Source: AWS, "SSL certificates for your Application Load Balancer"; "Requirements for using SSL/TLS certificates with CloudFront".
 */
function foreignCertificate(arn: string, region: string | undefined, cloudFront: boolean): Reason {
  if (arn === "" || isPlaceholder(arn) || region === undefined) return undefined;
  const home = arn.split(":")[3] ?? "";
  const right = cloudFront ? VIEWER_REGION : region;
  const why = cloudFront
    ? `edge is cloudfront, which takes certificates of ${VIEWER_REGION} alone`
    : `aws:region is ${region}, and a load balancer takes certificates of its own region alone`;
  return home !== right && `is a certificate of ${home}, but ${why}. Request one in ${right}.`;
}

const webAcl: Rule = ({ loadBalancer: { waf, wafCountedRules } }) => ({
  wafCountedRules: [
    waf === "none" &&
      wafCountedRules.length > 0 &&
      `names ${wafCountedRules.join(", ")}, but waf is none, so no rule blocks anything. Set waf to standard or remove the list.`,
    ...wafCountedRules.map((name) => {
      if (isPlaceholder(name) || MANAGED_RULES.includes(name)) return false;
      const near = nearest(name, MANAGED_RULES);
      const meant = near === undefined ? "" : `Did you mean ${near}? `;
      return `names ${name}, which components/load-balancer/managed-rules.json does not list: AWS would ignore a name that it does not know without a word. ${meant}If the web ACL's log has that name, add it to the list.`;
    }),
  ],
});

const timing: Rule = ({ loadBalancer: lb, app, service }) => {
  const { requestTimeoutSeconds: longest } = app;
  const draining = service.drainDelaySeconds + longest + STOP_MARGIN_SECONDS;
  return {
    healthCheckTimeoutSeconds:
      lb.healthCheckTimeoutSeconds >= lb.healthCheckIntervalSeconds &&
      `is ${lb.healthCheckTimeoutSeconds}, but it has to be below healthCheckIntervalSeconds (${lb.healthCheckIntervalSeconds}).`,
    deregistrationDelaySeconds:
      lb.deregistrationDelaySeconds < longest &&
      `is ${lb.deregistrationDelaySeconds}, below requestTimeoutSeconds (${longest}): a deployment would cut the longest requests. Raise it or lower requestTimeoutSeconds.`,
    idleTimeoutSeconds:
      lb.idleTimeoutSeconds < longest &&
      `is ${lb.idleTimeoutSeconds}, below requestTimeoutSeconds (${longest}): the load balancer would give up first. Raise it or lower requestTimeoutSeconds.`,
    stopTimeoutSeconds:
      service.stopTimeoutSeconds < draining &&
      `is ${service.stopTimeoutSeconds}, but draining may take ${draining} (drainDelaySeconds + requestTimeoutSeconds + ${STOP_MARGIN_SECONDS}). Raise it or lower these.`,
  };
};

const schedule: Rule = ({ service: { awakeHours, timeZone } }) => {
  const [from = "", to = ""] = /(\d\d:\d\d)-(\d\d:\d\d)$/.exec(awakeHours)?.slice(1) ?? [];
  let zoneExists = true;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    zoneExists = false;
  }
  return {
    awakeHours:
      from !== "" &&
      from >= to &&
      `is ${awakeHours}, but the hours have to begin before they end on the same day.`,
    timeZone:
      !zoneExists &&
      `is ${timeZone}, which is not a time zone. Use an IANA name such as Europe/Berlin.`,
  };
};

const retention: Rule = ({ service: { logRetentionDays } }) => ({
  logRetentionDays:
    !LOG_RETENTIONS.includes(logRetentionDays) &&
    `is ${logRetentionDays}, but CloudWatch Logs takes ${oneOf(LOG_RETENTIONS.map(String))}.`,
});

const image: Rule = ({ registry }) => ({
  image:
    !isPlaceholder(registry.image) &&
    registry.image.includes("@") &&
    !/^\d{12}\.dkr\.ecr\./.test(registry.image) &&
    `is ${registry.image}, but it has to be a digest in the stack's own ECR repository. Run npm run promote.`,
});

const watched: Rule = ({ security, observability: { monitoring, ...values } }) => {
  if (monitoring === "full") return {};
  const pages = "is set, but essential monitoring pages nobody. Set monitoring to full.";
  return {
    pageEndpoints: values.pageEndpoints.length > 0 && pages,
    escalationEmails: values.escalationEmails.length > 0 && pages,
    threatDetection:
      security.threatDetection !== "none" &&
      "is guardduty, but essential monitoring would tell nobody what it finds. Set monitoring to full.",
  };
};

const RULES = [
  taskSize,
  capacity,
  network,
  access,
  names,
  routing,
  cloudFront,
  tls,
  webAcl,
  timing,
  schedule,
  deploymentRules,
  environment,
  retention,
  storage,
  image,
  watched,
];

/** What has to hold for each service by itself. */
const SERVICE_RULES = [taskSize, capacity, timing, schedule, environment, image];

/** The broken rules of a service beside the main one. @param values - of the stack, with those of the service in place */
export const serviceProblems = (values: StackValues): Problem[] =>
  SERVICE_RULES.flatMap((rule) => problemsOf(rule(values, undefined)));

/** Every broken rule between keys. Single values are checked before, by their kinds. */
export const brokenRules = (values: StackValues, region: string | undefined): Problem[] =>
  RULES.flatMap((rule) => problemsOf(rule(values, region)));
