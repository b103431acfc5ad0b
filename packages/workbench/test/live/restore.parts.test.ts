import {
  CreateTableCommand,
  DynamoDB,
  ExportTableToPointInTimeCommand,
  PutItemCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { createClients } from "../../src/live/verification/clients.ts";
import { ECR } from "@aws-sdk/client-ecr";
import { startMinistack, type Ministack } from "../../../../test/helpers/ministack.ts";
import { planFrozen } from "../../../../test/helpers/frozen.ts";
import { FakePulumi, outputsOf, runCommandLine } from "./harness.ts";

/** What the emulator does not do: it copies no items at a time of the past, and writes no files of an export. */
describe("npm run restore against an emulator of DynamoDB", function () {
  this.timeout(60_000);
  const pulumi = new FakePulumi({ dev: outputsOf("dev") });
  let emulator: Ministack;
  let dynamodb: DynamoDB;
  let TableArn: string | undefined;

  before(async function () {
    const started = await startMinistack("dynamodb");
    if (started === undefined) this.skip();
    emulator = started;
    dynamodb = new DynamoDB({
      region: "eu-west-1",
      endpoint: emulator.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName: "events",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
      }),
    );
    TableArn = TableDescription?.TableArn;
    await dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName: "events",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await dynamodb.send(
      new PutItemCommand({ TableName: "events", Item: { pk: { S: "user" }, sk: { S: "event" } } }),
    );
    pulumi.state = [
      { type: "aws:dynamodb/table:Table", urn: "urn", outputs: { arn: TableArn ?? "" } },
    ];
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (emulator as Ministack | undefined)?.stop();
  });

  const run = (...args: string[]) =>
    runCommandLine(["restore", "dev", ...args], {
      pulumi,
      connect: (region) => ({
        ...createClients({ region }),
        ecr: new ECR({ region }),
        dynamodb,
      }),
    });

  it("lists the window and the exports that the schedule asks for", async () => {
    const { ExportDescription } = await dynamodb.send(
      new ExportTableToPointInTimeCommand({
        TableArn,
        S3Bucket: "backups",
        S3BucketOwner: "123456789012",
        S3SseAlgorithm: "AES256",
      }),
    );
    const { code, stdout } = await run();
    const [head, window, exported] = (stdout[0] ?? "").split("\n");

    expect([code, head]).to.deep.equal([0, "events   0.00 GB, up to six hours ago"]);
    expect(window).to.match(/^ {2}--at {7}any second from \S+Z to \S+Z$/);
    expect(exported).to.include(ExportDescription?.ExportArn?.split("/").at(-1));
  });

  it("sets a time that DynamoDB takes, by the inputs that the program then gives it", async () => {
    const [, window = ""] = ((await run()).stdout[0] ?? "").split("\n");
    const to = /to (\S+)$/.exec(window)?.[1] ?? "";
    expect((await run("--at", to, "--yes")).code).to.equal(0);
    const restoreFrom = pulumi.written.at(-1)?.values["restoreFrom"];
    const overrides = { pointInTimeRecoveryDays: 7, restoreFrom };
    const planned = (await planFrozen({ stack: "dev", overrides })).resources.find(
      ({ inputs }) => inputs["restoreSourceName"] !== undefined,
    );
    await dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        TargetTableName: "restored",
        SourceTableName: "events",
        RestoreDateTime: new Date(planned?.inputs["restoreDateTime"] as string),
      }),
    );

    const { Items } = await dynamodb.send(new ScanCommand({ TableName: "restored" }));
    expect(Items).to.deep.equal([{ pk: { S: "user" }, sk: { S: "event" } }]);
  });
});
