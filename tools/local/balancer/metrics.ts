import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** One answered request, as the load balancer saw it. */
export interface RequestRecord {
  /** Milliseconds of stack time at which the request came in. */
  at: number;
  group: string;
  /** Label of the target; absent when no target could take the request. */
  target?: string;
  method: string;
  path: string;
  /** Status sent to the client. */
  status: number;
  /** Whether the target gave that status or the load balancer had to (502, 503, 504). */
  from: "target" | "load-balancer";
  /** True when the client or the target went away before the answer was complete. */
  cut: boolean;
  /** Real milliseconds until the answer was complete. */
  durationMs: number;
}

/** Counters of one target group, named after the load balancer's CloudWatch metrics. */
export interface GroupMetrics {
  requestCount: number;
  /** By first digit of the target's status. */
  targetCodes: Record<2 | 3 | 4 | 5, number>;
  /** Answers that the load balancer had to give: 502, 503 and 504. */
  loadBalancer5xx: number;
  /** Answers that were cut off. */
  cut: number;
  /** Time to the complete answer in microseconds of real time. */
  responseTime: RecordableHistogram;
}

export function createMetrics(): GroupMetrics {
  return {
    requestCount: 0,
    targetCodes: { 2: 0, 3: 0, 4: 0, 5: 0 },
    loadBalancer5xx: 0,
    cut: 0,
    responseTime: createHistogram(),
  };
}

/** Adds one request to the counters of its group. */
export function count(metrics: GroupMetrics, record: RequestRecord): void {
  metrics.requestCount += 1;
  if (record.cut) metrics.cut += 1;
  if (record.from === "load-balancer") metrics.loadBalancer5xx += 1;
  else {
    const digit = Math.trunc(record.status / 100);
    if (digit === 2 || digit === 3 || digit === 4 || digit === 5) metrics.targetCodes[digit] += 1;
  }
  metrics.responseTime.record(Math.max(1, Math.round(record.durationMs * 1000)));
}

/** Percentile of the response time in milliseconds; 0 before the first request. */
export function percentileMs(metrics: GroupMetrics, percentile: number): number {
  if (metrics.responseTime.count === 0) return 0;
  return metrics.responseTime.percentile(percentile) / 1000;
}
