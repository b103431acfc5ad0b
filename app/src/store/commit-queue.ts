import { StoreBusyError, StoreUnavailableError } from "../events/errors.ts";
import type { UsageEvent } from "../events/event.ts";
import type { SubmitStatus } from "../events/service.ts";

export interface CommitQueueOptions {
  /** Most events that may wait, those being written included. */
  readonly limit: number;
  /** Most events in a group. */
  readonly groupSize: number;
  /** Most groups that are written at the same time. A user's events are never in two of them. */
  readonly parallel: number;
  /** How long an event may wait before its group is begun, in ms. */
  readonly patience: number;
  /** Commits a group: one status for each event. `slot`, below `parallel`, is held by no other group meanwhile. */
  readonly write: (events: readonly UsageEvent[], slot: number) => Promise<readonly SubmitStatus[]>;
}

interface Submission {
  readonly statuses: SubmitStatus[];
  /** `performance.now()` at which its events may wait no longer. */
  readonly deadline: number;
  /** Whether a group with some of its events was begun. */
  begun: boolean;
  waiting: number;
  error: Error | undefined;
  readonly settle: (submission: Submission) => void;
}

interface Entry {
  readonly event: UsageEvent;
  readonly submission: Submission;
  readonly index: number;
}

/** How far behind the first group sizes a group looks for users that are not being written. */
const LOOK_AHEAD = 8;

/**
 * Holds requests while a commit runs and then commits all of them at once: under load, one commit pays for many requests.
 * A second group is written beside the first only when it is full.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #freeSlots: number[];
  readonly #busyUsers = new Set<string>();
  #entries: Entry[] = [];
  #depth = 0;
  /** Events a second of the last commits, for `Retry-After`. */
  #rate = 1000;
  #idle: (() => void)[] = [];
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#freeSlots = Array.from(
      { length: options.parallel },
      (_, index) => options.parallel - 1 - index,
    );
  }

  /** Events that wait or are being written. */
  get depth(): number {
    return this.#depth;
  }

  /**
   * Resolves after the commit. Rejects with `StoreBusyError` when there is no room or no group took the events in time,
   * with `StoreUnavailableError` when one took only some of them, and with what `write` threw.
   */
  submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#depth + events.length > this.#options.limit) {
      const detail = `${String(this.#depth)} events wait for the store, at most ${String(this.#options.limit)} may.`;
      return Promise.reject(new StoreBusyError(detail, this.#retryAfterSeconds()));
    }
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        statuses: new Array<SubmitStatus>(events.length).fill("duplicate"),
        deadline: performance.now() + this.#options.patience,
        begun: false,
        waiting: 0,
        error: undefined,
        settle: ({ error, statuses }) => {
          if (error === undefined) resolve(statuses);
          else reject(error);
        },
      };
      // The first of several events with one id is the one that counts, whichever groups they would be in.
      const ids = new Set<string>();
      events.forEach((event, index) => {
        if (ids.has(event.id)) return;
        ids.add(event.id);
        this.#entries.push({ event, submission, index });
      });
      submission.waiting = ids.size;
      this.#depth += ids.size;
      this.#scheduleExpiry();
      // After this turn of the loop, so that requests that arrived together share the commit.
      setImmediate(() => {
        this.#pump();
      });
    });
  }

  /** Rejects all that waits and is not being written. */
  rejectWaiting(error: Error): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#fail(entries, error);
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.#depth === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** One timer, for what has waited longest. */
  #scheduleExpiry(): void {
    const [oldest] = this.#entries;
    if (oldest === undefined || this.#expiry !== undefined) return;
    const left = Math.ceil(oldest.submission.deadline - performance.now());
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      this.#expire();
      this.#scheduleExpiry();
    }, left).unref();
  }

  /** Takes out, before they are written, the events that have waited too long. */
  #expire(): void {
    const now = performance.now();
    const late = this.#entries.filter(({ submission }) => submission.deadline <= now);
    if (late.length === 0) return;
    this.#entries = this.#entries.slice(late.length);
    const detail = `Events have waited for the store for ${String(this.#options.patience)} ms.`;
    const busy = new StoreBusyError(detail, this.#retryAfterSeconds());
    const [begun, untouched] = [true, false].map((which) =>
      late.filter(({ submission }) => submission.begun === which),
    ) as [Entry[], Entry[]];
    this.#fail(untouched, busy);
    // A part of the call is stored, or will be.
    this.#fail(begun, new StoreUnavailableError(detail, busy));
  }

  /** When there will be room, by the rate of the last commits. */
  #retryAfterSeconds(): number {
    return Math.min(30, Math.max(1, Math.ceil(this.#depth / this.#rate)));
  }

  #pump(): void {
    const { groupSize, parallel } = this.#options;
    while (this.#freeSlots.length > 0 && this.#entries.length > 0) {
      const first = this.#freeSlots.length === parallel;
      if (!first && this.#entries.length < groupSize) return;
      const group = this.#takeGroup();
      if (group.length === 0) return;
      const slot = this.#freeSlots.pop() ?? 0;
      void this.#write(group, slot);
    }
  }

  /** The first events whose users are not being written. */
  #takeGroup(): Entry[] {
    const { groupSize, parallel } = this.#options;
    if (parallel === 1) return this.#entries.splice(0, groupSize);
    const group: Entry[] = [];
    const left: Entry[] = [];
    let seen = 0;
    for (const entry of this.#entries) {
      if (group.length === groupSize || seen === groupSize * LOOK_AHEAD) break;
      seen++;
      if (this.#busyUsers.has(entry.event.user)) left.push(entry);
      else group.push(entry);
    }
    if (group.length > 0) this.#entries = left.concat(this.#entries.slice(seen));
    return group;
  }

  async #write(group: readonly Entry[], slot: number): Promise<void> {
    const events = group.map((entry) => entry.event);
    for (const { user } of events) this.#busyUsers.add(user);
    for (const { submission } of group) submission.begun = true;
    const begin = performance.now();
    try {
      const statuses = await this.#options.write(events, slot);
      const rate = (group.length * 1000) / Math.max(1, performance.now() - begin);
      this.#rate = this.#rate * 0.8 + rate * 0.2;
      group.forEach((entry, at) => {
        entry.submission.statuses[entry.index] = statuses[at] ?? "duplicate";
        this.#done(entry.submission);
      });
    } catch (error) {
      this.#fail(group, error instanceof Error ? error : new Error(String(error)));
    }
    for (const { user } of events) this.#busyUsers.delete(user);
    this.#freeSlots.push(slot);
    this.#pump();
  }

  #fail(entries: readonly Entry[], error: Error): void {
    for (const { submission } of entries) {
      submission.error ??= error;
      this.#done(submission);
    }
  }

  #done(submission: Submission): void {
    this.#depth--;
    submission.waiting--;
    if (submission.waiting === 0) submission.settle(submission);
    if (this.#depth > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
