import { Delta } from "../../events/delta.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";

/** Counters of one quarter hour. */
export interface Totals {
  events: number;
  errors: number;
  sessions: number;
}

/**
 * Writes a delta with its users: feature names, then for each quarter hour its sessions and for each of its features
 * events, errors and hashes of users. Without users it is the form in which a day's counters are kept.
 */
export function encodeDelta(delta: Delta, withUsers: boolean): Uint8Array {
  const names = new Map<string, number>();
  for (const { features } of delta.quarters.values()) {
    for (const feature of features.keys()) if (!names.has(feature)) names.set(feature, names.size);
  }
  const out = new ByteWriter().number(names.size);
  for (const name of names.keys()) out.text(name);
  for (const [quarter, { sessions, features }] of delta.quarters) {
    out.number(quarter).signed(sessions).number(features.size);
    for (const [feature, { events, errors, users }] of features) {
      const distinct = withUsers ? new Set(users) : [];
      out
        .number(names.get(feature) ?? 0)
        .number(events)
        .number(errors);
      out.number(withUsers ? new Set(users).size : 0);
      for (const user of distinct) out.number(user);
    }
  }
  return out.result();
}

export function decodeDelta(bytes: Uint8Array): Delta {
  const input = new ByteReader(bytes);
  const names = Array.from({ length: input.number() }, () => input.text());
  const delta = new Delta();
  while (!input.done) {
    const quarter = input.number();
    delta.addSessions(quarter, input.signed());
    for (let left = input.number(); left > 0; left--) {
      const feature = names[input.number()] ?? "";
      const [events, errors] = [input.number(), input.number()];
      const users = Array.from({ length: input.number() }, () => input.number());
      delta.addCounts(quarter, feature, events, errors, users);
    }
  }
  return delta;
}

/** Counters of each quarter hour, all features together. */
export function encodeTotals(delta: Delta): Uint8Array {
  const out = new ByteWriter();
  for (const [quarter, { sessions, features }] of delta.quarters) {
    let [events, errors] = [0, 0];
    for (const feature of features.values()) {
      events += feature.events;
      errors += feature.errors;
    }
    out.number(quarter).number(events).number(errors).signed(sessions);
  }
  return out.result();
}

export function decodeTotals(bytes: Uint8Array): Map<number, Totals> {
  const input = new ByteReader(bytes);
  const totals = new Map<number, Totals>();
  while (!input.done) {
    const quarter = input.number();
    totals.set(quarter, {
      events: input.number(),
      errors: input.number(),
      sessions: input.signed(),
    });
  }
  return totals;
}

/** Counters of each feature over the whole day. */
export function encodeFeatures(delta: Delta): Uint8Array {
  const sums = new Map<string, { events: number; errors: number }>();
  for (const { features } of delta.quarters.values()) {
    for (const [feature, { events, errors }] of features) {
      const sum = sums.get(feature) ?? { events: 0, errors: 0 };
      sums.set(feature, { events: sum.events + events, errors: sum.errors + errors });
    }
  }
  const out = new ByteWriter();
  for (const [feature, { events, errors }] of sums) out.text(feature).number(events).number(errors);
  return out.result();
}

export function decodeFeatures(bytes: Uint8Array): Map<string, { events: number; errors: number }> {
  const input = new ByteReader(bytes);
  const sums = new Map<string, { events: number; errors: number }>();
  while (!input.done) sums.set(input.text(), { events: input.number(), errors: input.number() });
  return sums;
}
