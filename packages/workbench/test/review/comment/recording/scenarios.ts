/** What the recordings change about the deployed stacks. */
export interface Scenario {
  name: string;
  /** Lines for the end of the stack file, by stack; these stacks are previewed. */
  stacks: Readonly<Record<string, readonly string[]>>;
  /** Edits of the program: file, text, its replacement. */
  edits?: readonly (readonly [file: string, text: string, replacement: string])[];
}

const MORE_ADDRESSES = Array.from(
  { length: 500 },
  (_, index) => `on-call-${index + 1}@example.com`,
);

/** Each against stacks that are deployed as committed. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "no-changes", stacks: { dev: [], prod: [] } },
  {
    name: "image-only",
    stacks: { dev: [] },
    edits: [["app/src/server.ts", "", 'process.env["NOTE"] ??= "another bundle";\n']],
  },
  {
    name: "replace-of-stateful",
    stacks: { dev: [] },
    edits: [
      ["components/storage/storage.ts", 'rangeKey: "sk"', 'rangeKey: "sort"'],
      ["components/storage/storage.ts", 'name: "sk"', 'name: "sort"'],
    ],
  },
  {
    name: "strategy-change",
    stacks: {
      dev: ["koa-fargate:onDemandBase: 1", "koa-fargate:deploymentStrategy: canary"],
    },
  },
  {
    name: "widened-role",
    stacks: { prod: [] },
    edits: [
      [
        "components/service/roles.ts",
        '          "dynamodb:DeleteItem",',
        '          "dynamodb:DeleteItem",\n          "dynamodb:DeleteTable",\n          "dynamodb:Scan",',
      ],
      [
        "components/service/roles.ts",
        "  const statements: Statement[] = [];",
        '  const statements: Statement[] = [allow(["s3:*"], "*")];',
      ],
    ],
  },
  { name: "offline-after-failure", stacks: { dev: ["koa-fargate:maxCapacity: 0"] } },
  { name: "failure", stacks: { dev: ["koa-fargate:deploymentStrategy: canary"] } },
  {
    name: "secret-values",
    stacks: { dev: [] },
    edits: [
      [
        "components/service/container.ts",
        "byName(args.environment)",
        'byName({ ...args.environment, DB_PASSWORD: "correct horse battery staple", NOTE: "AKIAIOSFODNN7EXAMPLE", UPSTREAM: "https://admin:hunter2@db.internal/app" })',
      ],
      [
        "components/observability/notifications.ts",
        "args.keyArn === undefined ? {}",
        'args.keyArn === undefined ? { tags: { rotation: pulumi.secret("kept from everybody"), owner: "ghp_0123456789abcdefghijABCDEFGHIJ0123" } }',
      ],
    ],
  },
  {
    name: "many",
    stacks: {
      dev: ["koa-fargate:alarmEmails:", ...MORE_ADDRESSES.map((address) => `  - ${address}`)],
    },
  },
  {
    name: "hostile-names",
    stacks: { dev: [] },
    edits: [
      [
        "index.ts",
        "  const notifications = new",
        '  for (const hostile of ["x</details><img src=x onerror=alert(1)>", "a`b``c | @octocat #1 [x](javascript:alert(1))", "\\u202egpj.exe --> <script>"])\n    new (await import("@pulumi/aws")).sns.Topic(hostile, { displayName: `</details>${hostile}` });\n  const notifications = new',
      ],
    ],
  },
  { name: "policy-violation", stacks: { dev: ["koa-fargate:logRetentionDays: 1"] } },
  {
    name: "two-stacks",
    stacks: {
      dev: ["koa-fargate:containerPort: 3000"],
      prod: ["koa-fargate:containerPort: 3000"],
    },
  },
  {
    name: "newly-public",
    stacks: { prod: ["koa-fargate:taskSubnets: public", "koa-fargate:natStrategy: none"] },
  },
];

const LARGER = { taskCpu: "512", taskMemoryMiB: "1024", healthPath: "/livez" };

/** Offline, against the frozen stacks: other values, in place of theirs. */
export const OFFLINE: readonly {
  name: string;
  stack: string;
  overrides: Readonly<Record<string, string>>;
}[] = [
  { name: "offline", stack: "dev", overrides: LARGER },
  { name: "offline-after-failure", stack: "dev", overrides: LARGER },
  { name: "region-change", stack: "dev", overrides: { "aws:region": "us-east-1" } },
  {
    name: "security-weakened",
    stack: "prod",
    overrides: {
      ...{ waf: "none", flowLogs: "none", auditTrail: "none", encryption: "aws-managed" },
      ...{ minCapacity: "1", desiredCount: "1", availabilityZoneCount: "2" },
    },
  },
];
