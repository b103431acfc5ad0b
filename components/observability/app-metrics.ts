import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { filled, SETTING_ALARMS, type AlarmSpec } from "./alarms.ts";

const ROWS = ["traffic", "errors", "latency", "saturation", "memory", "business"] as const;

/** A metric that an app emits into the namespace METRICS_NAMESPACE, with its package's name as the dimension `service`. */
export interface AppMetric {
  name: string;
  stat: string;
  /** Row of the dashboard. */
  row: (typeof ROWS)[number];
  /** Limit of an alarm. @default - none */
  above?: number;
  /** Whether there is an alarm when it is lower than at that time of other weeks. @default false */
  drops?: boolean;
  /** A second dimension, such as `feature`; shown by its values, and without an alarm. @default - none */
  by?: string;
}

/** What an app is found by in CloudWatch, and what it emits. */
export interface AppMetrics {
  service: string;
  metrics: readonly AppMetric[];
}

/**
 * The field `metrics` of each app's package.json: by name, what `AppMetric` says. An app without one is left out.
 * @param appPaths - folders of the apps, undefined or the same for services that run the main one's
 * @throws Error, one sentence, for a metric without a statistic or of no row
 */
export const appMetrics = (appPaths: readonly (string | undefined)[]): AppMetrics[] =>
  [...new Set(appPaths)].flatMap((appPath) => {
    const file = path.join(appPath ?? "", "package.json");
    if (appPath === undefined || !existsSync(file)) return [];
    const { name = "", metrics } = JSON.parse(readFileSync(file, "utf8")) as {
      name?: string;
      metrics?: Record<string, Omit<AppMetric, "name">>;
    };
    if (metrics === undefined) return [];
    for (const [metric, { stat, row }] of Object.entries(metrics))
      if (typeof stat !== "string" || !ROWS.includes(row))
        throw new Error(
          `${file} lists the metric ${metric} with stat ${JSON.stringify(stat)} and row ${JSON.stringify(row)}. Give it a statistic such as "Sum", and one of the rows ${ROWS.join(", ")}.`,
        );
    const all = Object.entries(metrics).map(([metric, of]) => ({ ...of, name: metric }));
    return [{ service: name, metrics: all }];
  });

/** The alarms that an app's list of metrics asks for. @param awake - whether it runs all week: sleep is no drop */
export const appAlarms = (
  namespace: string,
  metrics: readonly AppMetric[],
  awake: boolean,
): AlarmSpec[] =>
  metrics.flatMap(({ name, stat, above: limit, drops = false }) => {
    const role = name.replace(/\B[A-Z]/g, "-$&").toLowerCase();
    const { appLimit, appDrop } = SETTING_ALARMS;
    const specs = [limit !== undefined && appLimit, drops && awake && appDrop];
    return specs.flatMap((spec) =>
      spec ? filled(spec, { namespace, role, name, stat, limit }) : [],
    );
  });
