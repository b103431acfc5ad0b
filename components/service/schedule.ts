/** The hours in which the service is awake, as the two scheduled actions that wake it and put it to sleep. */

export interface SleepSchedule {
  /** Application Auto Scaling expressions: `cron(0 7 ? * MON-FRI *)`. */
  wake: string;
  sleep: string;
}

/**
 * Reads `Mon-Fri 07:00-20:00`; `always` is undefined.
 * The hours begin and end on the same day. config.ts checks the form.
 */
export function sleepSchedule(awakeHours: string): SleepSchedule | undefined {
  const match = /^(\w{3})-(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(awakeHours);
  if (match === null) return undefined;
  const [, from = "", to = "", wakeHour, wakeMinute, sleepHour, sleepMinute] = match;
  const days = from === to ? from : `${from}-${to}`;
  const cron = (hour: string | undefined, minute: string | undefined): string =>
    `cron(${Number(minute)} ${Number(hour)} ? * ${days.toUpperCase()} *)`;
  return { wake: cron(wakeHour, wakeMinute), sleep: cron(sleepHour, sleepMinute) };
}
