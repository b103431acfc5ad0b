import type { UsageEvent } from "../../src/events/event.ts";

const DAY = 86_400_000;

export interface Workload {
  readonly events: number;
  readonly users: number;
  readonly features: number;
  readonly days: number;
}

export const MILLION: Workload = { events: 1_000_000, users: 20_000, features: 40, days: 30 };

/**
 * Events in the order of their times, ending now: few users and features do most (squared random numbers), days are
 * busier around noon, one event in 50 is an error. The same for the same seed.
 */
export function* makeEvents(workload: Workload, now: number, seed = 1): Generator<UsageEvent> {
  const random = mulberry32(seed);
  const begin = now - workload.days * DAY;
  for (let index = 0; index < workload.events; index++) {
    const even = (index / workload.events) * workload.days;
    const day = Math.floor(even);
    const ofDay = even - day;
    const time = begin + Math.floor((day + ofDay - Math.sin(ofDay * 2 * Math.PI) * 0.1) * DAY);
    yield {
      id: `${seed.toString(36)}-${index.toString(36)}-${Math.floor(random() * 2 ** 32).toString(36)}`,
      name: random() < 0.02 ? "error" : "opened",
      user: `user-${String(Math.floor(random() ** 2 * workload.users))}`,
      feature: `feature-${String(Math.floor(random() ** 2 * workload.features))}`,
      time,
      properties: { plan: "team", duration: Math.floor(random() * 1000) },
    };
  }
}

/** Small seeded generator, so that runs can be compared. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
