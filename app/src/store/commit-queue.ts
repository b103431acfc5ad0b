import { StoreBusyError } from "../events/errors.ts";
import type { UsageEvent } from "../events/event.ts";
import type { SubmitStatus } from "../events/service.ts";

export interface CommitQueueOptions {
  /** Most events that may wait, those being written included. */
  readonly limit: number;
  /** Most events in a group. */
  readonly groupSize: number;
  /** Groups that may be written at the same time; events of one lane are written one group after the other. */
  readonly lanes: number;
  readonly laneOf: (event: UsageEvent) => number;
  /** Commits a group: one status for each event. */
  readonly write: (events: readonly UsageEvent[], lane: number) => Promise<readonly SubmitStatus[]>;
}

interface Submission {
  readonly statuses: SubmitStatus[];
  waiting: number;
  error: Error | undefined;
  readonly settle: (submission: Submission) => void;
}

interface Entry {
  readonly event: UsageEvent;
  readonly submission: Submission;
  readonly index: number;
}

interface Lane {
  entries: Entry[];
  writing: boolean;
}

/** Holds requests while a commit runs and then commits all of them at once: under load, one commit pays for many requests. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #lanes: Lane[];
  #depth = 0;
  /** Events a second of the last commits, for `Retry-After`. */
  #rate = 1000;
  #idle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.lanes }, () => ({ entries: [], writing: false }));
  }

  /** Events that wait or are being written. */
  get depth(): number {
    return this.#depth;
  }

  /** Resolves after the commit. Throws `StoreBusyError` when there is no room, and what `write` threw. */
  submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#depth + events.length > this.#options.limit) {
      const seconds = Math.min(30, Math.max(1, Math.ceil(this.#depth / this.#rate)));
      const detail = `${String(this.#depth)} events wait for the store, at most ${String(this.#options.limit)} may.`;
      return Promise.reject(new StoreBusyError(detail, seconds));
    }
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        statuses: new Array<SubmitStatus>(events.length).fill("duplicate"),
        waiting: 0,
        error: undefined,
        settle: ({ error, statuses }) => {
          if (error === undefined) resolve(statuses);
          else reject(error);
        },
      };
      // The first of several events with one id is the one that counts, whichever lanes they belong to.
      const ids = new Set<string>();
      events.forEach((event, index) => {
        if (ids.has(event.id)) return;
        ids.add(event.id);
        this.#lane(this.#options.laneOf(event)).entries.push({ event, submission, index });
      });
      submission.waiting = ids.size;
      this.#depth += ids.size;
      // After this turn of the loop, so that requests that arrived together share the commit.
      setImmediate(() => {
        this.#pump();
      });
    });
  }

  /** Rejects all that waits and is not being written. */
  rejectWaiting(error: Error): void {
    for (const lane of this.#lanes) {
      const entries = lane.entries;
      lane.entries = [];
      this.#fail(entries, error);
    }
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.#depth === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #lane(index: number): Lane {
    const lane = this.#lanes[index];
    if (lane === undefined) throw new RangeError(`There is no lane ${String(index)}.`);
    return lane;
  }

  #pump(): void {
    this.#lanes.forEach((lane, index) => {
      if (!lane.writing && lane.entries.length > 0) void this.#write(lane, index);
    });
  }

  async #write(lane: Lane, index: number): Promise<void> {
    lane.writing = true;
    const group =
      lane.entries.length <= this.#options.groupSize
        ? lane.entries
        : lane.entries.slice(0, this.#options.groupSize);
    lane.entries = lane.entries.slice(group.length);
    const begin = performance.now();
    try {
      const statuses = await this.#options.write(
        group.map((entry) => entry.event),
        index,
      );
      const rate = (group.length * 1000) / Math.max(1, performance.now() - begin);
      this.#rate = this.#rate * 0.8 + rate * this.#lanes.length * 0.2;
      group.forEach((entry, at) => {
        entry.submission.statuses[entry.index] = statuses[at] ?? "accepted";
        this.#done(entry.submission);
      });
    } catch (error) {
      this.#fail(group, error instanceof Error ? error : new Error(String(error)));
    }
    lane.writing = false;
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
