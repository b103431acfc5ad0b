import { expect } from "chai";
import { PROJECT } from "../helpers/project.ts";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { declarations, withDeclarations } from "../../config/declarations.ts";
import { KIND_BY_KEY, SECTIONS } from "../../config/keys.ts";
import { Refusal } from "../../config/kinds.ts";

const text = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

const DECLARED = `config:
  # -- names in AWS: prefix and stack; a resource that exists keeps its own -------------------------------------------
  pulumi:autonaming:
    value:
      pattern: \${config.namePrefix}-\${stack}-\${name}-\${hex(7)}
      providers:
        aws:
          resources:
            aws:lb/loadBalancer:LoadBalancer: { pattern: "\${config.namePrefix}-\${stack}-\${hex(7)}" }
            aws:lb/targetGroup:TargetGroup: { pattern: "\${config.namePrefix}-\${stack}-\${hex(7)}" }

  # -- account ---------------------------------------------------------------------------------------------------------
  allowedAccountIds:
    description: AWS accounts that this stack may be deployed to; an empty list allows any.
    type: array
    items: { type: string }
    default: []
  namePrefix:
    description: "What the stack's names in AWS begin with, before the name of the stack: the project's name, unless that is too long. Resources that exist keep their names."
    type: string
    default: ${PROJECT}
  deletionProtection:
    description: Protects what holds data or traffic (table, buckets, key, registry, load balancer, logs) from deletion, and retains it when the stack goes.
    type: boolean
    default: false

  # -- app -------------------------------------------------------------------------------------------------------------
  appPath:
`;

/** For each key with a pattern: texts that it takes, and texts that it refuses. */
const VALUES: Record<string, { accepts: unknown[]; refuses: unknown[] }> = {
  allowedAccountIds: {
    accepts: [["123456789012"]],
    refuses: [["12345678901"], ["1234567890123"], ["my-account"]],
  },
  namePrefix: {
    accepts: ["shop", "orders-api", "a1-2b"],
    refuses: ["", "Shop", "1shop", "orders--api", "orders_api", "orders.api", "orders-"],
  },
  appPath: { accepts: ["./app", "services/my api"], refuses: ["", "a\0b"] },
  environment: {
    accepts: [{ A_1: "", _b: "x y" }],
    refuses: [{ "1A": "x" }, { "A-B": "x" }, { A: 1 }],
  },
  assetsPath: {
    accepts: ["", "public", "public/assets", "dist/client.v2"],
    refuses: ["/public", "public/", "../public/../..//x", "a b"],
  },
  secrets: {
    accepts: [
      { A: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf:key::" },
      { A: "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b" },
    ],
    refuses: [
      { A: "hunter2" },
      { A: "arn:aws:s3:::bucket" },
      { A: "arn:aws:ssm:eu-west-1:12345678901:parameter/a" },
      { A: "arn:aws:ssm:eu-west-1:1234567890123:parameter/a" },
      { A: " arn:aws:ssm:eu-west-1:123456789012:parameter/a" },
    ],
  },
  secretsKeyArns: {
    accepts: [[], ["arn:aws:kms:eu-west-1:123456789012:key/0a1b-2c"]],
    refuses: [["alias/a"], ["arn:aws:kms:eu-west-1:123456789012:alias/a"], ["*"]],
  },
  image: {
    accepts: ["", `a.example/b@sha256:${"0f".repeat(32)}`],
    refuses: [
      "a.example/b:latest",
      `a@sha256:${"0F".repeat(32)}`,
      `a@sha256:${"0".repeat(63)}`,
      `a@sha256:${"0".repeat(65)}`,
    ],
  },
  nodeImage: { accepts: ["", "node:24", "a.example:5000/b@sha256:0"], refuses: ["node 24"] },
  vpcCidr: {
    accepts: ["10.0.0.0/16"],
    refuses: [
      "",
      "10.0.0.0",
      "10.0.0.0/16 ",
      "1000.0.0.0/16",
      "10.0.0/16",
      "10.0.0.0/160",
      "fd00::/48",
    ],
  },
  interfaceEndpoints: {
    accepts: [["ecr.api", "bedrock-runtime"]],
    refuses: [["ECR"], ["com.amazonaws eu"], [".ecr"]],
  },
  peerCidrs: {
    accepts: [["10.1.0.0/16", "192.168.0.0/24"]],
    refuses: [["10.1.0.0"], ["fd00::/48"], ["10.1.0.0/16 "]],
  },
  vpcId: {
    accepts: ["", "vpc-01234567", "vpc-0123456789abcdef0"],
    refuses: ["vpc-", "net-01234567", "vpc-XYZ45678", "vpc-0123456", "vpc-0123456789abcdef01"],
  },
  publicSubnetIds: {
    accepts: [["subnet-01234567", "subnet-0123456789abcdef0"]],
    refuses: [["vpc-01234567"], ["subnet-0123456"], ["subnet-0123456789abcdef01"]],
  },
  privateSubnetIds: {
    accepts: [["subnet-01234567", "subnet-0123456789abcdef0"]],
    refuses: [["vpc-01234567"], ["subnet-0123456"], ["subnet-0123456789abcdef01"]],
  },
  hostedZone: {
    accepts: ["", "example.com", "a.b-c.co", "Z0123456789ABCDEFGHIJ"],
    refuses: [
      "example",
      "example.com.",
      "Example.com",
      "/hostedzone/Z0123456789",
      "Z01",
      "z0123456",
    ],
  },
  extraDomainNames: {
    accepts: [[], ["www.example.com", "example.com"]],
    refuses: [["www"], ["*.example.com"], ["https://www.example.com"], ["example.com."]],
  },
  otherHealthCheckIds: {
    accepts: [[], ["0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"]],
    refuses: [["primary"], ["0A1B2C3D-0a1b-0a1b-0a1b-0a1b2c3d4e5f"]],
  },
  geolocations: {
    accepts: [[], ["default", "continent:EU", "country:DE", "country:US-CA"]],
    refuses: [["EU"], ["continent:XX"], ["country:de"], ["country:*"], ["default "]],
  },
  certificateArn: {
    accepts: [
      "",
      "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
      "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/abc",
    ],
    refuses: ["arn:aws:iam::123456789012:server-certificate/abc", "certificate/abc"],
  },
  domainName: {
    accepts: ["", "api.example.com", "a-1.b.co"],
    refuses: [
      "example",
      "https://api.example.com",
      "API.example.com",
      "api.example.com.",
      "api.c",
      " a.b.co",
    ],
  },
  ingressCidrs: { accepts: [["0.0.0.0/0", "203.0.113.0/24"]], refuses: [["::/0"], ["anyone"]] },
  healthPath: { accepts: ["/", "/readyz", "/a/b?c=d&e"], refuses: ["", "readyz", "/a b", "/a#b"] },
  wafCountedRules: {
    accepts: [[], ["GenericRFI_BODY", "AWSManagedIPDDoSList"]],
    refuses: [[""], ["Generic RFI"], ["AWS#Common#GenericRFI_BODY"], [1]],
  },
  egressPorts: {
    accepts: [["1", "443", "9999", "10000", "59999", "64999", "65499", "65529", "65535"]],
    refuses: [["0"], ["65536"], ["65540"], ["70000"], ["100000"], ["0443"], ["https"], [443]],
  },
  awakeHours: {
    accepts: ["always", "Mon-Fri 07:00-20:00", "Sun-Sun 00:00-23:59"],
    refuses: [
      "",
      "never",
      "Mon-Fri",
      "mon-fri 07:00-20:00",
      "Mon-Fri 7:00-20:00",
      "Mon-Fri 07:00-24:00",
      "Mon-Fri 07:60-20:00",
      " Mon-Fri 07:00-20:00",
    ],
  },
  timeZone: {
    accepts: ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1"],
    refuses: ["", "+01:00", "Europe Berlin"],
  },
  livenessPath: { accepts: ["", "/livez"], refuses: ["livez", "/a b"] },
  services: {
    accepts: [{}, { worker: { taskCpu: 256 } }],
    refuses: [{ worker: 1 }],
  },
  beforeDeployment: {
    accepts: [[], ["dist/server.js", "migrate", "-v", "-v"]],
    refuses: [[""], [1], ["a\0b"]],
  },
  testIngressCidrs: { accepts: [[], ["203.0.113.0/24"]], refuses: [["::/0"], ["anyone"]] },
  tableName: {
    accepts: ["", "koa-fargate-primary-storage-table-1a2b3c4", "a.b"],
    refuses: ["ab", "a b", "arn:aws:dynamodb:eu-west-1:123456789012:table/a"],
  },
  tableReplicas: {
    accepts: [[], ["eu-central-1", "us-gov-west-1"]],
    refuses: [["eu-central"], ["Frankfurt"], ["eu-central-1", "eu-central-1"]],
  },
  restoreFrom: {
    accepts: ["", "2026-11-30T12:00:00Z", "01695353076000-06e2188f"],
    refuses: ["2026-11-30", "2026-11-30T12:00:00+01:00", "1695353076000-06e2188f", "yesterday"],
  },
  permissionsBoundaryArn: {
    accepts: [
      "",
      "arn:aws:iam::123456789012:policy/bound",
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ],
    refuses: [
      "bound",
      "arn:aws:iam::123456789012:role/bound",
      "arn:aws:iam::12345678901:policy/bound",
      "arn:aws:iam::1234567890123:policy/bound",
    ],
  },
  availabilityObjectivePercent: {
    accepts: ["95", "99.9", "99.99"],
    refuses: ["", "94.9", "100", "99.999", "99,9", "99.9 %"],
  },
  pageEndpoints: {
    accepts: [["https://events.example.com/integration/abc/enqueue"]],
    refuses: [["http://events.example.com"], ["https://user@example.com/"], ["events.example.com"]],
  },
  escalationEmails: { accepts: [["a@b.example"]], refuses: [["a@b"], ["#second"]] },
  slackChannel: {
    accepts: ["", "T0123ABCD/C0123ABCD"],
    refuses: ["#alarms", "T0123ABCD", "C0123ABCD/T0123ABCD"],
  },
  alarmEmails: { accepts: [["a@b.example"]], refuses: [["a@b"], ["a b@c.example"], ["#on-call"]] },
};

/** For each whole number: the least and the most that it takes, as AWS or this program has it. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  containerPort: [1024, 65_535],
  requestTimeoutSeconds: [1, 3600],
  bodyLimitBytes: [1024, 104_857_600],
  releasesToKeep: [2, 500],
  availabilityZoneCount: [2, 6],
  routingWeight: [0, 255],
  idleTimeoutSeconds: [1, 4000],
  accessLogRetentionDays: [1, 3650],
  healthCheckIntervalSeconds: [5, 300],
  healthCheckTimeoutSeconds: [2, 120],
  healthyThreshold: [2, 10],
  unhealthyThreshold: [2, 10],
  deregistrationDelaySeconds: [0, 3600],
  wafRequestsPerAddress: [10, 2_000_000_000],
  taskCpu: [256, 16_384],
  taskMemoryMiB: [512, 122_880],
  desiredCount: [1, 5000],
  minCapacity: [1, 5000],
  maxCapacity: [1, 5000],
  targetCpuPercent: [10, 90],
  targetMemoryPercent: [10, 90],
  targetRequestsPerMinute: [0, 10_000_000],
  spotPercent: [0, 100],
  onDemandBase: [0, 1000],
  stopTimeoutSeconds: [2, 120],
  drainDelaySeconds: [0, 60],
  healthCheckGracePeriodSeconds: [0, 3600],
  logRetentionDays: [1, 3653],
  bakeTimeMinutes: [0, 1440],
  canaryPercent: [1, 99],
  canaryBakeTimeMinutes: [0, 1440],
  stepPercent: [3, 100],
  stepBakeTimeMinutes: [0, 1440],
  approvalTimeoutMinutes: [1, 20_160],
  testListenerPort: [0, 65_535],
  pointInTimeRecoveryDays: [0, 35],
  backupIntervalDays: [0, 6],
  backupRetentionDays: [1, 3650],
  escalateAfterMinutes: [1, 120],
  maxErrorPercent: [1, 100],
  maxLatencyMilliseconds: [10, 60_000],
  monthlyBudgetUsd: [0, 1_000_000],
};

describe("configuration keys", () => {
  it("Pulumi.yaml declares them as config/keys/ does: else run npm run docs", () => {
    const file = readFileSync("Pulumi.yaml", "utf8");

    expect(parse(withDeclarations(file))).to.deep.equal(parse(file));
    expect(declarations().startsWith(DECLARED)).to.be.true;
    expect(Object.keys((parse(file) as { config: object }).config)).to.deep.equal([
      "pulumi:autonaming",
      ...KIND_BY_KEY.keys(),
    ]);
  });

  it("a Pulumi.yaml without the block is refused in a sentence", () => {
    expect(() => withDeclarations("name: a\n")).to.throw(
      "Pulumi.yaml has no block config:. Add one at its end.",
    );
  });

  it("no two sections share a key", () => {
    const keys = Object.values(SECTIONS).flatMap((kinds) => Object.keys(kinds));

    expect(keys).to.deep.equal([...KIND_BY_KEY.keys()]);
  });

  for (const [key, kind] of KIND_BY_KEY) {
    it(`${key}: takes its own default, and is described in a sentence`, () => {
      expect(kind.parse(text(kind.default))).to.deep.equal(kind.default);
      expect(kind.description).to.match(/^[A-Z0-9].*\.$/);
    });
  }

  it("each text, list and map with a pattern has its row below", () => {
    const patterned = [...KIND_BY_KEY].filter(
      ([, kind]) =>
        ["array", "object"].includes(kind.type) ||
        // A text with a pattern takes a placeholder, a choice does not.
        (kind.type === "string" && !(kind.parse("<your own>") instanceof Refusal)),
    );

    expect(Object.keys(VALUES)).to.deep.equal(patterned.map(([key]) => key));
  });

  it("each whole number has its range below, and takes nothing outside of it", () => {
    const numbers = [...KIND_BY_KEY].filter(([, kind]) => kind.type === "integer");
    const taken = numbers.map(([key, kind]) => {
      const [least, most] = RANGES[key] ?? [0, 0];
      const takes = (value: number): boolean => kind.parse(`${value}`) === value;
      return [key, [least - 1, least, most, most + 1].map(takes)];
    });

    expect(taken).to.deep.equal(
      Object.keys(RANGES).map((key) => [key, [false, true, true, false]]),
    );
  });

  for (const [key, { accepts, refuses }] of Object.entries(VALUES)) {
    it(`${key} takes what it should and nothing else`, () => {
      const kind = KIND_BY_KEY.get(key);

      for (const value of accepts) expect(kind?.parse(text(value))).to.deep.equal(value);
      for (const value of refuses)
        expect(kind?.parse(text(value)), text(value)).to.be.instanceOf(Refusal);
    });
  }
});
