import type { CloudWatchLogs, FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { defined } from "../../lib/defined.ts";
import { excused } from "../../lib/excused.ts";
import { isMomentary } from "../verification/aws-errors.ts";
import { logStream } from "../verification/evidence-reader.ts";
import { EXIT, OpsError } from "../errors.ts";
import { flag, parseCount, parseDuration, text } from "../options.ts";
import { formatRows, runQuery, savedQuery } from "./log-query.ts";
import { second } from "../text.ts";
import type { Invocation, OpsClients, Command } from "../command.ts";
import { askedStack, type Stack } from "../stack.ts";

const DEFAULT_SINCE = "10m";
/** A task that somebody names may have ended a while ago. */
const TASK_SINCE = "1d";
const QUERY_SINCE = "1h";
const POLL_MILLISECONDS = 2000;
/** Lines of several tasks arrive out of order; a follower looks so far back and shows each once. */
const OVERLAP_MILLISECONDS = 10_000;

export const logsCommand: Command = {
  name: "logs",
  summary: "show the service's log",
  usage:
    "STACK [SERVICE] [--since 10m] [--task ID] [--filter PATTERN] [--tail N] [--follow] [--query NAME] [--json]",
  help: `  --since     how far back: 30s, 10m, 2h, 7d (default ${DEFAULT_SINCE}, with --task ${TASK_SINCE}, with --query ${QUERY_SINCE})
  --task      lines of one task: its id, or the start of it
  --filter    CloudWatch filter pattern: a word, "a phrase", or { $.level >= 50 }
  --tail      the last N lines alone
  --follow    go on until Ctrl-C
  --query     runs a saved query instead: slow, errors, routes, request=ID, talkers, starts (or your own)
  --json      one JSON object a line: timestamp, task, message; the columns of a query

Each line begins with the time in UTC and the start of the task's id.

  npm run logs -- prod --follow
  npm run logs -- prod --since 2h --filter '{ $.level >= 50 }'
  npm run logs -- prod --task 1f0c2d --tail 50
  npm run logs -- prod --query slow --since 2h`,
  run: async (invocation) => {
    const stack = await askedStack(invocation);
    const clients = invocation.connect(stack.region);
    const asked = text(invocation, "query");
    if (asked !== undefined) return query(invocation, stack, clients.logs, asked);
    const task = text(invocation, "task");
    const tail = text(invocation, "tail");
    const since = text(invocation, "since") ?? (task === undefined ? DEFAULT_SINCE : TASK_SINCE);
    const filterPattern = text(invocation, "filter");
    const lines: Query = {
      logGroupName: stack.logGroupName,
      startTime: invocation.now().getTime() - parseDuration("since", since) * 1000,
      ...(filterPattern === undefined ? {} : { filterPattern }),
      ...(task === undefined ? {} : { logStreamNamePrefix: await streamOf(clients, stack, task) }),
    };
    const last = tail === undefined ? Infinity : parseCount("--tail", tail, 1);
    const format = flag(invocation, "json") ? formatJson : formatText;
    const first = await read(clients.logs, lines);
    for (const event of last === Infinity ? first : first.slice(-last))
      invocation.print(format(event));
    if (flag(invocation, "follow")) await follow(invocation, clients.logs, lines, first, format);
    else if (first.length === 0)
      invocation.note(`No line in the last ${since}. --since looks further back.`);
    return EXIT.ok;
  },
};

/** What changes which lines are shown, and a query has of its own. */
const LINES_ONLY = ["task", "filter", "tail", "follow"];

async function query(
  invocation: Invocation,
  stack: Stack,
  logs: CloudWatchLogs,
  asked: string,
): Promise<number> {
  const other = LINES_ONLY.find((name) => invocation.values[name] !== undefined);
  if (other !== undefined)
    throw new OpsError(
      `--${other} shows lines, and --query shows a table: use one of them.`,
      EXIT.usage,
    );
  const queryString = savedQuery(stack, asked);
  const since = text(invocation, "since") ?? QUERY_SINCE;
  const to = invocation.now().getTime();
  const from = to - parseDuration("since", since) * 1000;
  const found = await runQuery(invocation, logs, stack.logGroupName, queryString, { from, to });
  if (flag(invocation, "json")) for (const row of found) invocation.print(JSON.stringify(row));
  else if (found.length > 0) invocation.print(formatRows(found));
  if (found.length === 0)
    invocation.note(`Nothing in the last ${since}. --since looks further back.`);
  return EXIT.ok;
}

interface Query {
  logGroupName: string;
  startTime: number;
  filterPattern?: string;
  logStreamNamePrefix?: string;
}

async function streamOf({ ecs }: OpsClients, stack: Stack, task: string): Promise<string> {
  const answer = await ecs.describeTaskDefinition({ taskDefinition: stack.taskDefinitionArn });
  const stream =
    answer.taskDefinition === undefined ? undefined : logStream(answer.taskDefinition, stack, task);
  if (stream === undefined)
    throw new OpsError(
      "The task definition names no log stream, so a task's lines cannot be told.",
    );
  return stream.logStreamName;
}

async function read(logs: CloudWatchLogs, query: Query): Promise<FilteredLogEvent[]> {
  const found: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.filterLogEvents({ ...query, ...defined({ nextToken }) });
    found.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}

async function follow(
  { clock, signal, print }: Invocation,
  logs: CloudWatchLogs,
  query: Query,
  shown: readonly FilteredLogEvent[],
  format: (event: FilteredLogEvent) => string,
): Promise<void> {
  let seen = new Map(shown.map((event) => [event.eventId, event.timestamp ?? 0]));
  while (!signal.aborted) {
    await clock.sleep(POLL_MILLISECONDS);
    const newest = Math.max(query.startTime, ...seen.values());
    const startTime = Math.max(query.startTime, newest - OVERLAP_MILLISECONDS);
    // A follower outlives a bad moment of the service.
    for (const event of await read(logs, { ...query, startTime }).catch(excused(isMomentary, []))) {
      if (seen.has(event.eventId)) continue;
      seen.set(event.eventId, event.timestamp ?? 0);
      print(format(event));
    }
    seen = new Map([...seen].filter(([, timestamp]) => timestamp >= startTime));
  }
}

const taskOf = ({ logStreamName = "" }: FilteredLogEvent): string =>
  logStreamName.slice(logStreamName.lastIndexOf("/") + 1);

const formatText = (event: FilteredLogEvent): string =>
  `${second(event.timestamp ?? 0)} ${taskOf(event).slice(0, 6)} ${(event.message ?? "").trimEnd()}`;

const formatJson = (event: FilteredLogEvent): string =>
  JSON.stringify({ timestamp: event.timestamp, task: taskOf(event), message: event.message });
