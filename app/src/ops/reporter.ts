import type { EventsService } from "../events/service.ts";
import { localDay } from "../events/zone.ts";
import type { InFlight } from "../http/in-flight.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface ReporterDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: EventsService;
  readonly inFlight: InFlight;
  /** One process of a task asks the store for the day's users; several would only repeat the figure. */
  readonly reportsActiveUsers: boolean;
}

const INTERVAL_MILLISECONDS = 60_000;

/** Writes the metrics of the process to the log, once a minute and at the end. */
export class Reporter {
  readonly #deps: ReporterDeps;
  #timer: NodeJS.Timeout | undefined;
  #peakQueueDepth = 0;
  #sampler: NodeJS.Timeout | undefined;

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#reportWithUsers(), INTERVAL_MILLISECONDS).unref();
    this.#sampler = setInterval(() => {
      this.#sampleQueue();
    }, 1000).unref();
  }

  /** Writes what was counted since the last minute. */
  stop(): void {
    clearInterval(this.#timer);
    clearInterval(this.#sampler);
    this.#report(undefined);
  }

  #sampleQueue(): void {
    this.#peakQueueDepth = Math.max(this.#peakQueueDepth, this.#deps.events.status().queueDepth);
  }

  async #reportWithUsers(): Promise<void> {
    this.#report(await this.#activeUsers());
  }

  #report(activeUsers: number | undefined): void {
    const { log, metrics, events, inFlight } = this.#deps;
    this.#sampleQueue();
    const gauges = {
      queueDepth: this.#peakQueueDepth,
      requestsInFlight: inFlight.takePeak(),
      logLinesDropped: log.dropped,
      storeUp: events.status().state !== "down",
      activeUsers,
    };
    this.#peakQueueDepth = 0;
    for (const line of metrics.take(Date.now(), gauges)) log.raw(line);
  }

  async #activeUsers(): Promise<number | undefined> {
    const { events, reportsActiveUsers } = this.#deps;
    if (!reportsActiveUsers) return undefined;
    const today = localDay("UTC", Date.now());
    // Not the KPIs, which read 60 days more for the same number.
    const query = { fromDay: today, toDay: today, timeZone: "UTC", interval: "day" } as const;
    try {
      return (await events.activity(query)).totals.activeUsers;
    } catch {
      // The store is down: its own metric says so.
      return undefined;
    }
  }
}
