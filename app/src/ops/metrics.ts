import type { EmfDocument, MetricGroup } from "./emf.ts";
import { emfLine } from "./emf.ts";
import { Histogram } from "./histogram.ts";

/** State of the process that is read once a minute. */
export interface Gauges {
  readonly queueDepth: number;
  readonly requestsInFlight: number;
  readonly logLinesDropped: number;
  readonly storeUp: boolean;
  /** Users of the present day; only one process of a task reports them. */
  readonly activeUsers?: number | undefined;
}

export interface MetricsOptions {
  readonly namespace: string;
  readonly service: string;
  /** Property (not a dimension) that tells the processes of a task apart. */
  readonly worker: number;
  /** Features reported each minute, the most used first: every one is a custom metric with a price. Default 10. */
  readonly maxFeatures?: number;
}

interface RouteCounts {
  readonly latency: Histogram;
  clientErrors: number;
  serverErrors: number;
}

const counts = (...names: string[]): MetricGroup["metrics"] =>
  names.map((name) => ({ name, unit: "Count" }));

const ROUTE_GROUPS: readonly MetricGroup[] = [
  {
    dimensions: ["service"],
    metrics: [
      { name: "Latency", unit: "Milliseconds" },
      ...counts("Requests", "ClientErrors", "ServerErrors"),
    ],
  },
  { dimensions: ["service", "route"], metrics: [{ name: "Latency", unit: "Milliseconds" }] },
];

/**
 * Counts in the process and leaves as a few lines a minute (CloudWatch embedded metric format). Lines of several
 * processes add up in CloudWatch, since latencies travel as values with counts.
 */
export class Metrics {
  readonly #options: Required<MetricsOptions>;
  readonly #routes = new Map<string, RouteCounts>();
  readonly #eventLoopDelay = new Histogram();
  readonly #features = new Map<string, number>();
  #eventsAccepted = 0;
  #eventsDuplicate = 0;
  #eventsRefused = 0;
  #requestsShed = 0;
  #requestsLimited = 0;
  #logLinesDroppedBefore = 0;

  constructor(options: MetricsOptions) {
    this.#options = { maxFeatures: 10, ...options };
  }

  request(route: string, status: number, milliseconds: number): void {
    let counts = this.#routes.get(route);
    if (counts === undefined) {
      counts = { latency: new Histogram(), clientErrors: 0, serverErrors: 0 };
      this.#routes.set(route, counts);
    }
    counts.latency.record(milliseconds);
    if (status >= 500) counts.serverErrors += 1;
    else if (status >= 400) counts.clientErrors += 1;
  }

  eventLoopDelay(milliseconds: number): void {
    this.#eventLoopDelay.record(milliseconds);
  }

  shed(): void {
    this.#requestsShed += 1;
  }

  limited(): void {
    this.#requestsLimited += 1;
  }

  submitted(outcome: { accepted: number; duplicate: number; refused: number }): void {
    this.#eventsAccepted += outcome.accepted;
    this.#eventsDuplicate += outcome.duplicate;
    this.#eventsRefused += outcome.refused;
  }

  featureUsed(feature: string): void {
    const count = this.#features.get(feature);
    if (count !== undefined) this.#features.set(feature, count + 1);
    else if (this.#features.size < MAX_FEATURES_COUNTED) this.#features.set(feature, 1);
  }

  /** The lines of the time since the last call; counters begin again at 0. */
  take(now: number, gauges: Gauges): string[] {
    const documents = [...this.#takeRoutes(), this.#takeProcess(gauges), ...this.#takeFeatures()];
    return documents.map(({ groups, members }) =>
      emfLine({
        timestamp: now,
        namespace: this.#options.namespace,
        groups,
        members: { service: this.#options.service, worker: this.#options.worker, ...members },
      }),
    );
  }

  #takeRoutes(): DocumentPart[] {
    const parts: DocumentPart[] = [];
    for (const [route, counts] of this.#routes) {
      const latency = counts.latency.take();
      if (latency === undefined) continue;
      parts.push({
        groups: ROUTE_GROUPS,
        members: {
          route,
          Latency: latency,
          Requests: latency.Count,
          ClientErrors: counts.clientErrors,
          ServerErrors: counts.serverErrors,
        },
      });
      counts.clientErrors = counts.serverErrors = 0;
    }
    return parts;
  }

  #takeProcess(gauges: Gauges): DocumentPart {
    const memory = process.memoryUsage();
    const members: Record<string, unknown> = {
      EventsAccepted: this.#eventsAccepted,
      EventsDuplicate: this.#eventsDuplicate,
      EventsRefused: this.#eventsRefused,
      RequestsShed: this.#requestsShed,
      RequestsLimited: this.#requestsLimited,
      RequestsInFlight: gauges.requestsInFlight,
      QueueDepth: gauges.queueDepth,
      LogLinesDropped: gauges.logLinesDropped - this.#logLinesDroppedBefore,
      StoreUp: gauges.storeUp ? 1 : 0,
    };
    if (gauges.activeUsers !== undefined) members["ActiveUsers"] = gauges.activeUsers;
    const metrics = [...counts(...Object.keys(members)), ...MEMORY_METRICS];
    members["HeapUsed"] = memory.heapUsed;
    members["ResidentSetSize"] = memory.rss;
    const delay = this.#eventLoopDelay.take();
    if (delay !== undefined) {
      members["EventLoopDelay"] = delay;
      metrics.push({ name: "EventLoopDelay", unit: "Milliseconds" });
    }
    this.#eventsAccepted = this.#eventsDuplicate = this.#eventsRefused = 0;
    this.#requestsShed = this.#requestsLimited = 0;
    this.#logLinesDroppedBefore = gauges.logLinesDropped;
    return { groups: [{ dimensions: ["service"], metrics }], members };
  }

  #takeFeatures(): DocumentPart[] {
    const most = [...this.#features]
      .sort(([, a], [, b]) => b - a)
      .slice(0, this.#options.maxFeatures);
    this.#features.clear();
    return most.map(([feature, count]) => ({
      groups: [{ dimensions: ["service", "feature"], metrics: counts("FeatureUse") }],
      members: { feature, FeatureUse: count },
    }));
  }
}

type DocumentPart = Pick<EmfDocument, "groups" | "members">;

/** Bounds the memory against senders that make up feature names. */
const MAX_FEATURES_COUNTED = 10_000;

const MEMORY_METRICS: MetricGroup["metrics"] = [
  { name: "HeapUsed", unit: "Bytes" },
  { name: "ResidentSetSize", unit: "Bytes" },
];
