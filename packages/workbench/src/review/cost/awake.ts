import { list, number, ofType, record, text } from "../../plan/plan-reader.ts";
import { scalableTarget } from "../../plan/services.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const WEEK_MINUTES = 7 * 24 * 60;

/** Tasks that a service keeps when nobody calls it, and the share of a week in which it keeps any. */
export interface AtRest {
  tasks: number;
  /** 0 to 1; 1 without a schedule, or with one that this cannot read. */
  awakeShare: number;
}

/** What autoscaling and its schedule leave of a service without traffic. */
export function atRest(plan: Plan, service: PlannedResource): AtRest {
  const target = scalableTarget(plan, service);
  const desired = number(service.inputs["desiredCount"]) ?? 1;
  const actions = ofType(plan, "aws:appautoscaling/scheduledAction:ScheduledAction")
    .filter(({ inputs }) => inputs["resourceId"] === target?.inputs["resourceId"])
    .flatMap(({ inputs }) => {
      const minutes = weekMinutes(text(inputs["schedule"]) ?? "");
      const tasks = number(record(inputs["scalableTargetAction"])["minCapacity"]) ?? 0;
      return minutes === undefined ? [undefined] : minutes.map((minute) => ({ minute, tasks }));
    });
  const known = actions.filter((action) => action !== undefined);
  const tasks = Math.max(
    target === undefined ? desired : (number(target.inputs["minCapacity"]) ?? desired),
    ...known.map((action) => action.tasks),
  );
  return {
    tasks,
    awakeShare: known.length === 0 || known.length < actions.length ? 1 : share(known),
  };
}

/** Share of the hours in which one of the services runs. @param asleep whether their schedules hold */
export const awakeShare = (
  services: readonly PlannedResource[],
  plan: Plan,
  asleep: boolean,
): number =>
  asleep && services.length > 0
    ? Math.max(...services.map((service) => atRest(plan, service).awakeShare))
    : 1;

/** Share of the week in which the last action left tasks. */
function share(actions: readonly { minute: number; tasks: number }[]): number {
  const sorted = [...actions].sort((a, b) => a.minute - b.minute);
  const awake = sorted.reduce((sum, { minute, tasks }, index) => {
    const end = sorted[index + 1]?.minute ?? (sorted[0]?.minute ?? 0) + WEEK_MINUTES;
    return tasks > 0 ? sum + end - minute : sum;
  }, 0);
  return awake / WEEK_MINUTES;
}

/**
 * Minutes since Sunday 0:00 at which `cron(minute hour ? * days *)` fires: the form of schedules that repeat by the
 * week. Undefined for every other.
 */
export function weekMinutes(schedule: string): number[] | undefined {
  const [, minute, hour, days] =
    /^cron\((\d+) (\d+) [?*] \* ([A-Z,*?-]+) \*\)$/.exec(schedule) ?? [];
  if (minute === undefined || hour === undefined || days === undefined) return undefined;
  const found = days.split(",").map(daysOf);
  if (found.includes(undefined)) return undefined;
  return found
    .flatMap((part = []) => part)
    .map((day) => (day * 24 + Number(hour)) * 60 + Number(minute));
}

/** `MON`, `MON-FRI`, `*` as numbers of days. */
function daysOf(part: string): number[] | undefined {
  if (part === "*" || part === "?") return DAYS.map((_, day) => day);
  const [from = "", to = from] = part.split("-");
  const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
  if (first === -1 || last === -1) return undefined;
  const count = (last - first + DAYS.length) % DAYS.length;
  return Array.from({ length: count + 1 }, (_, index) => (first + index) % DAYS.length);
}

/** Of the tasks that a service's strategy starts, the share that Spot carries; a base goes to its own provider. */
export function spotShare(service: PlannedResource, tasks: number): number {
  const strategies = list(service.inputs["capacityProviderStrategies"]).map(record);
  if (tasks === 0 || strategies.length === 0) return 0;
  const based = strategies.reduce((sum, strategy) => sum + (number(strategy["base"]) ?? 0), 0);
  const weights = strategies.reduce((sum, strategy) => sum + (number(strategy["weight"]) ?? 0), 0);
  const rest = Math.max(0, tasks - based);
  return strategies
    .filter((strategy) => strategy["capacityProvider"] === "FARGATE_SPOT")
    .reduce((sum, strategy) => {
      const own = Math.min(tasks, number(strategy["base"]) ?? 0);
      const part = weights === 0 ? 0 : (rest * (number(strategy["weight"]) ?? 0)) / weights;
      return sum + (own + part) / tasks;
    }, 0);
}
