const VARIABLE = "EVENTS_API_WORKER_NUMBER";

/** Environment that makes a process the worker of this number. */
export function workerEnv(number: number): Record<string, string> {
  return { [VARIABLE]: String(number) };
}

/** Number of this process among the workers of a cluster, from 0; undefined when it is no worker. */
export function workerNumber(): number | undefined {
  const value = process.env[VARIABLE];
  return value === undefined ? undefined : Number(value);
}
