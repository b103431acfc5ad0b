import {
  paginateListExports,
  type DynamoDB,
  type ExportDescription,
} from "@aws-sdk/client-dynamodb";

/** What a DynamoDB table can be restored from. */
export interface TablePast {
  sizeBytes: number;
  /** Both ends of point-in-time recovery; undefined where it is off. */
  window: readonly [from: Date, to: Date] | undefined;
  /** Newest first. */
  exports: readonly TableExport[];
}

export interface TableExport {
  /** The end of its ARN, such as `01695353076000-06e2188f`. */
  name: string;
  time: Date | undefined;
  status: string;
  /** Why it failed. */
  reason: string | undefined;
}

/** Exports that are asked about: each is a call. AWS lists those of 90 days. */
const NEWEST = 14;

export async function readPast(client: DynamoDB, table: string): Promise<TablePast> {
  const { Table } = await client.describeTable({ TableName: table });
  const backups = await client.describeContinuousBackups({ TableName: table });
  const { EarliestRestorableDateTime: from, LatestRestorableDateTime: to } =
    backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  const arns = await exportArns(client, Table?.TableArn);
  const described = await Promise.all(
    arns.map((ExportArn) => client.describeExport({ ExportArn })),
  );
  return {
    sizeBytes: Table?.TableSizeBytes ?? 0,
    window: from === undefined || to === undefined ? undefined : [from, to],
    exports: described.map(({ ExportDescription: one = {} }) => exportOf(one)),
  };
}

/** Their names begin with their time. */
async function exportArns(client: DynamoDB, TableArn: string | undefined): Promise<string[]> {
  const arns: string[] = [];
  for await (const { ExportSummaries = [] } of paginateListExports({ client }, { TableArn }))
    arns.push(...ExportSummaries.map(({ ExportArn = "" }) => ExportArn));
  return arns.sort().reverse().slice(0, NEWEST);
}

const exportOf = ({ ExportArn = "", ...rest }: ExportDescription): TableExport => ({
  name: ExportArn.split("/").at(-1) ?? "",
  time: rest.ExportTime ?? rest.StartTime,
  status: rest.ExportStatus ?? "UNKNOWN",
  reason: rest.FailureMessage,
});
