import type { Route } from "../http/context.ts";
import { answerJson } from "../http/send.ts";
import type { Readiness } from "../ops/health.ts";
import type { StatusReport } from "../ops/status.ts";

export interface HealthDeps {
  readonly readiness: () => Readiness;
  readonly status: () => Promise<StatusReport>;
}

/** Liveness (restart me when this fails), readiness (send me traffic) and the state for people. */
export function healthRoutes({ readiness, status }: HealthDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/livez",
      access: "open",
      quiet: true,
      handle: (ctx) => {
        answerJson(ctx, 200, { status: "alive" });
      },
    },
    {
      method: "GET",
      path: "/readyz",
      access: "open",
      quiet: true,
      handle: (ctx) => {
        const { ready, reasons } = readiness();
        answerJson(ctx, ready ? 200 : 503, { status: ready ? "ready" : "not-ready", reasons });
      },
    },
    {
      method: "GET",
      path: "/status",
      access: "open",
      handle: async (ctx) => {
        answerJson(ctx, 200, await status());
      },
    },
  ];
}
