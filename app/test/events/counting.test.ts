import { expect } from "chai";
import type { UsageEvent } from "../../src/events/event.ts";
import { countEvents } from "../../src/events/event.ts";

const DAY = 86_400_000;

function event(day: number, feature: string, user: string, name = "opened"): UsageEvent {
  return { id: "any", name, user, feature, time: day * DAY };
}

describe("countEvents", () => {
  it("counts by day and feature, and names each member once", () => {
    const { counts, members } = countEvents([
      event(1, "search", "ann"),
      event(1.999, "search", "ann", "error"),
      event(1, "search", "bob", "error.timeout"),
      event(2, "search", "ann", "errors"),
      event(1, "export", "ann"),
      // Would be one with the first, if keys were joined carelessly.
      event(1, "search", "ann b"),
      event(1, "search-ann", "b"),
    ]);

    expect(counts).to.deep.equal([
      { day: 1, feature: "search", events: 4, errors: 2 },
      { day: 2, feature: "search", events: 1, errors: 0 },
      { day: 1, feature: "export", events: 1, errors: 0 },
      { day: 1, feature: "search-ann", events: 1, errors: 0 },
    ]);
    expect(members).to.deep.equal([
      { day: 1, feature: "search", user: "ann" },
      { day: 1, feature: "search", user: "bob" },
      { day: 2, feature: "search", user: "ann" },
      { day: 1, feature: "export", user: "ann" },
      { day: 1, feature: "search", user: "ann b" },
      { day: 1, feature: "search-ann", user: "b" },
    ]);
    expect(countEvents([])).to.deep.equal({ counts: [], members: [] });
  });
});
