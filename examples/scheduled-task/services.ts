import type { Services } from "../../config/services.ts";

/** A nightly job: a task that EventBridge Scheduler starts, in the stack's timeZone. */
export const services: Services = {
  api: { kind: "http" },
  nightly: {
    kind: "scheduled",
    schedule: "cron(0 3 * * ? *)",
    appPath: "./examples/scheduled-task/app",
    build: "bundle",
  },
};
