import { Histogram } from "./histogram.ts";

/** State of the process that is read once a minute. Only one process of a task knows the users of the present day. */
export type Gauges = Readonly<
  Record<"RequestsInFlight" | "QueueDepth" | "LogLinesDropped" | "StoreUp", number>
> & { readonly ActiveUsers?: number };

const NOTHING_COUNTED = {
  EventsAccepted: 0,
  EventsDuplicate: 0,
  EventsRefused: 0,
  RequestsShed: 0,
  RequestsLimited: 0,
};

/** Features reported each minute, the most used first: every one is a custom metric with a price. */
const MAX_FEATURES = 10;
/** Bounds the memory against senders that make up feature names. */
const MAX_FEATURES_COUNTED = 10_000;

type Members = Readonly<Record<string, unknown>>;
type Metric = readonly [name: string, unit: "Milliseconds" | "Count" | "Bytes"];

const counted = (...names: string[]): Metric[] => names.map((name) => [name, "Count"]);

class Route {
  readonly latency = new Histogram();
  ClientErrors = 0;
  ServerErrors = 0;
}

/**
 * Counts in the process and leaves as a few lines a minute, in the CloudWatch embedded metric format (AmazonCloudWatch user
 * guide, "Specification: Embedded metric format"). Lines of several processes add up in CloudWatch, since latencies travel
 * as values with counts. `service` is a dimension, `route` and `worker` are properties: for queries of the log,
 * which cost nothing a month.
 */
export class Metrics {
  readonly #namespace: string | undefined;
  readonly #common: Members;
  readonly #routes = new Map<string, Route>();
  readonly #eventLoopDelay = new Histogram();
  readonly #features = new Map<string, number>();
  #counters = { ...NOTHING_COUNTED };

  constructor(options: { namespace: string | undefined; service: string; worker: number }) {
    const { namespace, ...common } = options;
    this.#namespace = namespace;
    this.#common = { type: "metrics", ...common };
  }

  request(route: string, status: number, milliseconds: number): void {
    const counts = this.#routes.get(route) ?? new Route();
    this.#routes.set(route, counts);
    counts.latency.record(milliseconds);
    if (status >= 500) counts.ServerErrors += 1;
    else if (status >= 400) counts.ClientErrors += 1;
  }

  eventLoopDelay(milliseconds: number): void {
    this.#eventLoopDelay.record(milliseconds);
  }

  count(counter: keyof typeof NOTHING_COUNTED, by = 1): void {
    this.#counters[counter] += by;
  }

  featureUsed(feature: string): void {
    const uses = this.#features.get(feature) ?? 0;
    if (uses > 0 || this.#features.size < MAX_FEATURES_COUNTED)
      this.#features.set(feature, uses + 1);
  }

  /** The documents of the time since the last call; counters begin again at 0. */
  take(now: number, gauges: Gauges): Members[] {
    return [...this.#takeRoutes(now), this.#takeProcess(now, gauges), ...this.#takeFeatures(now)];
  }

  #takeRoutes(now: number): Members[] {
    const routes = [...this.#routes];
    this.#routes.clear();
    return routes.map(([route, { latency, ...errors }]) => {
      const Latency = latency.take();
      const members = { route, Latency, Requests: Latency?.Count, ...errors };
      const counts = counted("Requests", "ClientErrors", "ServerErrors");
      return this.#document(now, members, [["Latency", "Milliseconds"], ...counts]);
    });
  }

  #takeProcess(now: number, gauges: Gauges): Members {
    const { heapUsed: HeapUsed, rss: ResidentSetSize } = process.memoryUsage();
    const counts: Members = { ...this.#counters, ...gauges };
    this.#counters = { ...NOTHING_COUNTED };
    const delay = this.#eventLoopDelay.take();
    const members = { ...counts, HeapUsed, ResidentSetSize, EventLoopDelay: delay };
    const metrics: Metric[] = counted(...Object.keys(counts));
    metrics.push(["HeapUsed", "Bytes"], ["ResidentSetSize", "Bytes"]);
    if (delay !== undefined) metrics.push(["EventLoopDelay", "Milliseconds"]);
    return this.#document(now, members, metrics);
  }

  #takeFeatures(now: number): Members[] {
    const most = [...this.#features].sort(([, a], [, b]) => b - a).slice(0, MAX_FEATURES);
    this.#features.clear();
    return most.map(([feature, FeatureUse]) =>
      this.#document(now, { feature, FeatureUse }, counted("FeatureUse"), "feature"),
    );
  }

  #document(now: number, members: Members, metrics: Metric[], ...by: string[]): Members {
    const line = { ...this.#common, ...members };
    if (this.#namespace === undefined) return line;
    const of = {
      Namespace: this.#namespace,
      Dimensions: [["service", ...by]],
      Metrics: metrics.map(([Name, Unit]) => ({ Name, Unit })),
    };
    return { _aws: { Timestamp: now, CloudWatchMetrics: [of] }, ...line };
  }
}
