import type { EventsService } from "../events/service.ts";
import { parseActivityQuery, parseFeaturesQuery, parseKpisQuery } from "../events/service.ts";
import type { AppContext, Route } from "../http/context.ts";
import { answerTagged, TagMemory } from "../http/etag.ts";
import { JSON_TYPE } from "../http/send.ts";
import { queryOf } from "./query.ts";

/** Business metrics over a range; each answer has an entity tag. */
export function reportRoutes(events: EventsService): Route[] {
  const memory = new TagMemory();
  const report = (path: string, read: (ctx: AppContext) => Promise<unknown>): Route => ({
    method: "GET",
    path,
    access: "client",
    handle: async (ctx) => {
      const body = JSON.stringify(await read(ctx));
      answerTagged(ctx, memory, JSON_TYPE, "private, no-cache", body);
    },
  });
  return [
    report("/v1/activity", (ctx) => events.activity(queryOf(ctx, parseActivityQuery))),
    report("/v1/features", (ctx) => events.features(queryOf(ctx, parseFeaturesQuery))),
    report("/v1/kpis", (ctx) => events.kpis(queryOf(ctx, parseKpisQuery))),
  ];
}
