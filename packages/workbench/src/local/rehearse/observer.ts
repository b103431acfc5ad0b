import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import { exitReason, type TaskEvent } from "../service-types.ts";
import { clockTime } from "../../lib/words.ts";
import type { PlannedAlarm } from "../../plan/alarms/planned-alarm.ts";
import { PeriodMetrics } from "./metrics.ts";
import type { Happening, Mark, Sample } from "./result.ts";
import type { Simulation } from "./simulation.ts";
import type { VersionName } from "./versions.ts";

export interface ObserverOptions {
  clock: Clock;
  factor: number;
  alarms: readonly PlannedAlarm[];
  onProgress: ((line: string) => void) | undefined;
}

/** Writes down what happens, keeps the metrics and evaluates the alarms. Moments are seconds of the stack. */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #metrics = new Map<number, PeriodMetrics>();
  readonly #samples: Sample[] = [];
  readonly #happenings: Happening[] = [];
  readonly #marks: Mark[] = [];
  #startedAt = 0;
  #deploying = false;
  #firing: readonly string[] = [];

  constructor(options: ObserverOptions) {
    this.#options = options;
    for (const { periodSeconds } of options.alarms)
      this.#metrics.set(periodSeconds, new PeriodMetrics(periodSeconds, options.factor));
  }

  get #now(): number {
    return this.#options.clock.now() / 1000;
  }

  /** Begins to record requests. */
  watch(simulation: Simulation): void {
    simulation.balancer.on("request", (record) => {
      const version = simulation.versionOf(record.target);
      const failed = record.cut || record.status >= 500;
      this.#samples.push({ at: record.at / 1000, version, failed, ms: record.durationMs });
      for (const metrics of this.#metrics.values()) metrics.request(record, this.#now);
    });
  }

  begins(): void {
    this.#startedAt = this.#now;
    this.#deploying = true;
  }

  ends(): void {
    this.#deploying = false;
  }

  readonly onTask = (event: TaskEvent, version: VersionName): void => {
    if (!this.#deploying || event.kind === "delayed") return;
    const name = `${event.task.target.label} (${version})`;
    if (event.kind === "healthy") this.happened("task", `${name} is healthy`);
    if (event.kind === "failed") this.happened("task", `${name} failed: ${event.reason}`);
    if (event.kind === "stopped" && event.wanted)
      this.happened("task", `${name} stopped, ${exitReason(event.exit)}`);
  };

  happened(kind: Happening["kind"], text: string): void {
    const at = this.#now;
    this.#happenings.push({ at, kind, text });
    this.#options.onProgress?.(`${clockTime(at - this.#startedAt).padStart(6)}  ${text}`);
  }

  /** Notes the state when it differs from the last one. */
  mark(mark: Omit<Mark, "at">): void {
    const last = this.#marks.at(-1);
    if (!isDeepStrictEqual({ ...last, ...mark }, last))
      this.#marks.push({ at: this.#now, ...mark });
  }

  /** Takes the measures that no event brings, and returns the names of the alarms that fire. */
  firing(seconds: number, simulation?: Simulation): readonly string[] {
    for (const group of simulation?.groups ?? [])
      for (const metrics of this.#metrics.values())
        metrics.unhealthy(group.name, simulation?.unhealthy(group) ?? 0, seconds);
    const firing = this.#options.alarms.filter((alarm) => {
      const metrics = this.#metrics.get(alarm.periodSeconds);
      // An alarm looks at periods that are over.
      return metrics !== undefined && alarm.fires(metrics.datapoints, metrics.period(seconds) - 1);
    });
    for (const alarm of firing)
      if (this.#deploying && !this.#firing.includes(alarm.name))
        this.happened("alarm", `alarm ${alarm.name} fires${this.#reading(alarm, seconds)}`);
    this.#firing = firing.map(({ name }) => name);
    return this.#firing;
  }

  #reading(alarm: PlannedAlarm, seconds: number): string {
    const metrics = this.#metrics.get(alarm.periodSeconds);
    const value =
      metrics === undefined
        ? undefined
        : alarm.value(metrics.datapoints, metrics.period(seconds) - 1);
    const short = (number: number): string => String(Number(number.toPrecision(3)));
    return value === undefined ? "" : `: ${short(value)}, limit ${short(alarm.threshold)}`;
  }

  /** Everything written down, with times relative to the beginning of the deployment. */
  result(startedAt: number): { samples: Sample[]; happenings: Happening[]; marks: Mark[] } {
    const relative = <T extends { at: number }>(items: readonly T[]): T[] =>
      items.map((item) => ({ ...item, at: item.at - startedAt }));
    return {
      samples: relative(this.#samples).sort((a, b) => a.at - b.at),
      happenings: relative(this.#happenings),
      marks: relative(this.#marks),
    };
  }
}
