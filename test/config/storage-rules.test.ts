import { expect } from "chai";
import { broken } from "./helpers/values.ts";

const recovery = { pointInTimeRecoveryDays: 7 };
const time = "2026-11-30T12:00:00Z";
const exported = "01695353076000-06e2188f";

/** What the stack sets, and every sentence that refuses it. */
const ROWS: [string, Record<string, unknown>, string[]][] = [
  ["exports with recovery", { ...recovery, backupIntervalDays: 1 }, []],
  ["exports of somebody else's table", { tableName: "shared", backupIntervalDays: 1 }, []],
  ["a time with recovery", { ...recovery, restoreFrom: time }, []],
  ["an export without", { restoreFrom: exported }, []],
  ["replicas elsewhere", { tableReplicas: ["eu-central-1", "us-east-1"] }, []],
  [
    "exports without recovery",
    { backupIntervalDays: 1 },
    [
      "backupIntervalDays is 1, but pointInTimeRecoveryDays is 0, and DynamoDB exports from point-in-time recovery alone. Set that to 1 or more.",
    ],
  ],
  [
    "exports of nothing",
    { table: "none", backupIntervalDays: 1 },
    [
      "backupIntervalDays is 1, but table is none, so there is nothing to export. Set it to 0, or table to on-demand.",
    ],
  ],
  [
    "exports that are gone before the next",
    { ...recovery, backupIntervalDays: 6, backupRetentionDays: 6 },
    [
      "backupRetentionDays is 6, but exports are 6 days apart (backupIntervalDays): the last would be gone before the next. Raise it.",
    ],
  ],
  [
    "a time without recovery",
    { restoreFrom: time },
    [
      `restoreFrom is ${time}, but pointInTimeRecoveryDays is 0: what was before is not kept. Restore an export, or set that to 1 or more for the next time.`,
    ],
  ],
  [
    "a day that no month has",
    { ...recovery, restoreFrom: "2026-13-30T12:00:00Z" },
    ["restoreFrom is 2026-13-30T12:00:00Z, which is no time. Write it as 2026-11-30T12:00:00Z."],
  ],
  [
    "a restore of somebody else's table",
    { tableName: "shared", restoreFrom: exported },
    [
      `restoreFrom is ${exported}, but the stack has no table of its own to restore. Restore it where it was made, or remove the key.`,
    ],
  ],
  [
    "replicas of no table, and here",
    { table: "none", tableReplicas: ["eu-west-1"] },
    [
      "tableReplicas names eu-west-1, but the stack has no table of its own. Set them in the stack that makes it, or remove the list.",
      "tableReplicas names eu-west-1, where the table is already. Remove it.",
    ],
  ],
];

describe("rules of the table, its regions and its backups", () => {
  for (const [what, settings, sentences] of ROWS)
    it(what, () => {
      expect(broken(settings)).to.deep.equal(sentences);
    });
});
