/** Values with their counts, as CloudWatch takes them for a metric. */
export interface Distribution {
  readonly Values: readonly number[];
  readonly Counts: readonly number[];
  readonly Max: number;
  readonly Min: number;
  readonly Sum: number;
  readonly Count: number;
}

/** CloudWatch takes at most 100 values for a metric in one document (embedded metric format specification). */
const BUCKETS = 100;
const SMALLEST = 0.1;
const GROWTH = 1.15;
const LOG_GROWTH = Math.log(GROWTH);

/**
 * Durations in milliseconds, counted in 100 buckets that grow by 15 % from 0.1 ms to 100 s: a percentile read from it is
 * within 8 % of the true one. Sum, minimum and maximum are exact. Distributions of several processes add up.
 */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  record(milliseconds: number): void {
    const value = milliseconds > 0 ? milliseconds : 0;
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** The distribution since the last call; undefined when nothing was recorded. */
  take(): Distribution | undefined {
    if (this.#count === 0) return undefined;
    const values: number[] = [];
    const counts: number[] = [];
    for (const [bucket, count] of this.#counts.entries()) {
      if (count === 0) continue;
      values.push(this.#represent(bucket));
      counts.push(count);
    }
    const result: Distribution = {
      Values: values,
      Counts: counts,
      Max: round(this.#max),
      Min: round(this.#min),
      Sum: round(this.#sum),
      Count: this.#count,
    };
    this.#counts.fill(0);
    this.#count = this.#sum = this.#max = 0;
    this.#min = Infinity;
    return result;
  }

  /** The geometric middle of the bucket, but never outside of what was seen. */
  #represent(bucket: number): number {
    const middle = bucket === 0 ? SMALLEST / 2 : SMALLEST * GROWTH ** (bucket - 0.5);
    return round(Math.min(this.#max, Math.max(this.#min, middle)));
  }
}

function bucketOf(value: number): number {
  if (value <= SMALLEST) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value / SMALLEST) / LOG_GROWTH));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
