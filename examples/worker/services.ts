import type { Services } from "../../config/services.ts";

/** A worker: it takes no requests, so no load balancer stands before it. */
export const services: Services = {
  api: { kind: "http" },
  worker: { kind: "worker", appPath: "./examples/worker/app", build: "bundle", table: true },
};
