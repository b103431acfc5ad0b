import type { Services } from "./config/services.ts";

/**
 * Which services each stack runs. `api` is the app of `appPath`: the stack's own keys size it, and it takes every request
 * that no other service does. How large the others are stands under `services` in the stack files; docs/services.md shows
 * a second HTTP service, a worker, a scheduled task and a side-car.
 */
export const services: Services = {
  api: { kind: "http" },
};
