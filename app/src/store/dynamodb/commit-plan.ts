import { Delta } from "../../events/delta.ts";
import type { UsageEvent } from "../../events/event.ts";
import { MAX_AGE_DAYS } from "../../events/event.ts";
import type { Spans } from "../../events/sessions.ts";
import { addActivity, decodeSpans, encodeSpans, SESSION_GAP } from "../../events/sessions.ts";
import { hashUser } from "../../events/user-hash.ts";
import { QUARTERS_PER_DAY } from "../../events/zone.ts";
import { encodeDelta } from "./codec.ts";
import { dayPartition, DELTA_PREFIX, eventKey, key, logPartition, userDayKey } from "./keys.ts";
import type { Item, TransactAction } from "./table.ts";

/** Most actions of one transaction (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html). */
export const ACTION_LIMIT = 100;

const DAY = 86_400_000;
const DAY_SECONDS = 86_400;
/** Ids outlive the age at which events are refused by a day, for clocks that differ between tasks. */
const EVENT_DAYS = MAX_AGE_DAYS + 1;
/** Runs are read for events of their own and the neighbouring days. */
const USER_DAY_DAYS = MAX_AGE_DAYS + 3;

/** One user on one UTC day. */
export interface UserDay {
  readonly user: string;
  readonly day: number;
}

/** Stored runs by `nameOfUserDay`; absent where the user has none. */
export type StoredSpans = ReadonlyMap<string, Uint8Array>;

export interface Commit {
  /** Unique among all commits of all tasks; letters, digits and hyphens. */
  readonly name: string;
  readonly shard: number;
  /** ms since the epoch */
  readonly received: number;
}

export function nameOfUserDay({ user, day }: UserDay): string {
  return `${String(day)} ${user}`;
}

/** Users' days that an event reads or writes: its own, and the neighbour when midnight is within a session's reach. */
export function userDaysOf({ user, time }: UsageEvent): UserDay[] {
  const day = Math.floor(time / DAY);
  const sinceMidnight = time - day * DAY;
  const days = [{ user, day }];
  if (sinceMidnight < SESSION_GAP) days.push({ user, day: day - 1 });
  if (sinceMidnight >= DAY - SESSION_GAP) days.push({ user, day: day + 1 });
  return days;
}

/** How many of the events, from the first on, fit into one transaction whatever is stored. At least 1. */
export function fitting(events: readonly UsageEvent[]): number {
  const names = new Set<string>();
  const days = new Set<number>();
  for (const [index, event] of events.entries()) {
    for (const userDay of userDaysOf(event)) {
      names.add(nameOfUserDay(userDay));
      days.add(userDay.day);
    }
    // An item for each event and user's day, a delta for each day, one for the log.
    if (index + 1 + names.size + days.size + 1 > ACTION_LIMIT) return Math.max(1, index);
  }
  return events.length;
}

/** The transaction that stores events. Its first actions are the events, in their order. */
export function planCommit(
  events: readonly UsageEvent[],
  stored: StoredSpans,
  commit: Commit,
): TransactAction[] {
  const delta = new Delta();
  const runs = new Map<string, UserDay & { spans: Spans; changed: boolean; depended: boolean }>();
  const runOf = (userDay: UserDay): NonNullable<ReturnType<typeof runs.get>> => {
    const name = nameOfUserDay(userDay);
    let run = runs.get(name);
    if (run === undefined) {
      const bytes = stored.get(name);
      const spans = bytes === undefined ? [] : decodeSpans(bytes, userDay.day);
      runs.set(name, (run = { ...userDay, spans, changed: false, depended: false }));
    }
    return run;
  };
  for (const event of events) {
    const { user, time, feature } = event;
    delta.add(event, hashUser(user), feature);
    const change = addActivity(time, (day) => runOf({ user, day }).spans);
    for (const [quarter, sessions] of change.starts) delta.addSessions(quarter, sessions);
    for (const day of change.reads) runOf({ user, day }).depended = true;
    if (change.spans !== undefined)
      Object.assign(runOf({ user, day: change.day }), { spans: change.spans, changed: true });
  }
  const actions: TransactAction[] = events.map((event) => ({
    kind: "put-new",
    item: eventItem(event, commit.received),
  }));
  for (const [name, run] of runs) {
    const itemKey = userDayKey(run.user, run.day);
    const spans = stored.get(name);
    if (run.changed) {
      const item = {
        ...itemKey,
        spans: { B: encodeSpans(run.spans, run.day) },
        expires: expiry(run.day * DAY, USER_DAY_DAYS),
      };
      actions.push({ kind: "put-over", item, spans });
    } else if (run.depended) {
      actions.push({ kind: "check", key: itemKey, spans });
    }
  }
  actions.push({ kind: "put", item: logItem(events, commit) });
  for (const [day, ofDay] of byDay(delta))
    actions.push({ kind: "put", item: deltaItem(day, ofDay, commit) });
  return actions;
}

function eventItem(
  { id, name, user, feature, time, properties }: UsageEvent,
  received: number,
): Item {
  return {
    ...eventKey(id),
    name: { S: name },
    user: { S: user },
    feature: { S: feature },
    time: { N: String(time) },
    received: { N: String(received) },
    expires: expiry(time, EVENT_DAYS),
    ...(properties === undefined ? {} : { properties: { S: JSON.stringify(properties) } }),
  };
}

function logItem(events: readonly UsageEvent[], { name, shard, received }: Commit): Item {
  return {
    // 15 digits keep the order of numbers in the order of texts.
    ...key(logPartition(shard), `${String(received).padStart(15, "0")}#${name}`),
    ids: { S: events.map((event) => event.id).join(" ") },
    expires: expiry(received, EVENT_DAYS),
  };
}

function deltaItem(day: number, delta: Delta, { name, shard, received }: Commit): Item {
  return {
    ...key(dayPartition(day, shard), `${DELTA_PREFIX}${name}`),
    data: { B: encodeDelta(delta, true) },
    at: { N: String(received) },
  };
}

function byDay(delta: Delta): Map<number, Delta> {
  const days = new Map<number, Delta>();
  for (const [quarter, ofQuarter] of delta.quarters) {
    const day = Math.floor(quarter / QUARTERS_PER_DAY);
    const found = days.get(day) ?? new Delta();
    found.quarters.set(quarter, ofQuarter);
    days.set(day, found);
  }
  return days;
}

/** Seconds since the epoch, as DynamoDB's time to live reads them. */
function expiry(time: number, days: number): { N: string } {
  return { N: String(Math.ceil(time / 1000) + days * DAY_SECONDS) };
}
