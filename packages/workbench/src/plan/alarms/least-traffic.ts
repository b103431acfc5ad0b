import type { Datapoints, PlannedAlarm } from "./planned-alarm.ts";

/** Requests of one minute by target group, and what is wrong with the new version's. */
interface Minute {
  fault: Fault;
  /** Target group of the new version, and its requests; the others are the old version's. */
  fresh: string;
  freshRequests: number;
  oldRequests: number;
}

/** Ways in which every request to a new version fails, as a load balancer counts them. */
const FAULTS = [
  "errors",
  "slow",
  "no answer",
  "reset",
  "refused",
  "no target",
  "unhealthy",
] as const;
type Fault = (typeof FAULTS)[number];

const SLOW_SECONDS = 3600;
const FAST_SECONDS = 0.001;

/** More requests a minute than any service has: an alarm that does not fire there never does. */
const MOST = 2 ** 24;

/**
 * Requests a minute, of all callers together, below which an alarm cannot fire on a new version of which every request
 * fails in whatever way the alarm watches best. Infinity where no traffic makes it fire.
 *
 * @param groups - target groups, each of which may be the new version's
 * @param percent - share of the requests that the new version gets
 */
export function leastTraffic(
  alarm: Pick<PlannedAlarm, "breaches">,
  groups: readonly string[],
  percent: number,
): number {
  const firesAt = (requests: number): boolean =>
    groups.some((fresh) =>
      FAULTS.some((fault) => {
        const freshRequests = Math.floor((requests * percent) / 100);
        const minute = { fault, fresh, freshRequests, oldRequests: requests - freshRequests };
        return alarm.breaches(datapointsOf(minute), 0);
      }),
    );
  if (firesAt(0)) return 0;
  let [low, high] = [0, 1];
  for (; !firesAt(high); high *= 2) if (high >= MOST) return Infinity;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (firesAt(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** What the load balancer reports of a minute; counts only where they are not zero. */
const datapointsOf =
  ({ fault, fresh, freshRequests, oldRequests }: Minute): Datapoints =>
  ({ metric, stat, group }) => {
    const mine = group === undefined || group === fresh;
    const others = group !== fresh;
    const of = (...faults: Fault[]): number => (mine && faults.includes(fault) ? freshRequests : 0);
    const good = others ? oldRequests : 0;
    switch (metric) {
      // Counted once a target was chosen.
      case "RequestCount":
        return good + (mine && fault !== "no target" ? freshRequests : 0) || undefined;
      case "HTTPCode_Target_2XX_Count":
        return good + of("slow", "unhealthy") || undefined;
      case "HTTPCode_Target_5XX_Count":
        return of("errors") || undefined;
      case "TargetConnectionErrorCount":
        return of("refused") || undefined;
      case "HTTPCode_ELB_5XX_Count":
        return of("no answer", "reset", "refused", "no target") || undefined;
      case "HTTPCode_ELB_502_Count":
        return of("reset", "refused") || undefined;
      case "HTTPCode_ELB_503_Count":
        return of("no target") || undefined;
      case "HTTPCode_ELB_504_Count":
        return of("no answer") || undefined;
      case "UnHealthyHostCount":
        return mine && fault === "unhealthy" ? 1 : 0;
      case "TargetResponseTime":
        return answerTime(stat, of("slow"), good + of("errors", "unhealthy"));
      default:
        return undefined;
    }
  };

/** Of so many slow answers and so many fast ones; undefined without any. */
function answerTime(stat: string, slow: number, fast: number): number | undefined {
  const all = slow + fast;
  if (all === 0) return undefined;
  if (stat === "Average") return (slow * SLOW_SECONDS + fast * FAST_SECONDS) / all;
  const percent = stat.startsWith("p") ? Number(stat.slice(1)) : 100;
  return Math.ceil((percent / 100) * all) > fast ? SLOW_SECONDS : FAST_SECONDS;
}
