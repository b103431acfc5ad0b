import { boolean, choice, integer, key, list, text } from "../kinds.ts";
import { CIDR, HTTP_PATH } from "./patterns.ts";

const PORT = /^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/;

/** Keys of the service and its deployments. */

export const service = {
  taskCpu: key(integer(256, 16384), 256, "CPU units of a task; 1024 are one vCPU."),
  taskMemoryMiB: key(integer(512, 122880), 512, "Memory of a task."),
  taskSubnets: key(
    choice("public", "private"),
    "public",
    "Where tasks run. Public tasks have an address of their own but accept only the load balancer.",
  ),
  egressPorts: key(
    list("TCP ports, 1 to 65535, in quotes", PORT),
    ["443"],
    "TCP ports that tasks may call. 443 reaches AWS's services; a database adds its own.",
  ),
  desiredCount: key(
    integer(1, 5000),
    1,
    "Tasks of the first deployment; autoscaling decides from then on.",
  ),
  minCapacity: key(integer(1, 5000), 1, "Fewest tasks that autoscaling keeps."),
  maxCapacity: key(integer(1, 5000), 2, "Most tasks that autoscaling starts."),
  targetCpuPercent: key(integer(10, 90), 60, "Average CPU use that autoscaling aims at."),
  targetMemoryPercent: key(integer(10, 90), 75, "Average memory use that autoscaling aims at."),
  targetRequestsPerMinute: key(
    integer(0, 10000000),
    0,
    "Requests per task and minute that autoscaling aims at; 0 leaves requests out.",
  ),
  spotPercent: key(
    integer(0, 100),
    0,
    "Share of the tasks above onDemandBase that run on Spot capacity.",
  ),
  onDemandBase: key(integer(0, 1000), 0, "Tasks that always run on demand."),
  awakeHours: key(
    text(
      "always, or days and hours such as Mon-Fri 07:00-20:00",
      /^(always|(Mon|Tue|Wed|Thu|Fri|Sat|Sun)-(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$/,
    ),
    "always",
    "When tasks run; outside these hours the service sleeps with none.",
  ),
  timeZone: key(
    text("an IANA time zone such as Europe/Berlin", /^[A-Za-z]+([_/+-][A-Za-z0-9_+-]+)*$/),
    "Etc/UTC",
    "Time zone of awakeHours.",
  ),
  livenessPath: key(
    text("a path such as /livez", HTTP_PATH, true),
    "/livez",
    "Path that tells whether the process lives, checked inside the container; empty for no such check.",
  ),
  stopTimeoutSeconds: key(integer(2, 120), 45, "Time between SIGTERM and SIGKILL."),
  drainDelaySeconds: key(
    integer(0, 60),
    2,
    "How long a task keeps serving after SIGTERM, so that a balancer that still routes to it loses nothing.",
  ),
  healthCheckGracePeriodSeconds: key(
    integer(0, 3600),
    30,
    "How long ECS ignores health checks of a task that starts.",
  ),
  executeCommand: key(
    choice("disabled", "enabled"),
    "disabled",
    "Whether `aws ecs execute-command` may open a shell in a task. It needs a writable root file system.",
  ),
  containerInsights: key(
    choice("disabled", "enabled", "enhanced"),
    "disabled",
    "Metrics of cluster, service and tasks.",
  ),
  serviceDiscovery: key(
    choice("none", "dns", "connect"),
    "none",
    "How other services find this one inside the VPC, by Cloud Map DNS or Service Connect.",
  ),
  logRetentionDays: key(
    integer(1, 3653),
    30,
    "How long CloudWatch keeps the logs of app, network and trail.",
  ),
};

export const deployment = {
  deploymentStrategy: key(
    choice("rolling", "blue-green", "canary", "linear"),
    "rolling",
    "How a new version takes over.",
  ),
  bakeTimeMinutes: key(
    integer(0, 1440),
    5,
    "With traffic shifting, how long the old version stays after the new one has all traffic.",
  ),
  canaryPercent: key(integer(1, 99), 10, "With canary, the share of traffic that goes first."),
  canaryBakeTimeMinutes: key(integer(0, 1440), 5, "With canary, how long that share is watched."),
  stepPercent: key(integer(3, 100), 20, "With linear, the share of traffic that each step moves."),
  stepBakeTimeMinutes: key(integer(0, 1440), 2, "With linear, how long each step is watched."),
  alarmRollback: key(boolean(), true, "Whether alarms on what callers see roll a deployment back."),
  firingAlarms: key(
    choice("warn", "strict"),
    "warn",
    "What such an alarm does that fires before a deployment, because ECS then watches none of them; `warn` says so, `strict` does not deploy a new task definition.",
  ),
  beforeDeployment: key(
    list("arguments of the command", /^[^\0]+$/, { repeats: true }),
    [],
    "Arguments of a command, such as a migration, that runs in the new image before each deployment; where it fails, the deployment does not begin.",
  ),
  approval: key(
    choice("none", "after-scale-up", "after-test-traffic"),
    "none",
    "With traffic shifting, whether a deployment waits for `npm run approve`, and when.",
  ),
  approvalTimeoutMinutes: key(
    integer(1, 20160),
    60,
    "How long a deployment waits for its approval before it is rolled back.",
  ),
  testListenerPort: key(
    integer(0, 65535),
    0,
    "With traffic shifting, the load balancer's port that reaches the new version before callers do; 0 for none.",
  ),
  testIngressCidrs: key(
    list("IPv4 ranges", CIDR),
    [],
    "IPv4 ranges that may call the test listener.",
  ),
};
