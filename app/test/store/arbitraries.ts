import fc from "fast-check";
import type { UsageEvent } from "../../src/events/event.ts";

export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const BEGIN = Date.UTC(2026, 9, 23);
/** Days over which generated events are spread. */
export const SPAN_DAYS = 18;

/** Times on any day, mostly on few, and just beside midnight. */
const time = fc.oneof(
  fc.integer({ min: 0, max: SPAN_DAYS * DAY - 1 }),
  fc.integer({ min: 4 * DAY, max: 6 * DAY }),
  fc
    .tuple(fc.integer({ min: 1, max: SPAN_DAYS - 1 }), fc.integer({ min: -1, max: 1 }))
    .map(([day, more]) => day * DAY + more),
);

/** Events of few users and features, in any order, each with an id of its own. */
export const events: fc.Arbitrary<UsageEvent[]> = fc
  .array(
    fc.record({
      time,
      // Some with signs that stand for something in a store.
      user: fc.constantFrom(
        "ann",
        "bob",
        "#",
        "a#b",
        "a b",
        "Zoë",
        "%_'",
        "user#1#x",
        "\u{10ffff}",
      ),
      feature: fc.constantFrom("search", "search.all", "export", "a/b:c-d_e"),
      name: fc.constantFrom("opened", "opened", "closed", "error", "error.timeout", "errors"),
    }),
    // Not the few that fast-check prefers: counters have to be added to by many batches.
    { minLength: 1, maxLength: 120, size: "max" },
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
