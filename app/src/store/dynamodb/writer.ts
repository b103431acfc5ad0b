import { randomBytes, randomUUID } from "node:crypto";
import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import type { UsageEvent } from "../../events/event.ts";
import type { SubmitStatus } from "../../events/service.ts";
import type { StoredSpans, UserDay } from "./commit-plan.ts";
import { fitting, nameOfUserDay, planCommit, userDaysOf } from "./commit-plan.ts";
import { SHARDS, userDayKey } from "./keys.ts";
import type { Table } from "./table.ts";
import { backOff, nameOf } from "./table.ts";

/** Time limit for one group with all its transactions, in ms. */
const GROUP_DEADLINE = 6000;

/** Told of each commit: its shard and the UTC days that it added to. */
export type OnCommit = (shard: number, days: ReadonlySet<number>) => void;

/** Commits groups of events; those that are written at the same time have no user in common, or they would cancel each other. */
export class Writer {
  readonly #table: Table;
  readonly #onCommit: OnCommit;
  readonly #name = BigInt(`0x${randomBytes(6).toString("hex")}`).toString(36);
  readonly #firstShard = (randomBytes(1)[0] ?? 0) % SHARDS;
  #commits = 0;

  constructor(table: Table, onCommit: OnCommit) {
    this.#table = table;
    this.#onCommit = onCommit;
  }

  /**
   * Rejects when it is not known that all events are stored; sending them again is safe. A `slot` always adds to the same
   * shard: a task with little to do keeps to one.
   */
  async write(events: readonly UsageEvent[], slot: number): Promise<readonly SubmitStatus[]> {
    const first = new Map<string, UsageEvent>();
    for (const event of events) if (!first.has(event.id)) first.set(event.id, event);
    // Events of one user share an item: side by side they share it in one transaction.
    let left = [...first.values()].sort((a, b) =>
      a.user < b.user ? -1 : a.user > b.user ? 1 : a.time - b.time,
    );
    const known = new Set<string>();
    const deadline = Date.now() + GROUP_DEADLINE;
    while (left.length > 0) {
      const count = fitting(left);
      for (const id of await this.#commit(left.slice(0, count), slot, deadline)) known.add(id);
      left = left.slice(count);
    }
    return events.map((event) =>
      first.get(event.id) === event && !known.has(event.id) ? "accepted" : "duplicate",
    );
  }

  /** Stores events in one transaction; returns the ids that were stored before. */
  async #commit(events: readonly UsageEvent[], slot: number, deadline: number): Promise<string[]> {
    const known: string[] = [];
    let left = events;
    const shard = (this.#firstShard + slot) % SHARDS;
    for (let attempt = 0; left.length > 0; attempt++) {
      const stored = await this.#readUserDays(left);
      // A name of its own for each content: a transaction that was given up may still be carried out.
      const name = `${this.#name}-${(this.#commits++).toString(36)}`;
      const actions = planCommit(left, stored, { name, shard, received: Date.now() });
      try {
        await this.#table.transact(actions, randomUUID());
        this.#onCommit(
          shard,
          new Set(left.flatMap((event) => userDaysOf(event).map(({ day }) => day))),
        );
        return known;
      } catch (error) {
        const reasons = reasonsOf(error);
        if (reasons === undefined || Date.now() > deadline) throw error;
        const kept = left.filter((_, index) => reasons[index]?.Code !== "ConditionalCheckFailed");
        for (const event of left) if (!kept.includes(event)) known.push(event.id);
        const dropped = kept.length < left.length;
        left = kept;
        // Known ids alone are no reason to wait; a changed user or a conflict with another transaction is.
        if (!dropped) await backOff(attempt);
      }
    }
    return known;
  }

  async #readUserDays(events: readonly UsageEvent[]): Promise<StoredSpans> {
    const wanted = new Map<string, UserDay>();
    for (const event of events)
      for (const userDay of userDaysOf(event)) wanted.set(nameOfUserDay(userDay), userDay);
    const names = new Map(
      [...wanted].map(([name, { user, day }]) => [nameOfKey(userDayKey(user, day)), name]),
    );
    const items = await this.#table.batchGet(
      [...wanted.values()].map(({ user, day }) => userDayKey(user, day)),
    );
    const stored = new Map<string, Uint8Array>();
    for (const item of items) {
      const name = names.get(nameOfKey(item));
      const spans = item["spans"]?.B;
      if (name !== undefined && spans !== undefined) stored.set(name, spans);
    }
    return stored;
  }
}

/** Codes by which a transaction is cancelled for what others did, so that another attempt may succeed. */
const REPEATABLE = new Set([
  "None",
  "ConditionalCheckFailed",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** Why each action was refused, if the transaction may be tried again with what is stored by now. */
function reasonsOf(error: unknown): readonly CancellationReason[] | undefined {
  if (nameOf(error) !== "TransactionCanceledException") return undefined;
  const reasons =
    (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [];
  return reasons.every(({ Code }) => REPEATABLE.has(Code ?? "None")) ? reasons : undefined;
}

function nameOfKey({ pk, sk }: Record<string, { S?: string | undefined } | undefined>): string {
  return `${pk?.S ?? ""} ${sk?.S ?? ""}`;
}
