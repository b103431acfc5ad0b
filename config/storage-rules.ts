import { isPlaceholder } from "./kinds.ts";
import type { Rule } from "./problem.ts";

/** What the table's regions, its backups and a restore of it need. */
export const storage: Rule = ({ storage: values }, region) => {
  const { table, tableName, tableReplicas, pointInTimeRecoveryDays: kept, restoreFrom } = values;
  const { backupIntervalDays: interval, backupRetentionDays } = values;
  const own = table !== "none" && tableName === "";
  const regions = tableReplicas.join(", ");
  const restores = restoreFrom !== "" && !isPlaceholder(restoreFrom);
  const ofTime = restores && restoreFrom.endsWith("Z");
  return {
    backupIntervalDays: [
      interval > 0 &&
        !own &&
        tableName === "" &&
        `is ${interval}, but table is none, so there is nothing to export. Set it to 0, or table to on-demand.`,
      interval > 0 &&
        own &&
        kept === 0 &&
        `is ${interval}, but pointInTimeRecoveryDays is 0, and DynamoDB exports from point-in-time recovery alone. Set that to 1 or more.`,
    ],
    restoreFrom: [
      restores &&
        !own &&
        `is ${restoreFrom}, but the stack has no table of its own to restore. Restore it where it was made, or remove the key.`,
      ofTime &&
        Number.isNaN(Date.parse(restoreFrom)) &&
        `is ${restoreFrom}, which is no time. Write it as 2026-11-30T12:00:00Z.`,
      ofTime &&
        kept === 0 &&
        `is ${restoreFrom}, but pointInTimeRecoveryDays is 0: what was before is not kept. Restore an export, or set that to 1 or more for the next time.`,
    ],
    tableReplicas: [
      regions !== "" &&
        !own &&
        `names ${regions}, but the stack has no table of its own. Set them in the stack that makes it, or remove the list.`,
      tableReplicas.includes(region ?? "") &&
        `names ${region ?? ""}, where the table is already. Remove it.`,
    ],
    backupRetentionDays:
      interval > 0 &&
      backupRetentionDays <= interval &&
      `is ${backupRetentionDays}, but exports are ${interval} days apart (backupIntervalDays): the last would be gone before the next. Raise it.`,
  };
};
