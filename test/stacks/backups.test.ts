import { expect } from "chai";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { serviceGraph } from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { writeStatements } from "@koa-fargate/workbench/pipeline/permissions/service-statements.ts";
import { list, record } from "@koa-fargate/workbench/plan/plan-reader.ts";
import { comparePlans } from "@koa-fargate/workbench/review/diff/compare.ts";
import { all, at, byName, names, one, parsed, planOf, show } from "./helpers/plans.ts";
import { invariants } from "./helpers/invariants.ts";
import { storageProblems } from "./helpers/storage.ts";

const DAILY = { backupIntervalDays: 1, pointInTimeRecoveryDays: 7 };
const EXPORT = "01695353076000-06e2188f";
const table = (plan: Plan) => one(plan, "Table").outputs["arn"] ?? null;
const bucket = (plan: Plan) => one(plan, "s3/bucket:Bucket", "storage-backups").outputs;
const backups = (plan: Plan) =>
  plan.resources.filter(({ custom, name }) => custom && name.startsWith("backups"));
const input = (plan: Plan) =>
  parsed(at(one(plan, "Schedule", "backups").inputs["target"], "input"));
const statements = (plan: Plan) =>
  at(parsed(one(plan, "RolePolicy", "backups-policy").inputs["policy"]), "Statement");

describe("backups of the table", () => {
  it("none by default", async () => {
    for (const stack of ["dev", "prod"])
      expect(backups(await planOf(stack)).map(({ name }) => name)).to.deep.equal([]);
  });

  it("a schedule, its role, what tells that an export is complete, and two alarms; nothing else changes but recovery", async () => {
    const changes = comparePlans(await planOf("dev"), await planOf("dev", DAILY)).resources;

    expect(
      changes.map(({ operation, name, type }) => [operation, type.split(":").at(-1), name]),
    ).to.have.deep.members([
      ["create", "EventRule", "backups"],
      ["create", "BucketNotification", "backups"],
      ["create", "MetricAlarm", "backups-missing"],
      ["create", "MetricAlarm", "backups-refused"],
      ["create", "Role", "backups-role"],
      ["create", "RolePolicy", "backups-policy"],
      ["create", "Schedule", "backups"],
      ["create", "ScheduleGroup", "backups"],
      ["update", "Table", "storage-table"],
    ]);
  });

  it("Scheduler calls DynamoDB itself, each day, for this table and this bucket", async () => {
    const plan = await planOf("dev", DAILY);
    const schedule = one(plan, "Schedule", "backups").inputs;

    expect(schedule["scheduleExpression"]).to.equal("rate(24 hours)");
    expect(at(schedule["target"], "arn")).to.equal(
      "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime",
    );
    expect(at(schedule["target"], "roleArn")).to.equal(
      one(plan, "Role", "backups-role").outputs["arn"],
    );
    expect(input(plan)).to.deep.equal({
      TableArn: table(plan),
      S3Bucket: bucket(plan)["bucket"],
      S3BucketOwner: "123456789012",
      S3SseAlgorithm: "AES256",
    });
  });

  it("its role may export this table into this bucket, for Scheduler's group alone", async () => {
    const plan = await planOf("dev", DAILY);

    expect(statements(plan)).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["dynamodb:ExportTableToPointInTime"],
        Resource: table(plan),
      },
      {
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"],
        Resource: `${show(bucket(plan)["arn"])}/*`,
      },
    ]);
    expect(parsed(one(plan, "Role", "backups-role").inputs["assumeRolePolicy"])).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: "scheduler.amazonaws.com" },
          Condition: {
            StringEquals: {
              "aws:SourceAccount": "123456789012",
              "aws:SourceArn": one(plan, "ScheduleGroup", "backups").outputs["arn"],
            },
          },
        },
      ],
    });
  });

  it("under the stack's key exports are encrypted by it, and the role may use it through DynamoDB and S3", async () => {
    const plan = await planOf("prod", { backupIntervalDays: 2 });
    const key = one(plan, "Key").outputs["arn"];

    expect(input(plan)).to.include({ S3SseAlgorithm: "KMS", S3SseKmsKeyId: key });
    expect(at(statements(plan), 2)).to.deep.equal({
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      Resource: key,
      Condition: {
        StringEquals: {
          "kms:ViaService": ["dynamodb.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"],
        },
      },
    });
  });

  it("an export is complete with its last file, and one that does not come calls within the interval and six hours", async () => {
    const plan = await planOf("prod", { backupIntervalDays: 6 });
    const topic = one(plan, "Topic").outputs["arn"];
    const rule = one(plan, "EventRule", "backups");
    const alarm = one(plan, "MetricAlarm", "backups-missing").inputs;
    const hours = Number(alarm["evaluationPeriods"]);

    expect(rule.inputs["eventPattern"]).to.equal(
      JSON.stringify({
        detail: {
          bucket: { name: [bucket(plan)["bucket"]] },
          object: { key: [{ suffix: "/manifest-summary.json" }] },
        },
        "detail-type": ["Object Created"],
        source: ["aws.s3"],
      }),
    );
    expect(one(plan, "BucketNotification").inputs).to.deep.equal({
      bucket: bucket(plan)["bucket"],
      eventbridge: true,
    });
    expect(alarm).to.include({ period: 3600, threshold: 1, treatMissingData: "missing" });
    expect([hours, hours <= 7 * 24]).to.deep.equal([150, true]);
    expect(alarm["dimensions"]).to.deep.equal({ RuleName: rule.outputs["name"] });
    for (const key of ["alarmActions", "okActions", "insufficientDataActions"])
      expect(alarm[key]).to.deep.equal([topic]);
    expect(one(plan, "MetricAlarm", "backups-refused").inputs["alarmActions"]).to.deep.equal([
      topic,
    ]);
  });

  it("access to assets and backups is logged, by S3 and for these buckets alone", async () => {
    const plan = await planOf("dev");
    const logs = one(plan, "s3/bucket:Bucket", "storage-logs").outputs;
    const arn = (name: string) => one(plan, "s3/bucket:Bucket", name).outputs["arn"];

    expect(byName(plan, "BucketLogging", ({ inputs }) => inputs)).to.deep.equal(
      Object.fromEntries(
        ["assets", "backups"].map((role) => [
          `storage-${role}-logging`,
          {
            bucket: one(plan, "s3/bucket:Bucket", `storage-${role}`).outputs["bucket"],
            targetBucket: logs["bucket"],
            targetPrefix: `s3/${role}/`,
          },
        ]),
      ),
    );
    expect(
      at(parsed(one(plan, "BucketPolicy", "storage-logs-policy").inputs["policy"]), "Statement", 2),
    ).to.deep.equal({
      Sid: "BucketLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [`${show(logs["arn"])}/s3/*`],
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": [arn("storage-assets"), arn("storage-backups")] },
      },
    });
  });

  describe("with everything set", () => {
    invariants("prod", () => planOf("prod", { backupIntervalDays: 1, restoreFrom: EXPORT }));
  });
});

describe("a table of the past", () => {
  const time = "2026-11-30T12:00:00Z";
  const past = { pointInTimeRecoveryDays: 7, restoreFrom: time };
  const tableName = (plan: Plan) =>
    (parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]) as Json[])
      .flatMap(
        (container) => (at(container, "environment") ?? []) as { name: string; value: string }[],
      )
      .find(({ name }) => name === "TABLE_NAME")?.value;

  it("is made beside the stack's own, which stays as it is, and the app gets it", async () => {
    const before = await planOf("dev", { pointInTimeRecoveryDays: 7 });
    const after = await planOf("dev", past);
    const name = "storage-table-2026-11-30t120000z";
    const made = one(after, "Table", name);

    expect(
      comparePlans(before, after).resources.filter(({ type }) => type.endsWith(":Table")),
    ).to.have.length(1);
    expect(names(all(after, "Table"))).to.deep.equal(["storage-table", name]);
    expect(made.inputs).to.deep.equal({
      ...one(before, "Table").inputs,
      restoreSourceName: one(after, "Table", "storage-table").outputs["name"],
      restoreDateTime: time,
    });
    expect(tableName(after)).to.equal(made.outputs["name"]);
  });

  it("or of an export in the backups bucket, under the stack's key and as protected as its own", async () => {
    const plan = await planOf("prod", { restoreFrom: EXPORT, backupIntervalDays: 1 });
    const [own, made] = ["storage-table", `storage-table-${EXPORT}`].map((name) =>
      one(plan, "Table", name),
    );

    expect(made?.inputs["importTable"]).to.deep.equal({
      inputFormat: "DYNAMODB_JSON",
      inputCompressionType: "GZIP",
      s3BucketSource: { bucket: bucket(plan)["bucket"], keyPrefix: `AWSDynamoDB/${EXPORT}/data/` },
    });
    expect(made?.options.protect).to.equal(true);
    expect(made?.inputs["serverSideEncryption"]).to.deep.equal(own?.inputs["serverSideEncryption"]);
    expect(at(input(plan), "TableArn")).to.equal(made?.outputs["arn"]);
  });
});

describe("a table in several regions", () => {
  it("is the same table, which gets a stream and a replica of its own for each", async () => {
    const { resources } = comparePlans(
      await planOf("dev"),
      await planOf("dev", { tableReplicas: ["eu-central-1"] }),
    );

    expect(
      resources.map(({ operation, name, properties }) => [
        operation,
        name,
        properties.map(({ path }) => path).sort(),
      ]),
    ).to.deep.equal([["update", "storage-table", ["replicas", "streamEnabled", "streamViewType"]]]);
    const plan = await planOf("dev", {
      tableReplicas: ["eu-central-1"],
      pointInTimeRecoveryDays: 3,
    });
    expect(one(plan, "Table").inputs).to.deep.include({
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      replicas: [
        {
          regionName: "eu-central-1",
          pointInTimeRecovery: true,
          deletionProtectionEnabled: false,
        },
      ],
    });
  });

  it("ends as one without replicas, whose stream stays: AWS ends none while a replica is there", async () => {
    const { resources } = comparePlans(
      await planOf("dev", { tableReplicas: ["eu-central-1"] }),
      await planOf("dev"),
    );

    expect(
      resources.map(({ operation, name, properties }) => [
        operation,
        name,
        properties.map(({ path }) => path),
      ]),
    ).to.deep.equal([["update", "storage-table", ["replicas"]]]);
  });

  it("a stack beside it makes none, and its tasks may use the replica of their region", async () => {
    const plan = await planOf("dev", { tableName: "shared", backupIntervalDays: 1 });
    const arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shared";

    expect(all(plan, "Table")).to.deep.equal([]);
    expect(at(input(plan), "TableArn")).to.equal(arn);
    const { policy } = one(plan, "RolePolicy", "api-roles-task-policy").inputs;
    // Its owner's app may do more.
    const allowed = list(at(parsed(policy), "Statement")).map(record);
    expect(allowed.map(({ Resource }) => Resource)).to.include(arn);
    expect(allowed).to.deep.include({
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
      Condition: {
        StringEquals: {
          "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com",
          "kms:EncryptionContext:aws:dynamodb:tableName": "shared",
        },
      },
    });
  });

  it("a replica under a key of the stack has one of its region", async () => {
    const plan = await planOf("prod", { tableReplicas: ["eu-central-1"] });
    const key = one(plan, "Key", "storage-table-eu-central-1");

    expect(key.inputs).to.deep.include({ region: "eu-central-1", enableKeyRotation: true });
    expect(key.options).to.include({ protect: true, retainOnDelete: true });
    expect(at(one(plan, "Table").inputs["replicas"], 0, "kmsKeyArn")).to.equal(key.outputs["arn"]);
    const account = { partition: "aws", accountId: "123456789012" };
    const makes = writeStatements(serviceGraph(plan), account).filter(({ Action }) =>
      Action.includes("kms:CreateKey"),
    );
    expect(
      makes.map(({ Condition }) => Condition?.["StringEquals"]?.["aws:RequestedRegion"]),
    ).to.deep.equal([["eu-central-1", "eu-west-1"]]);
  });
});

describe("checks of storage notice", () => {
  const rows: [string, string, (plan: Plan) => Record<string, Json>, string][] = [
    [
      "a bucket that may become public",
      "storage-backups-access",
      () => ({ restrictPublicBuckets: false }),
      "storage-backups does not set restrictPublicBuckets",
    ],
    [
      "a public bucket",
      "storage-backups-policy",
      () => ({
        policy: JSON.stringify({
          Statement: [{ Sid: "All", Effect: "Allow", Principal: "*", Action: "s3:GetObject" }],
        }),
      }),
      "storage-backups lets All in, which is no service of AWS",
    ],
    [
      "backups without versions",
      "storage-backups-versioning",
      () => ({ versioningConfiguration: { status: "Suspended" } }),
      "storage-backups keeps no versions",
    ],
    [
      "backups without encryption",
      "storage-backups-encryption",
      () => ({ rules: [] }),
      "storage-backups is not encrypted",
    ],
    [
      "exports of every table",
      "backups-policy",
      () => ({
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Action: ["dynamodb:*"], Resource: "*" }],
        }),
      }),
      "backups may reach *, backups may do dynamodb:*",
    ],
    [
      "exports into any bucket",
      "backups-policy",
      () => ({
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: "arn:aws:s3:::*/*" }],
        }),
      }),
      "backups may reach arn:aws:s3:::*/*",
    ],
  ];
  for (const [what, name, inputs, sentences] of rows)
    it(what, async () => {
      const plan = await planOf("prod", { backupIntervalDays: 1 });
      const resources = plan.resources.map((resource) =>
        resource.name === name && resource.custom
          ? { ...resource, inputs: { ...resource.inputs, ...inputs(plan) } }
          : resource,
      );

      expect(storageProblems(plan)).to.deep.equal([]);
      expect(storageProblems({ ...plan, resources }).join(", ")).to.equal(sentences);
    });
});
