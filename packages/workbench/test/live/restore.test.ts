import { expect } from "chai";
import { FakePulumi, outputsOf, runCommandLine, type Ran } from "./harness.ts";

const ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/events";
const DONE = "01772323200000-06e2188f";
const FAILED = "01772236800000-aaaaaaaa";
const answers = {
  DescribeTable: { Table: { TableArn: ARN, TableSizeBytes: 20e9 } },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      PointInTimeRecoveryDescription: {
        EarliestRestorableDateTime: new Date("2026-02-22T12:00:00Z"),
        LatestRestorableDateTime: new Date("2026-03-01T12:25:00Z"),
      },
    },
  },
  // Two pages, in no order.
  ListExports: ({ NextToken }: { NextToken?: string }) =>
    NextToken === undefined
      ? { ExportSummaries: [{ ExportArn: `${ARN}/export/${FAILED}` }], NextToken: "2" }
      : { ExportSummaries: [{ ExportArn: `${ARN}/export/${DONE}` }] },
  DescribeExport: ({ ExportArn }: { ExportArn: string }) => ({
    ExportDescription: ExportArn.endsWith(DONE)
      ? { ExportArn, ExportStatus: "COMPLETED", ExportTime: new Date("2026-03-01T00:00:00Z") }
      : {
          ExportArn,
          ExportStatus: "FAILED",
          StartTime: new Date("2026-02-28T00:00:00Z"),
          FailureMessage: "Access denied",
        },
  }),
};

function stack(): FakePulumi {
  const pulumi = new FakePulumi({ prod: outputsOf("prod") });
  const table = (outputs: object) => ({
    type: "aws:dynamodb/table:Table",
    urn: "urn",
    outputs: { arn: ARN, ...outputs },
  });
  // One that was restored before is not the stack's own.
  pulumi.state = [
    table({ arn: `${ARN}-restored`, restoreSourceName: "events" }),
    table({ arn: `${ARN}-imported`, importTable: {} }),
    table({}),
  ];
  return pulumi;
}

describe("npm run restore", () => {
  let pulumi: FakePulumi;
  beforeEach(() => (pulumi = stack()));
  const run = (...args: string[]): Promise<Ran> =>
    runCommandLine(["restore", "prod", ...args], { pulumi, answers });

  it("lists what there is, and why an export failed", async () => {
    const { code, stdout, calls } = await run();

    expect([code, stdout]).to.deep.equal([
      0,
      [
        [
          "events   20.00 GB, up to six hours ago",
          "  --at       any second from 2026-02-22T12:00:00Z to 2026-03-01T12:25:00Z",
          `  --export   ${DONE}   2026-03-01T00:00:00Z   completed`,
          `  --export   ${FAILED}   2026-02-28T00:00:00Z   failed: Access denied`,
        ].join("\n"),
      ],
    ]);
    expect(calls[0]).to.deep.equal({ command: "DescribeTable", input: { TableName: "events" } });
    expect([pulumi.written, pulumi.ups]).to.deep.equal([[], []]);
  });

  it("says what a dry run would do, its time and its cost, and does nothing", async () => {
    const { code, stdout } = await run("--at", "2026-03-01T12:00:00Z", "--dry-run");

    expect([code, stdout]).to.deep.equal([
      0,
      [
        [
          "1  Pulumi.prod.yaml gets restoreFrom: 2026-03-01T12:00:00Z",
          "2  pulumi up --stack prod restores events as it was at 2026-03-01T12:00:00Z into a new table: an hour as a rule, longer the larger it is. Then it deploys the app with it, which writes to the table that it has until then.",
          "3  pulumi up --refresh --stack prod, once more: AWS gives a restored table neither tags nor deletion protection.",
          "What was written since stays in events alone, which is not touched.",
          "cost   about 3.00 USD once, and 5.00 USD a month while both tables are there (20.00 GB, list prices of us-east-1)",
          "back   pulumi config rm restoreFrom --stack prod; docs/runbook.md says what a protected stack needs then",
        ].join("\n"),
      ],
    ]);
    expect([pulumi.written, pulumi.ups]).to.deep.equal([[], []]);
  });

  for (const [args, restoreFrom] of [
    [["--at", "2026-03-01T13:00:00+01:00"], "2026-03-01T12:00:00Z"],
    [["--export", DONE], DONE],
  ] as const)
    it(`sets the key and deploys: ${args.join(" ")}`, async () => {
      pulumi.upExitCode = 7;
      const { code } = await run(...args, "--yes");

      expect([code, pulumi.written, pulumi.ups]).to.deep.equal([
        7,
        [{ stack: "prod", values: { restoreFrom } }],
        [{ stack: "prod", yes: true }],
      ]);
    });

  const refused: [string[], string][] = [
    [
      ["--at", "2026-03-01T12:25:01Z"],
      "--at is 2026-03-01T12:25:01Z, but the table can be restored from 2026-02-22T12:00:00Z to 2026-03-01T12:25:00Z.",
    ],
    [
      ["--at", "2026-02-22T11:59:59Z"],
      "--at is 2026-02-22T11:59:59Z, but the table can be restored from 2026-02-22T12:00:00Z to 2026-03-01T12:25:00Z.",
    ],
    [["--at", "noon"], "--at is noon, but takes a time such as 2026-11-30T12:00:00Z."],
    [["--export", FAILED], `${FAILED} is no complete export of the table. These are: ${DONE}.`],
    [
      ["--export", DONE, "--at", "2026-03-01T12:00:00Z"],
      "A table is of one past: give --at or --export, not both.",
    ],
  ];
  for (const [args, sentence] of refused)
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, stderr } = await run(...args, "--yes");

      expect([code, stderr, pulumi.written, pulumi.ups]).to.deep.equal([2, [sentence], [], []]);
    });

  it("asks where nobody may answer, before it writes", async () => {
    const { code } = await run("--export", DONE);

    expect([code, pulumi.written]).to.deep.equal([2, []]);
  });

  it("a stack without a table of its own, or without a past", async () => {
    pulumi.state = pulumi.state.slice(0, 2);
    expect((await run()).stderr).to.deep.equal(["Stack prod has no table of its own."]);
    pulumi = stack();
    const bare = { ...answers, DescribeContinuousBackups: {}, ListExports: {} };
    const ran = (...args: string[]) =>
      runCommandLine(["restore", "prod", ...args], { pulumi, answers: bare });

    expect((await ran()).stdout).to.deep.equal([
      "events   20.00 GB, up to six hours ago\n  no point-in-time recovery: set pointInTimeRecoveryDays\n  no exports: set backupIntervalDays",
    ]);
    expect((await ran("--at", "2026-03-01T12:00:00Z")).stderr).to.deep.equal([
      "The table has no point-in-time recovery. Restore an export.",
    ]);
    expect((await ran("--export", DONE)).stderr).to.deep.equal([
      `${DONE} is no complete export of the table. These are: none.`,
    ]);
  });
});
