import fc from "fast-check";
import type { UsageEvent } from "../../../app/src/events/service.ts";

export const HOUR = 3_600_000;
export const DAY = 86_400_000;
/** Both zones below set their clocks within the following days. */
export const BEGIN = Date.UTC(2026, 9, 23);
export const SPAN_DAYS = 11;
export const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Pacific/Chatham",
  "Australia/Lord_Howe",
];

/** Times that meet each other: on a coarse grid, just beside it, and around midnight. */
const time = fc.oneof(
  fc.integer({ min: 0, max: SPAN_DAYS * DAY - 1 }),
  fc
    .tuple(fc.integer({ min: 0, max: SPAN_DAYS * 48 - 1 }), fc.integer({ min: -2, max: 2 }))
    .map(([halfHours, more]) => Math.max(0, halfHours * (HOUR / 2) + more)),
  fc
    .tuple(
      fc.integer({ min: 1, max: SPAN_DAYS - 1 }),
      fc.integer({ min: -HOUR / 2, max: HOUR / 2 }),
    )
    .map(([day, more]) => day * DAY + more),
);

/** Events of few users and features, in any order, each with an id of its own. */
export const events: fc.Arbitrary<UsageEvent[]> = fc
  .array(
    fc.record({
      time,
      user: fc.integer({ min: 0, max: 6 }).map((user) => `user ${String(user)}`),
      feature: fc.constantFrom("search", "export", "billing"),
      name: fc.constantFrom("opened", "opened", "closed", "error"),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((list) =>
    list.map((event, index) => ({
      ...event,
      id: `event-${String(index)}`,
      time: BEGIN + event.time,
    })),
  );

/** Events as they may arrive: cut into batches, some of which are sent twice. */
export const deliveries: fc.Arbitrary<{ events: UsageEvent[]; batches: UsageEvent[][] }> = fc
  .record({
    events,
    size: fc.integer({ min: 1, max: 50 }),
    again: fc.array(fc.nat({ max: 200 }), { maxLength: 3 }),
  })
  .map(({ events: list, size, again }) => {
    const batches: UsageEvent[][] = [];
    for (let at = 0; at < list.length; at += size) batches.push(list.slice(at, at + size));
    for (const index of again) batches.push(batches[index % batches.length] ?? []);
    return { events: list, batches };
  });
