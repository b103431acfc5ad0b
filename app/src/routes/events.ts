import type {
  EventsService,
  ParsedEvents,
  ParsedItem,
  StoredEvent,
  SubmitStatus,
  UsageEvent,
} from "../events/service.ts";
import { parseEvents, parseListQuery } from "../events/service.ts";
import type { BodyOptions } from "../http/body.ts";
import { readJson } from "../http/body.ts";
import type { Route } from "../http/context.ts";
import { HttpProblem } from "../http/problem.ts";
import { answerJson } from "../http/send.ts";
import type { Metrics } from "../ops/metrics.ts";
import { queryOf } from "./query.ts";

export interface EventsDeps {
  readonly events: EventsService;
  readonly metrics: Metrics;
  readonly body: BodyOptions;
}

type ItemResult =
  | { readonly index: number; readonly id: string; readonly status: SubmitStatus }
  | {
      readonly index: number;
      readonly id?: string | undefined;
      readonly status: "refused";
      readonly code: string;
      readonly detail: string;
      readonly pointer: string;
    };

/** Receipt of events, and the events as they were stored. */
export function eventRoutes(deps: EventsDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/v1/events",
      access: "client",
      handle: async (ctx) => {
        const parsed = parseEvents(await readJson(ctx.req, deps.body), Date.now());
        const items = acceptable(parsed, deps.metrics);
        const good = items.filter((item) => item.ok).map((item) => item.event);
        const statuses = await deps.events.submit(good);
        const results = itemResults(items, statuses);
        const count = (status: ItemResult["status"]): number =>
          results.reduce((sum, result) => sum + (result.status === status ? 1 : 0), 0);
        const accepted = count("accepted");
        const duplicate = count("duplicate");
        const refused = count("refused");
        deps.metrics.submitted({ accepted, duplicate, refused });
        answerJson(ctx, 202, { accepted, duplicate, refused, results });
      },
    },
    {
      method: "GET",
      path: "/v1/events",
      access: "client",
      handle: async (ctx) => {
        const page = await deps.events.list(queryOf(ctx, parseListQuery));
        answerJson(ctx, 200, {
          events: page.events.map(presentEvent),
          nextCursor: page.nextCursor,
        });
      },
    },
    {
      method: "GET",
      path: "/v1/events/:id",
      access: "client",
      handle: async (ctx) => {
        const event = await deps.events.event(ctx.state.params["id"] ?? "");
        if (event === undefined) {
          throw new HttpProblem("not-found", "No event has this id; events are kept for 90 days.");
        }
        answerJson(ctx, 200, presentEvent(event));
      },
    },
  ];
}

/**
 * The items of a request that has at least one good event.
 * @throws HttpProblem validation-failed when none is.
 */
function acceptable(parsed: ParsedEvents, metrics: Metrics): readonly ParsedItem[] {
  if (!parsed.ok) {
    throw new HttpProblem("validation-failed", parsed.detail, { errors: [problemOf(parsed)] });
  }
  if (parsed.items.some((item) => item.ok)) return parsed.items;
  const errors = parsed.items.flatMap((item) => (item.ok ? [] : [problemOf(item)]));
  metrics.submitted({ accepted: 0, duplicate: 0, refused: errors.length });
  const [first] = errors;
  const detail =
    errors.length === 1 && first !== undefined
      ? first.detail
      : `None of the ${errors.length} events was accepted; errors says why.`;
  throw new HttpProblem("validation-failed", detail, { errors });
}

function problemOf(problem: { code: string; detail: string; pointer: string }): {
  code: string;
  detail: string;
  pointer: string;
} {
  return { code: problem.code, detail: problem.detail, pointer: problem.pointer };
}

function itemResults(
  items: readonly ParsedItem[],
  statuses: readonly SubmitStatus[],
): ItemResult[] {
  let next = 0;
  return items.map((item) => {
    if (!item.ok) {
      const { index, id, code, detail, pointer } = item;
      return { index, id, status: "refused", code, detail, pointer };
    }
    const status = statuses[next++];
    if (status === undefined)
      throw new Error("The store answered for fewer events than it was given.");
    return { index: item.index, id: item.event.id, status };
  });
}

/** An event as the API shows it: times as RFC 3339. */
function presentEvent(event: StoredEvent): Record<keyof StoredEvent, unknown> {
  return {
    id: event.id,
    name: event.name,
    user: event.user,
    feature: event.feature,
    time: new Date(event.time).toISOString(),
    received: new Date(event.received).toISOString(),
    properties: event.properties,
  } satisfies Record<keyof UsageEvent | "received", unknown>;
}
