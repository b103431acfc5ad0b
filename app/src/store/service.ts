import { InvalidCursorError, StoreUnavailableError } from "../events/errors.ts";
import type { StoredEvent, UsageEvent } from "../events/event.ts";
import type { ActivityQuery, FeaturesQuery, KpisQuery, ListQuery } from "../events/queries.ts";
import type { ActivityReport, FeaturesReport, KpisReport } from "../events/reports.ts";
import type {
  EventPage,
  EventsService,
  EventsServiceOptions,
  StoreStatus,
  SubmitStatus,
} from "../events/service.ts";
import type { CircuitState } from "./circuit.ts";
import { Circuit } from "./circuit.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { ReadSize } from "./read-gate.ts";
import { ReadGate } from "./read-gate.ts";

/** A question that a store answers without changing anything. */
export type Question =
  | { readonly kind: "event"; readonly id: string }
  | { readonly kind: "list"; readonly query: ListQuery }
  | { readonly kind: "activity"; readonly query: ActivityQuery }
  | { readonly kind: "features"; readonly query: FeaturesQuery }
  | { readonly kind: "kpis"; readonly query: KpisQuery };

/** What a store does. Every call has a time limit and rejects when it is reached. */
export interface Backend {
  readonly kind: StoreStatus["kind"];
  /** Most groups of events that are written at the same time. */
  readonly parallel: number;
  /** Most events of a group. */
  readonly groupSize: number;
  /** Most reports that are computed at the same time. */
  readonly reports: number;
  /** Most other reads at the same time. */
  readonly lookups: number;
  /** Commits events. Rejects when it is not known that all of them are stored. `slot` is below `parallel`. */
  write(events: readonly UsageEvent[], slot: number): Promise<readonly SubmitStatus[]>;
  /** `limit` is for the whole answer, in ms; what it takes longer is given up. */
  read(question: Question, limit: number): Promise<unknown>;
  /** Resolves when writes would succeed. */
  probeWrite(): Promise<void>;
  /** Resolves when reads would succeed. */
  probeRead(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreLimits {
  /** How long an event may wait before its group is begun, in ms. @default 8000 */
  readonly writePatience?: number;
  /** How long a read may wait before it is begun, in ms. @default 2000 */
  readonly readPatience?: number;
  /** How long a read may take then, in ms. @default 6000 for reports, 8000 for lookups, which may wait for a report */
  readonly readLimit?: number;
}

const DEFAULT_QUEUE_LIMIT = 20_000;
const WRITE_PATIENCE = 8000;
const READ_PATIENCE = 2000;
const READ_LIMIT: Readonly<Record<ReadSize, number>> = { report: 6000, lookup: 8000 };
/** More reports wait than are computed within the patience; lookups are quick, and as many as a process serves requests. */
const WAITING: Readonly<Record<ReadSize, number>> = { report: 32, lookup: 1000 };

/** The service on top of a store: queue, group commit, and circuits for writing and reading. */
export class StoreService implements EventsService {
  readonly #backend: Backend;
  readonly #options: EventsServiceOptions;
  readonly #queue: CommitQueue;
  readonly #writes: Circuit;
  readonly #reads: Circuit;
  readonly #gate: ReadGate;
  readonly #limits: StoreLimits;
  readonly #queueLimit: number;
  #state: CircuitState = "ok";
  #since = Date.now();
  #closing: Promise<void> | undefined;

  constructor(backend: Backend, options: EventsServiceOptions, limits: StoreLimits = {}) {
    this.#backend = backend;
    this.#limits = limits;
    this.#options = options;
    this.#queueLimit = options.queueLimit ?? DEFAULT_QUEUE_LIMIT;
    const onChange = (): void => {
      this.#changed();
    };
    this.#writes = new Circuit({ probe: () => backend.probeWrite(), onChange });
    // A report that takes too long says nothing about the store.
    this.#reads = new Circuit({ probe: () => backend.probeRead(), confirm: true, onChange });
    this.#gate = new ReadGate({
      reports: backend.reports,
      lookups: backend.lookups,
      waiting: WAITING,
      patience: limits.readPatience ?? READ_PATIENCE,
    });
    this.#queue = new CommitQueue({
      limit: this.#queueLimit,
      groupSize: backend.groupSize,
      parallel: backend.parallel,
      patience: limits.writePatience ?? WRITE_PATIENCE,
      write: (events, slot) => this.#write(events, slot),
    });
  }

  async submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]> {
    this.#checkOpen();
    this.#writes.check();
    return this.#queue.submit(events);
  }

  event(id: string): Promise<StoredEvent | undefined> {
    return this.#read<StoredEvent | undefined>({ kind: "event", id });
  }

  list(query: ListQuery): Promise<EventPage> {
    return this.#read<EventPage>({ kind: "list", query });
  }

  activity(query: ActivityQuery): Promise<ActivityReport> {
    return this.#read<ActivityReport>({ kind: "activity", query });
  }

  features(query: FeaturesQuery): Promise<FeaturesReport> {
    return this.#read<FeaturesReport>({ kind: "features", query });
  }

  kpis(query: KpisQuery): Promise<KpisReport> {
    return this.#read<KpisReport>({ kind: "kpis", query });
  }

  /** Begins in the state `down`: the store did not answer before the first call. Probes look for it. */
  unreachable(error: unknown): void {
    this.#writes.open(error);
    this.#reads.open(error);
  }

  status(): StoreStatus {
    const reason = this.#writes.reason ?? this.#reads.reason;
    return {
      kind: this.#backend.kind,
      state: this.#state,
      since: this.#since,
      queueDepth: this.#queue.depth,
      queueLimit: this.#queueLimit,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.drained();
    this.#writes.close();
    this.#reads.close();
    await this.#backend.close();
  }

  async #write(events: readonly UsageEvent[], slot: number): Promise<readonly SubmitStatus[]> {
    const statuses = await this.#writes.run(() => this.#backend.write(events, slot));
    const accepted = events.filter((_, index) => statuses[index] === "accepted");
    // On its own, so that a listener that throws is not taken for a failed commit.
    if (accepted.length > 0) queueMicrotask(() => this.#options.onAccepted?.(accepted));
    return statuses;
  }

  /** `T` is what the backend answers to this kind of question. */
  async #read<T>(question: Question): Promise<T> {
    this.#checkOpen();
    this.#reads.check();
    const size = question.kind === "event" || question.kind === "list" ? "lookup" : "report";
    // Outside of the circuit: that there is much to do is no failure of the store.
    const answer = await this.#gate.run(size, question, () => {
      this.#checkOpen();
      const limit = this.#limits.readLimit ?? READ_LIMIT[size];
      return this.#reads.run(() => this.#ask(question, limit));
    });
    if (answer instanceof InvalidCursorError) throw answer;
    return answer as T;
  }

  /** The caller's mistake says nothing about the store: it is an answer to the circuit. */
  async #ask(question: Question, limit: number): Promise<unknown> {
    try {
      return await this.#backend.read(question, limit);
    } catch (error) {
      if (error instanceof InvalidCursorError) return error;
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined)
      throw new StoreUnavailableError("The service is shutting down.");
  }

  #changed(): void {
    const order: readonly CircuitState[] = ["ok", "degraded", "down"];
    const worst = Math.max(order.indexOf(this.#writes.state), order.indexOf(this.#reads.state));
    const state = order[worst] ?? "down";
    if (this.#writes.state === "down") {
      this.#queue.rejectWaiting(
        new StoreUnavailableError(`The store is down: ${this.#writes.reason ?? ""}`),
      );
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#since = Date.now();
    this.#options.onStateChange?.(this.status());
  }
}
