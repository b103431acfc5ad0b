import { projectName } from "@koa-fargate/workbench/project/namespaces.ts";
import { ownFile } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";
import { IS_SAMPLE_APP } from "../helpers/sample-app.ts";
import type { Copy } from "../helpers/copy.ts";

/** Whether nobody made this repository its own yet, so that prod's placeholders stand: only then are there these things to do. */
export const IS_TEMPLATE =
  PROJECT === "koa-fargate" &&
  IS_SAMPLE_APP &&
  ["certificateArn", "domainName"].every((key) =>
    /^<.+>$/.test(String(ownFile("prod").get(`${PROJECT}:${key}`))),
  );

/** Something that an owner does to a copy of the repository on the first days. */
export interface Change {
  /** As an owner would say it. */
  name: string;
  make: (copy: Copy) => void;
}

const certificate = (region: string): string =>
  `arn:aws:acm:${region}:111122223333:certificate/0f1e2d3c`;
const secret = (region: string): string =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:keys-AbCdEf`;
const boundary = (copy: Copy, stack: string): string => {
  const name = projectName(copy.folder);
  return `arn:aws:iam::111122223333:policy/${name}-ci/${name}-service-boundary-${stack}`;
};

/** In the order of docs/getting-started.md: a stack that exists keeps its name. */
export const CHANGES: readonly Change[] = [
  {
    name: "a name of its own, by npm run rename",
    make(copy) {
      const { code, text } = copy.run("npm", "run", "--silent", "rename", "--", "orders");
      if (code !== 0) throw new Error(text);
    },
  },
  {
    name: "values in place of prod's placeholders, as docs/getting-started.md says",
    make(copy) {
      copy.configure("prod", {
        allowedAccountIds: ["111122223333"],
        certificateArn: certificate("eu-west-1"),
        domainName: "api.example.org",
        alarmEmails: ["on-call@example.org"],
      });
      // What it is called is the app's.
      copy.edit("Pulumi.prod.yaml", [
        "<ARN of a Secrets Manager secret with the hashes of the API keys>",
        secret("eu-west-1"),
      ]);
    },
  },
  {
    name: "another region, time zone, CPU, memory and counts",
    make(copy) {
      for (const stack of ["dev", "prod"]) copy.configure(stack, { "aws:region": "eu-central-1" });
      // Of its own region alone a load balancer takes certificates.
      copy.configure("prod", { certificateArn: certificate("eu-central-1") });
      const file = "Pulumi.prod.yaml";
      copy.write(file, copy.read(file).replace(secret("eu-west-1"), secret("eu-central-1")));
      copy.configure("dev", {
        timeZone: "America/New_York",
        taskCpu: 1024,
        taskMemoryMiB: 2048,
        minCapacity: 2,
        desiredCount: 2,
        maxCapacity: 6,
      });
      copy.configure("prod", {
        taskCpu: 2048,
        taskMemoryMiB: 4096,
        minCapacity: 4,
        desiredCount: 4,
        maxCapacity: 20,
        deploymentStrategy: "rolling",
      });
    },
  },
  {
    name: "what npm run bootstrap writes",
    make(copy) {
      for (const stack of ["dev", "prod"]) {
        copy.configure(stack, { permissionsBoundaryArn: boundary(copy, stack) });
        const file = `Pulumi.${stack}.yaml`;
        const provider = `secretsprovider: awskms://alias/${projectName(copy.folder)}-${stack}-state?region=eu-central-1\n`;
        copy.write(file, `${provider}encryptedkey: AQICAHh=\n${copy.read(file)}`);
      }
      copy.edit(
        "bootstrap/Pulumi.account.yaml",
        ["eu-west-1", "eu-central-1"],
        ["<id of the AWS account>", '"111122223333"'],
        ["<repo:ORG@ID/REPO@ID>", "repo:octo-org@1/octo-repo@2"],
      );
    },
  },
  {
    name: "an alarm more",
    make(copy) {
      copy.edit("components/observability/alarms.json", [
        '{\n  "service": [\n',
        `{
  "service": [
    {
      "name": "few-tasks",
      "severity": "ticket",
      "description": "Hardly any CPU is used. Look whether traffic arrives at all.",
      "comparison": "LessThanThreshold",
      "threshold": 1,
      "datapointsToAlarm": 10,
      "evaluationPeriods": 10,
      "periodSeconds": 60,
      "missing": "notBreaching",
      "queries": { "cpu": ["AWS/ECS", "CPUUtilization", "Average"] }
    },
`,
      ]);
      copy.edit("docs/runbook.md", [
        "### Alarm `disk`\n",
        "### Alarm `few-tasks`\n\nNobody calls. Look why.\n\n### Alarm `disk`\n",
      ]);
    },
  },
  {
    name: "a component of one's own: a queue, which the app may send to",
    make(copy) {
      copy.write("components/queue/queue.ts", QUEUE);
      copy.edit(
        "index.ts",
        [
          'import { Registry } from "./components/registry/registry.ts";\n',
          'import { Queue } from "./components/queue/queue.ts";\nimport { Registry } from "./components/registry/registry.ts";\n',
        ],
        [
          "  const registry = new Registry(",
          '  const queue = new Queue("queue");\n\n  const registry = new Registry(',
        ],
        [
          "      ...(assets && { ASSETS_PATH: assets.path }),\n",
          "      ...(assets && { ASSETS_PATH: assets.path }),\n      QUEUE_URL: queue.url,\n",
        ],
        [
          "    deploymentAlarmNames: alarms.alarmNames,\n",
          `    deploymentAlarmNames: alarms.alarmNames,
    permissions: [queue.permission],
`,
        ],
      );
      copy.edit("workbench.config.ts", [
        "  pages: generatedFiles,\n",
        `  pages: generatedFiles,
  permissions: {
    "aws:sqs/queue:Queue": {
      read: "sqs: GetQueueAttributes GetQueueUrl ListQueueTags",
      write: "sqs: CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
    },
  },
  taskActions: "sqs: SendMessage ReceiveMessage DeleteMessage",
`,
      ]);
    },
  },
  {
    name: "a second HTTP service, with an app and a check of its own",
    make(copy) {
      copy.edit("services.ts", [
        "};\n",
        '  admin: { kind: "http", path: "/admin", appPath: "./admin", healthPath: "/admin/health" },\n};\n',
      ]);
      copy.write("admin/package.json", manifest("admin", { check: "node --check server.js" }));
      // By rules of its own: not ours.
      copy.write("admin/server.js", ADMIN);
      for (const stack of ["dev", "prod"])
        copy.configureAt(stack, ["services", "admin", "environment"], { LOG_LEVEL: "debug" });
    },
  },
  {
    name: "a worker that runs the main service's image",
    make(copy) {
      copy.edit("services.ts", [
        "};\n",
        '  worker: { kind: "worker", command: ["dist/server.js", "work"], table: true },\n};\n',
      ]);
      copy.configureAt("prod", ["services", "worker"], {
        taskCpu: 512,
        taskMemoryMiB: 1024,
        desiredCount: 2,
        maxCapacity: 4,
      });
    },
  },
  {
    name: "a scheduled task",
    make(copy) {
      copy.edit("services.ts", [
        "};\n",
        '  nightly: { kind: "scheduled", schedule: "cron(0 3 * * ? *)", appPath: "./nightly" },\n};\n',
      ]);
      copy.write("nightly/package.json", manifest("nightly"));
      copy.write("nightly/server.js", 'console.log("report made");\n');
    },
  },
  {
    name: "a side-car",
    make(copy) {
      copy.edit("services.ts", [
        '  api: { kind: "http" },\n',
        `  api: {
    kind: "http",
    sideCars: {
      collector: { image: "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.0" },
    },
  },
`,
      ]);
    },
  },
];

const manifest = (name: string, scripts: object = {}): string =>
  `${JSON.stringify({ name, version: "1.0.0", private: true, main: "server.js", scripts }, null, 2)}\n`;

const ADMIN = `var http = require("http");
var server = http.createServer((request, response) => response.end("admin"));
server.listen(process.env.PORT);
process.on("SIGTERM", () => server.close());
`;

const QUEUE = `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Work that may wait. Cost: the first million requests a month are free. */
export class Queue extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** What who works on it may do. */
  readonly permission: { actions: string[]; resource: pulumi.Output<string> };

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:queue:Queue", name, {}, opts);
    const queue = new aws.sqs.Queue(name, { sqsManagedSseEnabled: true }, { parent: this });
    this.url = queue.url;
    this.permission = {
      actions: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
      resource: queue.arn,
    };
    this.registerOutputs({ url: this.url });
  }
}
`;
