import type { AppDeps } from "../app.ts";
import { dayOf } from "../events/day.ts";
import type { LogDestination } from "./log.ts";

const MINUTE = 60_000;

/**
 * Writes the metrics of the process to the log, once a minute and at the end.
 * @param asksForUsers one process of a task asks the store for the day's users; several would only repeat the figure
 * @returns what writes the rest and ends it
 */
export function startReporter(
  { config, log, metrics, store, inFlight }: AppDeps,
  output: Pick<LogDestination, "dropped">,
  asksForUsers: boolean,
): () => void {
  // Metrics are no chatter: they leave whatever the level of the log is. Those that nobody graphs are.
  const graphed =
    config.metricsNamespace === undefined ? undefined : log.child({}, { level: "info" });
  let [told, measured, before] = [0, 0, 0];
  let QueueDepth = 0;
  const sample = (): void => {
    QueueDepth = Math.max(QueueDepth, store.stats().queueDepth);
    const { dropped } = output;
    // When lines fit again; a second ago they may not have.
    if (dropped > told && dropped === before) {
      const line = { type: "application", dropped: dropped - told };
      log.warn(line, "log lines were dropped: nobody read them");
      if (output.dropped === dropped) told = dropped;
    }
    before = dropped;
  };
  const report = (users: { ActiveUsers?: number } = {}): void => {
    sample();
    const LogLinesDropped = output.dropped - measured;
    measured = output.dropped;
    const StoreUp = store.stats().state === "down" ? 0 : 1;
    const RequestsInFlight = inFlight.takePeak();
    const gauges = { RequestsInFlight, QueueDepth, LogLinesDropped, StoreUp, ...users } as const;
    for (const document of metrics.take(Date.now(), gauges))
      if (graphed === undefined) log.debug(document);
      else graphed.info(document);
    QueueDepth = 0;
  };
  const activeUsers = async () => {
    const today = dayOf(Date.now());
    const read = asksForUsers ? store.activity({ fromDay: today, toDay: today }) : undefined;
    // A store that is down has a metric of its own.
    const activity = await read?.catch(() => undefined);
    return activity && { ActiveUsers: activity.totals.activeUsers };
  };
  const sampler = setInterval(sample, 1000).unref();
  const timer = setInterval(() => void activeUsers().then(report), MINUTE).unref();
  return () => {
    clearInterval(sampler);
    clearInterval(timer);
    report();
  };
}
