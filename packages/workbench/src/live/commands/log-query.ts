import type { CloudWatchLogs, GetQueryResultsCommandOutput } from "@aws-sdk/client-cloudwatch-logs";
import { nearest } from "../../project/nearest.ts";
import type { Invocation } from "../command.ts";
import { EXIT, OpsError } from "../errors.ts";
import type { Stack } from "../stack.ts";
import { alignColumns } from "../text.ts";

const POLL_MILLISECONDS = 1000;
/** Columns that lead to a line in the console, and say nothing. */
const POINTER = "@ptr";
const PLACEHOLDER = /\bVALUE\b/g;

/** A period of the log, in milliseconds since 1970. */
export interface Period {
  from: number;
  to: number;
}

/**
 * The text of a saved query.
 * @param asked - its name, with what it looks for after `=`: `slow`, `request=8f2c1a`
 * @throws OpsError for a query that the stack does not have, and for a value that is missing, too much or cannot be quoted
 */
export function savedQuery({ called, queries = {} }: Stack, asked: string): string {
  const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(asked) ?? [];
  const query = queries[name];
  const refuse = (what: string): OpsError => new OpsError(what, EXIT.usage);
  const names = Object.keys(queries).toSorted();
  if (query === undefined) {
    const near = nearest(name, names);
    throw refuse(
      names.length === 0
        ? `Stack ${called} has no saved queries: they come with the next pulumi up.`
        : `Stack ${called} has no query ${name}. It has ${names.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    );
  }
  const takesValue = query.search(PLACEHOLDER) >= 0;
  if (takesValue && (value === undefined || value === ""))
    throw refuse(`--query ${name} looks for a value: --query ${name}=VALUE.`);
  if (!takesValue && value !== undefined)
    throw refuse(`--query ${name} looks for no value: leave ${JSON.stringify(`=${value}`)} out.`);
  if (/["\\\n]/.test(value ?? ""))
    throw refuse(
      `--query ${name} looks for ${JSON.stringify(value)}, but a value has no quotes, backslashes or line breaks.`,
    );
  return takesValue ? query.replaceAll(PLACEHOLDER, () => value ?? "") : query;
}

/**
 * Runs a query of CloudWatch Logs Insights to its end. Ctrl-C stops it there, too: what it scans is billed.
 * @returns rows of texts by column, in the order of the query
 * @throws OpsError when CloudWatch gives it up
 */
export async function runQuery(
  { clock, signal }: Pick<Invocation, "clock" | "signal">,
  logs: CloudWatchLogs,
  logGroupName: string,
  queryString: string,
  { from, to }: Period,
): Promise<Record<string, string>[]> {
  const { queryId } = await logs.startQuery({
    logGroupName,
    queryString,
    startTime: Math.floor(from / 1000),
    endTime: Math.ceil(to / 1000),
  });
  for (;;) {
    const { status, results } = await logs.getQueryResults({ queryId });
    if (status === "Complete") return rows(results);
    if (status !== "Scheduled" && status !== "Running")
      throw new OpsError(
        `CloudWatch ended the query: ${status ?? "Unknown"}. A shorter --since scans less.`,
      );
    if (signal.aborted) {
      await logs.stopQuery({ queryId });
      throw new OpsError("The query was stopped.", EXIT.undecided);
    }
    await clock.sleep(POLL_MILLISECONDS);
  }
}

const rows = (results: GetQueryResultsCommandOutput["results"] = []): Record<string, string>[] =>
  results.map((cells) =>
    Object.fromEntries(
      cells.flatMap(({ field = "", value = "" }) => (field === POINTER ? [] : [[field, value]])),
    ),
  );

/** Under a header of their columns; a row that lacks one leaves it empty. */
export function formatRows(found: readonly Readonly<Record<string, string>>[]): string {
  const columns = [...new Set(found.flatMap((row) => Object.keys(row)))];
  return alignColumns([columns, ...found.map((row) => columns.map((name) => row[name] ?? ""))]);
}
