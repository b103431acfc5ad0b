import type { AppDeps } from "../app.ts";
import { dayOf } from "../events/day.ts";
import { etag, json } from "../middleware/etag.ts";
import type { AppRouter, Middleware } from "../state.ts";
import { checkQuery } from "../validation.ts";
import { ActivityQuery, FeaturesQuery, KpisQuery, rangeOf } from "./queries.ts";

/** Business metrics over a range of days; each answer has an entity tag. */
export function reportRoutes(router: AppRouter, { store }: AppDeps, admitted: Middleware): void {
  const tagged = etag("private, no-cache");

  router.get("/v1/activity", admitted, tagged, async (ctx) => {
    const query = checkQuery(ActivityQuery, ctx.query);
    json(ctx, await store.activity(rangeOf(query, Date.now())));
  });

  router.get("/v1/features", admitted, tagged, async (ctx) => {
    const { limit = 100, ...range } = checkQuery(FeaturesQuery, ctx.query);
    json(ctx, await store.features({ ...rangeOf(range, Date.now()), limit }));
  });

  router.get("/v1/kpis", admitted, tagged, async (ctx) => {
    const { date } = checkQuery(KpisQuery, ctx.query);
    json(ctx, await store.kpis({ day: date ?? dayOf(Date.now()) }));
  });
}
