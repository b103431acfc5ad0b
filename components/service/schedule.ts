/** The hours in which the service is awake, as the two scheduled actions that wake it and put it to sleep. */

export interface SleepSchedule {
  /** Application Auto Scaling expressions: `cron(0 7 ? * MON-FRI *)`. */
  wake: string;
  sleep: string;
}

/** In the order of AWS's cron, whose week begins on Sunday. Source: AWS, "Cron expressions reference", Amazon EventBridge User Guide. */
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Reads `Mon-Fri 07:00-20:00`; `always` is undefined.
 * The hours begin and end on the same day. config.ts checks the form.
 */
export function sleepSchedule(awakeHours: string): SleepSchedule | undefined {
  const match = /^(\w{3})-(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(awakeHours);
  if (match === null) return undefined;
  const [, from = "", to = "", wakeHour, wakeMinute, sleepHour, sleepMinute] = match;
  const days = weekdays(from.toUpperCase(), to.toUpperCase());
  const cron = (hour: string | undefined, minute: string | undefined): string =>
    `cron(${Number(minute)} ${Number(hour)} ? * ${days} *)`;
  return { wake: cron(wakeHour, wakeMinute), sleep: cron(sleepHour, sleepMinute) };
}

/** A range that runs over the end of AWS's week is not documented, so its days are listed. */
function weekdays(from: string, to: string): string {
  if (from === to) return from;
  const first = DAYS.indexOf(from);
  const last = DAYS.indexOf(to);
  if (first < last) return `${from}-${to}`;
  return [...DAYS.slice(first), ...DAYS.slice(0, last + 1)].join(",");
}
