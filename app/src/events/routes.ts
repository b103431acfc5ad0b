import * as z from "zod/mini";
import type { AppDeps } from "../app.ts";
import type { Config } from "../config.ts";
import { HttpProblem } from "../errors.ts";
import { json } from "../middleware/etag.ts";
import { jsonBody } from "../middleware/json-body.ts";
import { cursorParameter, limitParameter } from "../parameters.ts";
import type { AppRouter, Middleware } from "../state.ts";
import { check, checkQuery, refused, type Refused } from "../validation.ts";
import { MAX_BATCH, type StoredEvent, type UsageEvent } from "./event.ts";
import { EventId, EventInput, type ItemResult } from "./schema.ts";

export const ListQuery = z.strictObject({ limit: limitParameter, cursor: cursorParameter });

/** Receipt of events, and the events as they were stored. */
export function eventRoutes(router: AppRouter, deps: AppDeps, admitted: Middleware): void {
  const { config, store, metrics } = deps;
  const body = jsonBody(config.bodyLimitBytes, maxHeldBytes(config));

  router.post("/v1/events", admitted, body, async (ctx) => {
    const items = checkBody(ctx.request.body, Date.now());
    const events = items.filter((item): item is UsageEvent => !isRefusal(item));
    const refusals = items.length - events.length;
    if (events.length === 0) {
      metrics.count("EventsRefused", refusals);
      const errors = items
        .filter(isRefusal)
        .map(({ code, detail, pointer }) => ({ code, detail, pointer }));
      throw refused(errors, `None of the ${refusals} events was accepted`);
    }
    const { statuses, accepted, duplicates } = await store.add(events);
    metrics.count("EventsAccepted", accepted);
    metrics.count("EventsDuplicate", duplicates);
    metrics.count("EventsRefused", refusals);
    for (const [at, { feature }] of events.entries())
      if (statuses[at] === "accepted") metrics.featureUsed(feature);
    let next = 0;
    const results = items.map((item, index): ItemResult =>
      isRefusal(item)
        ? { index, ...item }
        : { index, id: item.id, status: statuses[next++] ?? "duplicate" },
    );
    ctx.status = 202;
    json(ctx, { accepted, duplicate: duplicates, refused: refusals, results });
  });

  router.get("/v1/events", admitted, async (ctx) => {
    const { limit = 100, cursor } = checkQuery(ListQuery, ctx.query);
    const { events, nextCursor } = await store.list({ limit, cursor });
    ctx.body = { events: events.map(presentEvent), nextCursor };
  });

  router.get("/v1/events/:id", admitted, async (ctx) => {
    const id = ctx.params["id"] ?? "";
    const event = EventId.safeParse(id).success ? await store.event(id) : undefined;
    if (event === undefined)
      throw new HttpProblem("not-found", "No event has this id; events are kept for 90 days.");
    ctx.body = presentEvent(event);
  });
}

/** All bodies at once take an eighth of the task's memory in each process, at least 32 MiB. */
function maxHeldBytes({ taskMemoryMiB = 512, workers }: Config): number {
  return Math.max(32, taskMemoryMiB / workers / 8) * 1_048_576;
}

/** Why one event of a body is refused; with its id when that is a good one. */
type Refusal = Refused & { readonly id?: string; readonly status: "refused" };

const isRefusal = (item: UsageEvent | Refusal): item is Refusal => "status" in item;

/**
 * The events of a body, each for itself: a bad one does not spoil its batch.
 * @throws HttpProblem validation-failed for what is neither an event nor a batch
 */
function checkBody(body: unknown, now: number): readonly (UsageEvent | Refusal)[] {
  if (!Array.isArray(body)) {
    if (typeof body === "object" && body !== null) return [checkItem(body, "", now)];
    const detail = "The body must be one event (a JSON object) or an array of events.";
    throw refused([{ code: "wrong-type", detail, pointer: "" }]);
  }
  if (body.length === 0 || body.length > MAX_BATCH) {
    const detail = `A batch holds 1 to ${MAX_BATCH} events, this one has ${body.length}.`;
    throw refused([{ code: "batch-size", detail, pointer: "" }]);
  }
  return body.map((item: unknown, index) => checkItem(item, `/${index}`, now));
}

function checkItem(value: unknown, base: string, now: number): UsageEvent | Refusal {
  const checked = check(EventInput, value, base);
  if (checked.ok) return { ...checked.value, time: checked.value.time ?? now };
  const id = EventId.safeParse((value as { id?: unknown } | null)?.id);
  return { ...(id.success && { id: id.data }), status: "refused", ...checked.problems[0] };
}

/** An event as the API shows it: times as RFC 3339. */
function presentEvent({ time, received, ...event }: StoredEvent): object {
  const rfc3339 = (at: number): string => new Date(at).toISOString();
  return { ...event, time: rfc3339(time), received: rfc3339(received) };
}
