import { randomUUID } from "node:crypto";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { computeActivity, computeFeatures, computeKpis } from "../../events/compute-reports.ts";
import type { ReadCells } from "../../events/compute-reports.ts";
import type { UsageEvent } from "../../events/event.ts";
import type {
  DynamoDbOptions,
  EventsService,
  EventsServiceOptions,
  SubmitStatus,
} from "../../events/service.ts";
import type { Backend, Question, StoreLimits } from "../service.ts";
import { StoreService } from "../service.ts";
import type { CompactionScheduleOptions } from "./compaction-schedule.ts";
import { CompactionSchedule } from "./compaction-schedule.ts";
import { listEvents, readEvent } from "./event-reader.ts";
import { key, SHARDS } from "./keys.ts";
import { PARALLEL_QUERIES, readReport } from "./report-reader.ts";
import type { TableOptions } from "./table.ts";
import { nameOf, Table } from "./table.ts";
import { Writer } from "./writer.ts";

/** Transactions on their way at the same time. */
const PARALLEL = 8;
/** What one transaction holds of different users. */
const GROUP_SIZE = 48;
const REPORTS = 2;
const LOOKUPS = 16;
/**
 * Connections for all that is under way at once, and some for compaction and probes: a call that waited for a connection
 * would spend its time limit with it.
 */
const MAX_SOCKETS = REPORTS * PARALLEL_QUERIES + LOOKUPS * SHARDS + PARALLEL + 8;
const CONNECTION_TIMEOUT = 1000;
/** Read and written to learn whether the table answers. */
const PROBE = key("probe", "probe");
const NEVER_BY_WAITING = new Set([
  "ResourceNotFoundException",
  "AccessDeniedException",
  "UnrecognizedClientException",
  "CredentialsProviderError",
  "ValidationException",
]);

/**
 * The store for many tasks: everything in one DynamoDB table. Rejects when the table does not exist or may not be used;
 * a table that does not answer is waited for in the state `down`.
 */
export async function openDynamoDbService(
  store: DynamoDbOptions,
  options: EventsServiceOptions,
): Promise<EventsService> {
  return openTunedService(store, options, {});
}

export interface DynamoDbTuning {
  readonly table?: TableOptions;
  readonly compaction?: CompactionScheduleOptions;
  readonly limits?: StoreLimits;
}

/** As above, with other limits than the measured ones. */
export async function openTunedService(
  store: DynamoDbOptions,
  options: EventsServiceOptions,
  tuning: DynamoDbTuning,
): Promise<EventsService> {
  const { tableName } = store;
  const table = new Table(new DynamoDBClient(clientConfig(store)), tableName, tuning.table);
  const backend = new DynamoDbBackend(table, tuning.compaction);
  const service = new StoreService(backend, options, tuning.limits);
  try {
    await backend.probeRead();
  } catch (error) {
    if (NEVER_BY_WAITING.has(nameOf(error))) {
      await service.close();
      const reason = error instanceof Error ? error.message : "";
      throw new Error(`The table ${tableName} cannot be used: ${nameOf(error)}: ${reason}`, {
        cause: error,
      });
    }
    // Nothing else would tell: a task that cannot reach its table must not be given traffic.
    service.unreachable(error);
  }
  return service;
}

function clientConfig({ region, endpoint }: DynamoDbOptions): DynamoDBClientConfig {
  return {
    // Calls are repeated by `Table`, which knows deadlines and tokens.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent: { maxSockets: MAX_SOCKETS },
    },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

class DynamoDbBackend implements Backend {
  readonly kind = "dynamodb";
  readonly parallel = PARALLEL;
  readonly groupSize = GROUP_SIZE;
  readonly reports = REPORTS;
  readonly lookups = LOOKUPS;
  readonly #table: Table;
  readonly #writer: Writer;
  readonly #schedule: CompactionSchedule;

  constructor(table: Table, compaction: CompactionScheduleOptions | undefined) {
    this.#table = table;
    this.#schedule = new CompactionSchedule(table, compaction);
    this.#writer = new Writer(table, (shard, days) => {
      this.#schedule.committed(shard, days);
    });
  }

  write(events: readonly UsageEvent[], slot: number): Promise<readonly SubmitStatus[]> {
    return this.#writer.write(events, slot);
  }

  read(question: Question, limit: number): Promise<unknown> {
    const table = this.#table.within(limit);
    switch (question.kind) {
      case "event":
        return readEvent(table, question.id);
      case "list":
        return listEvents(table, question.query);
      case "activity":
        return this.#report(table, (read) => computeActivity(question.query, read));
      case "features":
        return this.#report(table, (read) => computeFeatures(question.query, read));
      case "kpis":
        return this.#report(table, (read) => computeKpis(question.query, read));
    }
  }

  async probeWrite(): Promise<void> {
    await this.#table.transact([{ kind: "put", item: PROBE }], randomUUID(), 1);
  }

  async probeRead(): Promise<void> {
    await this.#table.get(PROBE, 1);
  }

  async close(): Promise<void> {
    await this.#schedule.close();
    this.#table.close();
  }

  #report<T>(table: Table, compute: (read: ReadCells) => T): Promise<T> {
    return readReport(table, compute, (partition, oldest) => {
      this.#schedule.found(partition, oldest);
    });
  }
}
