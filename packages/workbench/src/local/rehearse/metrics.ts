import type { RequestRecord } from "../balancer/request-record.ts";
import type { Datapoints } from "../../plan/alarms/planned-alarm.ts";

/** What is counted of one target group in one period, by the names of AWS. */
type Counted = Partial<Record<string, number>>;

interface Cell {
  group: string;
  period: number;
  counts: Counted;
  unhealthy: number;
  /** Milliseconds of real time. */
  durations: number[];
}

/**
 * Metrics of the local load balancer by period, as CloudWatch would hold them. A minute of the stack lasts a second or
 * so here, so each request stands for `weight` of them: a stack with this many requests a second would count as many.
 */
export class PeriodMetrics {
  readonly #periodSeconds: number;
  readonly #weight: number;
  readonly #cells: Cell[] = [];

  constructor(periodSeconds: number, weight: number) {
    this.#periodSeconds = periodSeconds;
    this.#weight = weight;
  }

  /** Number of the period at this moment, in seconds of the stack. */
  period(seconds: number): number {
    return Math.floor(seconds / this.#periodSeconds);
  }

  /** Counts an answer at the moment at which it was complete. */
  request(record: RequestRecord, seconds: number): void {
    const { counts, durations } = this.#cell(record.group, seconds);
    const count = (metric: string): void => {
      counts[metric] = (counts[metric] ?? 0) + 1;
    };
    // AWS counts a request once a target was chosen.
    if (record.target !== undefined) count("RequestCount");
    if (record.unreached === true) count("TargetConnectionErrorCount");
    if (record.from === "target") {
      count(`HTTPCode_Target_${Math.floor(record.status / 100)}XX_Count`);
      durations.push(record.durationMs);
    } else if (record.status >= 500) {
      count("HTTPCode_ELB_5XX_Count");
      count(`HTTPCode_ELB_${record.status}_Count`);
    }
  }

  unhealthy(group: string, count: number, seconds: number): void {
    const cell = this.#cell(group, seconds);
    cell.unhealthy = Math.max(cell.unhealthy, count);
  }

  /** Metrics that count are missing where nothing was counted, as the load balancer reports only what is not zero. */
  readonly datapoints: Datapoints = ({ metric, stat, group }, period) => {
    const cells = this.#cells.filter(
      (cell) => cell.period === period && (group ?? cell.group) === cell.group,
    );
    switch (metric) {
      case "UnHealthyHostCount":
        return cells.length === 0
          ? undefined
          : Math.max(...cells.map(({ unhealthy }) => unhealthy));
      case "TargetResponseTime":
        return statistic(
          cells.flatMap(({ durations }) => durations),
          stat,
        );
      default: {
        const sum = cells.reduce((all, { counts }) => all + (counts[metric] ?? 0), 0);
        return sum * this.#weight || undefined;
      }
    }
  };

  #cell(group: string, seconds: number): Cell {
    const period = this.period(seconds);
    const known = this.#cells.findLast((cell) => cell.group === group && cell.period === period);
    if (known !== undefined) return known;
    const cell: Cell = { group, period, counts: {}, unhealthy: 0, durations: [] };
    this.#cells.push(cell);
    return cell;
  }
}

/** Seconds; undefined without a measurement. */
function statistic(milliseconds: readonly number[], stat: string): number | undefined {
  if (milliseconds.length === 0) return undefined;
  if (stat === "Average")
    return milliseconds.reduce((sum, value) => sum + value, 0) / milliseconds.length / 1000;
  return percentile(milliseconds, stat === "Maximum" ? 100 : Number(stat.slice(1))) / 1000;
}

/** The smallest value that so many percent of the values do not exceed (nearest rank); 0 without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
