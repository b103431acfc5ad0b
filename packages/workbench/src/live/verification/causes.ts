import type { Evidence } from "./evidence.ts";
import { isNoise, logMessage } from "./log-line.ts";

/** What the rules look at, gathered once. */
interface Symptoms {
  /** Reasons of tasks and containers, and events of the service. */
  reasons: readonly string[];
  /** Messages of the log that say something, oldest first. */
  messages: readonly string[];
  exitCodes: readonly number[];
  evidence: Evidence;
}

/** A sentence when the rule recognises the failure. */
type Rule = (symptoms: Symptoms) => string | undefined;

const find = (texts: readonly string[], pattern: RegExp): RegExpExecArray | undefined =>
  texts.map((text) => pattern.exec(text)).findLast((match) => match !== null) ?? undefined;

/** The last message that matches, quoted. */
const quote = (messages: readonly string[], pattern: RegExp): string | undefined => {
  const index = messages.findLastIndex((message) => pattern.test(message));
  const message = messages[index];
  if (message === undefined) return undefined;
  return `"${message}"${index === messages.length - 1 ? " (last line of the log)" : ""}`;
};

const reason =
  (pattern: RegExp, sentence: string | ((match: RegExpExecArray) => string)): Rule =>
  ({ reasons }) => {
    const match = find(reasons, pattern);
    if (match === undefined) return undefined;
    return typeof sentence === "string" ? sentence : sentence(match);
  };

const logged =
  (pattern: RegExp, sentence: string): Rule =>
  ({ messages }) => {
    const line = quote(messages, pattern);
    return line === undefined ? undefined : `${sentence}: ${line}`;
  };

const architecture: Rule = ({ reasons, messages, evidence: { expected } }) => {
  const wrong =
    /exec format error|descriptor matching platform|image (operating system|platform) .* (cannot|does not)/i;
  if (find([...reasons, ...messages], wrong) === undefined) return undefined;
  const wanted = expected.cpuArchitecture;
  return `the image is built for another processor than the tasks have${wanted === undefined ? "" : ` (${wanted})`}: build it with the cpuArchitecture of the stack`;
};

const outOfMemory: Rule = ({ reasons, exitCodes, messages, evidence: { expected } }) => {
  const size = expected.memoryMiB === undefined ? "its memory" : `${expected.memoryMiB} MiB`;
  if (messages.some((message) => message.includes("JavaScript heap out of memory")))
    return `the app ran out of JavaScript heap in a task of ${size}: raise taskMemoryMiB or look for a leak`;
  if (reasons.some((text) => text.includes("OutOfMemory")))
    return `the task used more than ${size} and was killed: raise taskMemoryMiB or look for a leak`;
  return exitCodes.includes(137)
    ? `the container was killed (exit code 137), by the memory limit of ${size} or because it did not end within the stop timeout`
    : undefined;
};

const wrongPort: Rule = ({ messages, evidence: { expected, tasks, unhealthy } }) => {
  if (expected.containerPort === undefined || (tasks.length === 0 && unhealthy.length === 0))
    return undefined;
  const match = find(
    messages,
    /\b(?:listening|running|started|ready|serving)\b.*?(?:\bport\b\D{0,3}|:)(\d{2,5})\b/i,
  );
  const port = Number(match?.[1]);
  return match === undefined || port === expected.containerPort
    ? undefined
    : `the app listens on port ${port}, but containerPort is ${expected.containerPort}: listen on PORT, or set containerPort to ${port}`;
};

const healthAnswer: Rule = ({ reasons, evidence: { unhealthy, expected } }) => {
  const texts = [...unhealthy.map(({ description }) => description), ...reasons];
  const codes = find(texts, /health checks? failed.*?codes?:? \[?([\d, ]+)\]?/i)?.[1]?.trim();
  if (codes === undefined) return undefined;
  const path = expected.healthPath ?? "the health path";
  if (codes === "404") return `the app has no ${path}: it answers 404. Serve it, or set healthPath`;
  if (codes === "401" || codes === "403")
    return `${path} answers ${codes}: the health check brings no credentials, so it has to be open`;
  if (codes === "503")
    return `the app says on ${path} that it is not ready (503): it waits for something it depends on`;
  return `${path} answers ${codes}, but the health check wants 200`;
};

const healthTimeout: Rule = ({ reasons, evidence: { unhealthy, expected } }) => {
  const texts = [
    ...unhealthy.flatMap(({ reason: code, description }) => [code, description]),
    ...reasons,
  ];
  if (find(texts, /Target\.Timeout|Request timed out|health checks? .*timed out/i) === undefined)
    return undefined;
  const limit =
    expected.healthTimeoutSeconds === undefined ? "" : ` within ${expected.healthTimeoutSeconds} s`;
  return `${expected.healthPath ?? "the health path"} does not answer${limit}: the app is too slow to start, listens on 127.0.0.1 alone, or its port ${expected.containerPort ?? ""} is closed`.replace(
    "port  is",
    "port is",
  );
};

const healthRefused: Rule = ({ reasons, evidence: { unhealthy, expected } }) => {
  const refused =
    unhealthy.some(({ reason: code }) => code === "Target.FailedHealthChecks") ||
    find(reasons, /failed (?:ELB|Elastic Load Balancing) health checks/i) !== undefined;
  return refused
    ? `nothing healthy answers on port ${expected.containerPort ?? "of the container"}${expected.healthPath === undefined ? "" : `, path ${expected.healthPath}`}: the app listens elsewhere, or not in time (healthCheckGracePeriodSeconds)`
    : undefined;
};

const exit: Rule = ({ exitCodes, messages }) => {
  const code = exitCodes[0];
  const last = messages.at(-1);
  const line = last === undefined ? "it logged nothing" : `"${last}" (last line of the log)`;
  switch (code) {
    case undefined:
      return undefined;
    case 0:
      return `the app ended by itself, with exit code 0; a service has to keep running: ${line}`;
    case 126:
    case 127:
      return `the container's command does not exist in the image (exit code ${code})`;
    case 139:
      return "the process crashed in native code (exit code 139, segmentation fault)";
    case 143:
      return "the task was asked to stop (exit code 143, SIGTERM) before it was healthy";
    default:
      return `the app ended with exit code ${code}: ${line}`;
  }
};

/** First match wins: what names the failure itself stands before what merely shows it. */
const RULES: readonly Rule[] = [
  architecture,
  reason(
    /CannotPull\w*Error.*?(?:not found|manifest unknown|NotFound)/is,
    "the image is not in the registry any more: deploy again to build it, or `npm run promote` it again",
  ),
  reason(
    /(?:CannotPull\w*Error|ecr registry auth:).*?(?:no basic auth|denied|AccessDenied|403|unauthorized)/is,
    "the task execution role may not pull the image: it needs ecr:GetAuthorizationToken, and ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository",
  ),
  reason(
    /CannotPull\w*Error.*?(?:toomanyrequests|rate limit)/is,
    "the registry refused the pull for its rate limit: use a copy of the image in ECR",
  ),
  reason(
    /CannotPull\w*Error.*?no space left/is,
    "the image does not fit on the task's disk (20 GiB by default)",
  ),
  reason(
    /(?:CannotPull\w*Error|registry auth from|ecr registry auth).*?(?:i\/o timeout|timed? ?out|dial tcp|context deadline|connection issue|RequestCanceled)/is,
    "the task cannot reach the registry: its subnet needs a NAT gateway, a public address, or the interface endpoints ecr.api and ecr.dkr with the S3 gateway endpoint",
  ),
  reason(
    /CannotPull\w*Error:? ?(.{0,160})/is,
    ([, text = ""]) => `the image could not be pulled: ${text.trim()}`,
  ),
  reason(
    /ResourceInitializationError.*?(?:retrieved? secrets?|Secrets Manager|Parameter Store).*?(?:AccessDenied|not authorized)/is,
    "the task execution role may not read a secret of the stack's `secrets`: check the ARN, and the permission on the key that encrypts it",
  ),
  reason(
    /ResourceInitializationError.*?(?:retrieved? secrets?|Secrets Manager|Parameter Store).*?(?:ResourceNotFound|can't find|ParameterNotFound|invalid parameters)/is,
    "a secret of the stack's `secrets` does not exist in this account and region: check the ARN",
  ),
  reason(
    /ResourceInitializationError.*?(?:retrieved? secrets?|Secrets Manager|Parameter Store).*?(?:timed? ?out|deadline|RequestCanceled|connection issue|i\/o timeout)/is,
    "the task cannot reach Secrets Manager or Parameter Store: its subnet needs a NAT gateway, a public address, or the interface endpoint secretsmanager",
  ),
  reason(
    /ResourceInitializationError.*?(?:did not contain json key|invalid character)/is,
    "a secret has no such JSON key: check the end of its ARN in `secrets`",
  ),
  reason(
    /ResourceInitializationError.*?(?:log group|logger|log stream)/is,
    "the task cannot write its log: the log group is gone, the execution role may not write to it, or the subnet does not reach the interface endpoint logs",
  ),
  reason(
    /ResourceInitializationError:? ?(.{0,160})/is,
    ([, text = ""]) => `ECS could not prepare the task: ${text.trim()}`,
  ),
  outOfMemory,
  logged(
    /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b["'`]? (?:is|was|are) (?:not set|missing|required|undefined|not defined|empty|invalid)|(?:missing|required|invalid|unset)\b.{0,40}\b(?:environment|env(?:ironment)? var)|\b(?:is|must be) .{0,60}\bset (?:it|one)\b/i,
    "the app refused its configuration",
  ),
  logged(
    /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND/,
    "the image lacks a file of the app",
  ),
  logged(/SyntaxError|ReferenceError|ERR_REQUIRE_ESM/, "the app does not load"),
  logged(
    /EROFS|read-only file system/i,
    "the app writes outside /tmp, and the root file system is read-only",
  ),
  logged(/listen EACCES/, "the app may not open its port (below 1024 it would need root)"),
  logged(
    /E(?:ACCES|PERM)[^"]*?, (?:mkdir|open|unlink|rename|copyfile|rmdir|scandir|access|chmod|chown|utime|symlink|link)\b/,
    "the app may not touch a file or folder (it does not run as root, and only /tmp is writable)",
  ),
  logged(/listen EADDRINUSE/, "two processes of the task want the same port"),
  logged(/is not authorized to perform|AccessDenied/, "the task role lacks a permission"),
  logged(
    /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|getaddrinfo|ConnectTimeout/,
    "the app cannot reach something that it depends on (egressPorts, routes, name)",
  ),
  wrongPort,
  healthAnswer,
  healthTimeout,
  healthRefused,
  reason(
    /failed container health checks/i,
    "the health check inside the container (livenessPath) fails: the process does not answer it",
  ),
  reason(
    /Capacity is unavailable|capacity.*(?:unavailable|insufficient)|RESOURCE:(?:FARGATE|ENI)/i,
    "Fargate has no capacity for such tasks right now: retry, spread over more zones, or lower spotPercent",
  ),
  reason(
    /limit on the number of (?:tasks|vCPUs)|vCPU limit/i,
    "the account's quota of Fargate vCPUs is used up: ask AWS to raise it",
  ),
  reason(
    /(?:not enough|insufficient|no) free (?:IP )?addresses|InsufficientFreeAddresses/i,
    "the subnets have no free addresses",
  ),
  reason(
    /unable to assume (?:the )?role/i,
    "ECS may not assume the task's role: check its trust policy",
  ),
  exit,
  ({ evidence: { triggeredAlarms } }) =>
    triggeredAlarms.length === 0
      ? undefined
      : `the new revision raised ${triggeredAlarms.join(", ")}: look at its errors and latency in the dashboard`,
];

/** One line with the most probable cause; undefined when nothing is known. */
export function probableCause(evidence: Evidence): string | undefined {
  const symptoms: Symptoms = {
    reasons: [
      ...evidence.events,
      ...evidence.tasks.flatMap((task) => [task.stoppedReason ?? "", task.containerReason ?? ""]),
    ],
    messages: evidence.logLines.map(logMessage).filter((message) => !isNoise(message)),
    // A task that ECS stopped for its health ends with a code that says nothing about why.
    exitCodes: evidence.tasks
      .filter(({ stopCode }) => stopCode !== "ServiceSchedulerInitiated")
      .flatMap(({ exitCode }) => exitCode ?? []),
    evidence,
  };
  for (const rule of RULES) {
    const sentence = rule(symptoms);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}
