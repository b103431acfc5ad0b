import { expect } from "chai";
import fc from "fast-check";
import { broken } from "./helpers/values.ts";

type Settings = Record<string, unknown>;
const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf";

/** Each row: what the stack sets, and every sentence that refuses it; none where it is accepted. */
function table(rows: [string, Settings, string[]][]): void {
  for (const [name, settings, sentences] of rows) {
    it(`${name}: ${sentences.length === 0 ? "accepted" : "refused"}`, () => {
      expect(broken(settings)).to.deep.equal(sentences);
    });
  }
}

describe("rules between configuration keys", () => {
  table([["the defaults of Pulumi.yaml", {}, []]]);

  describe("task size", () => {
    table([
      ["largest memory of 256 units", { taskCpu: 256, taskMemoryMiB: 2048 }, []],
      [
        "memory that a larger task has",
        { taskCpu: 256, taskMemoryMiB: 4096 },
        [
          "taskMemoryMiB is 4096, but 256 CPU units allow 512, 1024 or 2048. Raise taskCpu to 512 or lower the memory.",
        ],
      ],
      [
        "memory below the smallest",
        { taskCpu: 1024, taskMemoryMiB: 1024 },
        [
          "taskMemoryMiB is 1024, but 1024 CPU units allow 2048 to 8192 in steps of 1024. Choose one of these.",
        ],
      ],
      [
        "memory between two steps",
        { taskCpu: 8192, taskMemoryMiB: 17408 },
        [
          "taskMemoryMiB is 17408, but 8192 CPU units allow 16384 to 61440 in steps of 4096. Choose one of these.",
        ],
      ],
      [
        "CPU that Fargate lacks",
        { taskCpu: 300 },
        ["taskCpu is 300, but Fargate offers 256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units."],
      ],
    ]);
  });

  describe("capacity", () => {
    table([
      ["all equal", { minCapacity: 3, desiredCount: 3, maxCapacity: 3 }, []],
      [
        "desired below minimum",
        { minCapacity: 2, desiredCount: 1, maxCapacity: 2 },
        ["desiredCount is 1, below minCapacity (2). Raise it or lower minCapacity."],
      ],
      [
        "desired above maximum",
        { minCapacity: 1, desiredCount: 3, maxCapacity: 2 },
        ["desiredCount is 3, above maxCapacity (2). Lower it or raise maxCapacity."],
      ],
      [
        "minimum above maximum",
        { minCapacity: 3, desiredCount: 3, maxCapacity: 2 },
        [
          "desiredCount is 3, above maxCapacity (2). Lower it or raise maxCapacity.",
          "minCapacity is 3, above maxCapacity (2). Lower it or raise maxCapacity.",
        ],
      ],
      [
        "Service Connect in the smallest task",
        { serviceDiscovery: "connect" },
        [
          "serviceDiscovery is connect, but its proxy needs 256 CPU units of its own and taskCpu is 256. Raise taskCpu to 512 or choose dns.",
        ],
      ],
      [
        "Service Connect in a larger task",
        { serviceDiscovery: "connect", taskCpu: 512, taskMemoryMiB: 1024 },
        [],
      ],
    ]);
  });

  describe("TLS", () => {
    const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/abc";
    table([
      [
        "required without certificate",
        { tls: "required" },
        [
          "certificateArn is empty, but tls is required. Set the ARN of an ACM certificate of this region, or hostedZone to have one made, or set tls to optional.",
        ],
      ],
      [
        "certificate without host name",
        { certificateArn },
        [
          "domainName is empty, but certificateArn is set. Set the host name that the certificate covers: callers reach HTTPS by it.",
        ],
      ],
      ["both", { tls: "required", certificateArn, domainName: "api.example.com" }, []],
      [
        "certificate of another region",
        {
          certificateArn: certificateArn.replace("eu-west-1", "us-east-1"),
          domainName: "api.example.com",
        },
        [
          "certificateArn is a certificate of us-east-1, but aws:region is eu-west-1, and a load balancer takes certificates of its own region alone. Request one in eu-west-1.",
        ],
      ],
      ["certificate still to come", { certificateArn: "<ARN>", domainName: "a.example.com" }, []],
      ["host name without certificate", { domainName: "api.example.com" }, []],
    ]);
  });

  describe("web ACL", () => {
    const unlisted =
      "which components/load-balancer/managed-rules.json does not list: AWS would ignore a name that it does not know without a word.";
    const added = "If the web ACL's log has that name, add it to the list.";
    table([
      ["rules without exception", { waf: "standard" }, []],
      [
        "a rule of each group that only counts",
        {
          waf: "standard",
          wafCountedRules: ["AWSManagedIPReputationList", "GenericRFI_BODY", "Log4JRCE_HEADER"],
        },
        [],
      ],
      [
        "counted rules without a web ACL",
        { wafCountedRules: ["GenericRFI_BODY", "NoUserAgent_HEADER"] },
        [
          "wafCountedRules names GenericRFI_BODY, NoUserAgent_HEADER, but waf is none, so no rule blocks anything. Set waf to standard or remove the list.",
        ],
      ],
      [
        "a misspelt rule",
        { waf: "standard", wafCountedRules: ["GenericRFI_BODY", "GenericRF_Body"] },
        [
          `wafCountedRules names GenericRF_Body, ${unlisted} Did you mean GenericRFI_BODY? ${added}`,
        ],
      ],
      [
        "a rule of a group that is not used",
        { waf: "standard", wafCountedRules: ["WordPressExploitableCommands_QUERYSTRING"] },
        [`wafCountedRules names WordPressExploitableCommands_QUERYSTRING, ${unlisted} ${added}`],
      ],
      ["a placeholder", { waf: "standard", wafCountedRules: ["<rule>"] }, []],
    ]);
  });

  describe("timing", () => {
    table([
      [
        "health check that waits as long as its interval",
        { healthCheckTimeoutSeconds: 10, healthCheckIntervalSeconds: 10 },
        [
          "healthCheckTimeoutSeconds is 10, but it has to be below healthCheckIntervalSeconds (10).",
        ],
      ],
      [
        "health check just below its interval",
        { healthCheckTimeoutSeconds: 9, healthCheckIntervalSeconds: 10 },
        [],
      ],
      [
        "deregistration faster than a request",
        { deregistrationDelaySeconds: 29 },
        [
          "deregistrationDelaySeconds is 29, below requestTimeoutSeconds (30): a deployment would cut the longest requests. Raise it or lower requestTimeoutSeconds.",
        ],
      ],
      ["deregistration as long as a request", { deregistrationDelaySeconds: 30 }, []],
      [
        "idle time-out shorter than a request",
        { idleTimeoutSeconds: 29 },
        [
          "idleTimeoutSeconds is 29, below requestTimeoutSeconds (30): the load balancer would give up first. Raise it or lower requestTimeoutSeconds.",
        ],
      ],
      ["idle time-out as long as a request", { idleTimeoutSeconds: 30 }, []],
      [
        "stop time-out shorter than draining",
        { stopTimeoutSeconds: 36 },
        [
          "stopTimeoutSeconds is 36, but draining may take 37 (drainDelaySeconds + requestTimeoutSeconds + 5). Raise it or lower these.",
        ],
      ],
      ["stop time-out as long as draining", { stopTimeoutSeconds: 37 }, []],
    ]);
  });

  describe("schedule", () => {
    table([
      ["a working day", { awakeHours: "Mon-Fri 07:00-20:00" }, []],
      [
        "hours over midnight",
        { awakeHours: "Mon-Fri 20:00-07:00" },
        [
          "awakeHours is Mon-Fri 20:00-07:00, but the hours have to begin before they end on the same day.",
        ],
      ],
      [
        "no hours at all",
        { awakeHours: "Mon-Fri 07:00-07:00" },
        [
          "awakeHours is Mon-Fri 07:00-07:00, but the hours have to begin before they end on the same day.",
        ],
      ],
      ["a time zone", { timeZone: "America/Argentina/Buenos_Aires" }, []],
      [
        "no time zone",
        { timeZone: "Europe/Atlantis" },
        [
          "timeZone is Europe/Atlantis, which is not a time zone. Use an IANA name such as Europe/Berlin.",
        ],
      ],
    ]);
  });

  describe("environment", () => {
    const setByPlatform = "which the platform sets itself. Remove it.";
    table([
      ["plain variables", { environment: { LOG_LEVEL: "info", TOKEN_LIFETIME: "60" } }, []],
      ...[
        "AWS_REGION",
        "BODY_LIMIT_BYTES",
        "DRAIN_DELAY_SECONDS",
        "KEEP_ALIVE_TIMEOUT_SECONDS",
        "PORT",
        "REQUEST_TIMEOUT_SECONDS",
        "REVISION",
        "SHUTDOWN_DEADLINE_SECONDS",
        "TASK_CPU_UNITS",
        "TASK_MEMORY_MIB",
        "TABLE_NAME",
      ].flatMap((name): [string, Settings, string[]][] => [
        [name, { environment: { [name]: "1" } }, [`environment sets ${name}, ${setByPlatform}`]],
        [
          `secret ${name}`,
          { secrets: { [name]: ARN } },
          [`secrets sets ${name}, ${setByPlatform}`],
        ],
      ]),
      ...["DB_PASSWORD", "clientSecret", "GITHUB_TOKEN", "PRIVATE_KEY", "API_KEY"].map(
        (name): [string, Settings, string[]] => [
          `${name} in plain text`,
          { environment: { [name]: "hunter2" } },
          [
            `environment sets ${name}, which looks like a secret, in plain text. Store it in Secrets Manager and name its ARN under secrets.`,
          ],
        ],
      ),
      ...[
        "DB_PASS",
        "AUTH_SECRET_KEY",
        "MYSQL_PWD",
        "SECRET_KEY_BASE",
        "apiKey",
        "SMTP_CREDENTIALS",
      ].map((name): [string, Settings, string[]] => [
        `${name} in plain text`,
        { environment: { [name]: "hunter2" } },
        [
          `environment sets ${name}, which looks like a secret, in plain text. Store it in Secrets Manager and name its ARN under secrets.`,
        ],
      ]),
      ...[
        "postgres://app:hunter2@db.example.com/app",
        "Server=db;User Id=app;Password=hunter22;",
        "-----BEGIN PRIVATE KEY-----\nMIIE",
        "AKIAIOSFODNN7EXAMPLE",
        `ghp_${"a1".repeat(18)}`,
      ].map((value): [string, Settings, string[]] => [
        `${value} in a harmless name`,
        { environment: { SETTING: value } },
        [
          "environment sets SETTING, which looks like a secret by its value, in plain text. Store it in Secrets Manager and name its ARN under secrets.",
        ],
      ]),
      [
        "what only sounds like a secret",
        {
          environment: {
            BYPASS: "hunter2",
            COMPASS: "north",
            DB_PASSWORD_FILE: "/run/password",
            MAX_TOKENS: "4096",
            REQUIRE_TOKEN: "true",
            SECRET_ARN: ARN,
            SITE: "https://user@example.com/a:b",
            CA: "-----BEGIN CERTIFICATE-----",
          },
        },
        [],
      ],
      ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"].map(
        (name): [string, Settings, string[]] => [
          `secret ${name}`,
          { secrets: { [name]: ARN } },
          [
            `secrets sets ${name}, which the AWS SDK takes in place of the task role: the app would act as somebody else, by credentials that nobody rotates. Remove it; what the app may do is the task role's.`,
          ],
        ],
      ),
      ...[
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_EXECUTION_ENV",
        "ECS_CONTAINER_METADATA_URI_V4",
      ].map((name): [string, Settings, string[]] => [
        name,
        { environment: { [name]: "x" } },
        [
          `environment sets ${name}, which ECS sets itself: another value would cut the app off its role or its metadata. Remove it.`,
        ],
      ]),
      ["other variables of the AWS SDK", { environment: { AWS_MAX_ATTEMPTS: "5" } }, []],
      ["a secret by its ARN", { secrets: { DB_PASSWORD: ARN } }, []],
      [
        "a field with too few colons",
        { secrets: { DB_PASSWORD: `${ARN}:password` } },
        [
          `secrets sets DB_PASSWORD to ${ARN}:password, which has 1 of the parts <field>:<stage>:<version id> after the secret, but ECS reads all three or none; each may be empty. Write ${ARN}:password::.`,
        ],
      ],
      [
        "one name twice",
        { environment: { MODE: "a" }, secrets: { MODE: ARN } },
        ["secrets sets MODE, which environment sets too. Remove one."],
      ],
    ]);
  });

  describe("log retention", () => {
    table([
      ["a year", { logRetentionDays: 365 }, []],
      [
        "ten days",
        { logRetentionDays: 10 },
        [
          "logRetentionDays is 10, but CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.",
        ],
      ],
    ]);
  });

  describe("image", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const own = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@${digest}`;
    table([
      ["a digest in ECR", { image: own }, []],
      ["a placeholder", { image: "<digest of the release>" }, []],
      [
        "a digest elsewhere",
        { image: `docker.io/library/node@${digest}` },
        [
          `image is docker.io/library/node@${digest}, but it has to be a digest in the stack's own ECR repository. Run npm run promote.`,
        ],
      ],
    ]);
  });

  describe("who is told", () => {
    const asked = {
      ...{ pageEndpoints: ["https://events.example.com/x"], escalationEmails: ["b@example.com"] },
      threatDetection: "guardduty",
    };
    table([
      ["by full monitoring", { ...asked, monitoring: "full" }, []],
      [
        "by essential monitoring",
        asked,
        [
          "pageEndpoints is set, but essential monitoring pages nobody. Set monitoring to full.",
          "escalationEmails is set, but essential monitoring pages nobody. Set monitoring to full.",
          "threatDetection is guardduty, but essential monitoring would tell nobody what it finds. Set monitoring to full.",
        ],
      ],
    ]);
  });

  it("several broken rules are all named", () => {
    const sentences = broken({ taskMemoryMiB: 4096, tls: "required", desiredCount: 9 });

    expect(sentences.map((sentence) => sentence.split(" ")[0])).to.deep.equal([
      "taskMemoryMiB",
      "desiredCount",
      "certificateArn",
    ]);
  });

  it("accepts every minimum <= desired <= maximum, and nothing else", () => {
    const tasks = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(tasks, tasks, tasks, (minCapacity, desiredCount, maxCapacity) => {
        const accepted = broken({ minCapacity, desiredCount, maxCapacity }).length === 0;

        expect(accepted).to.equal(minCapacity <= desiredCount && desiredCount <= maxCapacity);
      }),
    );
  });
});
