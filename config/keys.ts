import { boolean, choice, integer, list, map, text, type Kind, type Refusal } from "./kinds.ts";

const CIDR = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
const HTTP_PATH = /^\/[\w\-./~%?=&]*$/;
const PORT = /^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/;
const ENVIRONMENT_NAMES = "letters, digits and _";
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Every configuration key, by the component that it sizes: what values it takes.
 * Type, default and description stand in Pulumi.yaml; rules between keys in rules.ts.
 */
export const KEYS = {
  account: {
    allowedAccountIds: list("AWS account ids of 12 digits", /^\d{12}$/),
    deletionProtection: boolean(),
  },
  app: {
    appPath: text("a folder, relative to the project", /^[^\0]+$/),
    containerPort: integer({ min: 1, max: 65535 }),
    environment: map({ name: ENVIRONMENT_NAMES, text: "a text" }, ENVIRONMENT_NAME, /^/),
    secrets: map(
      { name: ENVIRONMENT_NAMES, text: "the ARN of a secret or parameter" },
      ENVIRONMENT_NAME,
      /^arn:aws[a-z-]*:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:.+$/,
    ),
    requestTimeoutSeconds: integer({ min: 1, max: 3600 }),
    bodyLimitBytes: integer({ min: 1024, max: 104857600 }),
  },
  registry: {
    image: text("`<repository>@sha256:<64 hex digits>`", /^[^@\s]+@sha256:[0-9a-f]{64}$/, true),
    nodeImage: text("an image reference", /^[^\s]+$/),
    cpuArchitecture: choice("arm64", "amd64"),
    releasesToKeep: integer({ min: 2, max: 500 }),
  },
  network: {
    vpcCidr: text("an IPv4 range such as 10.0.0.0/16", CIDR),
    availabilityZoneCount: integer({ min: 2, max: 6 }),
    natStrategy: choice("none", "single", "one-per-az"),
    interfaceEndpoints: list("service names such as ecr.api", /^[a-z0-9][a-z0-9.-]*$/),
    flowLogs: choice("none", "rejected", "all"),
    vpcId: text("the id of a VPC", /^vpc-[0-9a-f]{8,17}$/, true),
    publicSubnetIds: list("subnet ids", /^subnet-[0-9a-f]{8,17}$/),
    privateSubnetIds: list("subnet ids", /^subnet-[0-9a-f]{8,17}$/),
  },
  loadBalancer: {
    tls: choice("required", "optional"),
    certificateArn: text(
      "the ARN of an ACM certificate",
      /^arn:aws[a-z-]*:acm:.+:certificate\/.+$/,
      true,
    ),
    domainName: text("a host name such as api.example.com", /^([a-z0-9-]+\.)+[a-z]{2,}$/, true),
    ingressCidrs: list("IPv4 ranges such as 203.0.113.0/24", CIDR),
    idleTimeoutSeconds: integer({ min: 1, max: 4000 }),
    accessLogRetentionDays: integer({ min: 1, max: 3650 }),
    healthPath: text("a path such as /readyz", HTTP_PATH),
    healthCheckIntervalSeconds: integer({ min: 5, max: 300 }),
    healthCheckTimeoutSeconds: integer({ min: 2, max: 120 }),
    healthyThreshold: integer({ min: 2, max: 10 }),
    unhealthyThreshold: integer({ min: 2, max: 10 }),
    deregistrationDelaySeconds: integer({ min: 0, max: 3600 }),
    waf: choice("none", "standard"),
    wafRequestsPerAddress: integer({ min: 10, max: 2000000000 }),
    wafCountedRules: list("names of managed rules such as GenericRFI_BODY", /^[A-Za-z0-9_]+$/),
  },
  service: {
    taskCpu: integer({ min: 256, max: 16384 }),
    taskMemoryMiB: integer({ min: 512, max: 122880 }),
    taskSubnets: choice("public", "private"),
    egressPorts: list("TCP ports, 1 to 65535, in quotes", PORT),
    desiredCount: integer({ min: 1, max: 5000 }),
    minCapacity: integer({ min: 1, max: 5000 }),
    maxCapacity: integer({ min: 1, max: 5000 }),
    targetCpuPercent: integer({ min: 10, max: 90 }),
    targetMemoryPercent: integer({ min: 10, max: 90 }),
    targetRequestsPerMinute: integer({ min: 0, max: 10000000 }),
    spotPercent: integer({ min: 0, max: 100 }),
    onDemandBase: integer({ min: 0, max: 1000 }),
    awakeHours: text(
      "always, or days and hours such as Mon-Fri 07:00-20:00",
      /^(always|(Mon|Tue|Wed|Thu|Fri|Sat|Sun)-(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$/,
    ),
    timeZone: text(
      "an IANA time zone such as Europe/Berlin",
      /^[A-Za-z]+([_/+-][A-Za-z0-9_+-]+)*$/,
    ),
    livenessPath: text("a path such as /livez", HTTP_PATH, true),
    stopTimeoutSeconds: integer({ min: 2, max: 120 }),
    drainDelaySeconds: integer({ min: 0, max: 60 }),
    healthCheckGracePeriodSeconds: integer({ min: 0, max: 3600 }),
    executeCommand: choice("disabled", "enabled"),
    containerInsights: choice("disabled", "enabled", "enhanced"),
    serviceDiscovery: choice("none", "dns", "connect"),
    logRetentionDays: integer({ min: 1, max: 3653 }),
  },
  deployment: {
    deploymentStrategy: choice("rolling", "blue-green", "canary", "linear"),
    bakeTimeMinutes: integer({ min: 0, max: 1440 }),
    canaryPercent: integer({ min: 1, max: 99 }),
    canaryBakeTimeMinutes: integer({ min: 0, max: 1440 }),
    stepPercent: integer({ min: 3, max: 100 }),
    stepBakeTimeMinutes: integer({ min: 0, max: 1440 }),
    alarmRollback: boolean(),
    firingAlarms: choice("warn", "strict"),
    beforeDeployment: list("arguments of the command", /^[^\0]+$/, { repeats: true }),
    approval: choice("none", "after-scale-up", "after-test-traffic"),
    approvalTimeoutMinutes: integer({ min: 1, max: 20160 }),
    testListenerPort: integer({ min: 0, max: 65535 }),
    testIngressCidrs: list("IPv4 ranges", CIDR),
  },
  storage: {
    table: choice("none", "on-demand"),
    pointInTimeRecoveryDays: integer({ min: 0, max: 35 }),
    backupRetentionDays: integer({ min: 1, max: 3650 }),
  },
  security: {
    encryption: choice("aws-managed", "customer-managed"),
    auditTrail: choice("none", "account"),
    permissionsBoundaryArn: text(
      "the ARN of an IAM policy",
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/,
      true,
    ),
  },
  observability: {
    alarmEmails: list("mail addresses", /^[^@\s]+@[^@\s]+\.[^@\s]+$/),
    maxErrorPercent: integer({ min: 1, max: 100 }),
    maxLatencyMilliseconds: integer({ min: 10, max: 60000 }),
  },
} satisfies Record<string, Record<string, Kind<unknown>>>;

type Section = keyof typeof KEYS;
type ValueOf<K> = K extends Kind<infer T> ? Exclude<T, Refusal> : never;

/** The values of one stack, plain and checked, grouped by component. Built by config.ts. */
export type StackValues = {
  readonly [S in Section]: { readonly [K in keyof (typeof KEYS)[S]]: ValueOf<(typeof KEYS)[S][K]> };
};

/** The table without the types of its values, to walk over. */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, Kind<unknown>>>>> = KEYS;

/** Key -> its kind, in the order of the table. */
export const KIND_BY_KEY: ReadonlyMap<string, Kind<unknown>> = new Map(
  Object.values(SECTIONS).flatMap((kinds) => Object.entries(kinds)),
);
