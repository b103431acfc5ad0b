import type { PropertyValue, UsageEvent } from "./event.ts";
import {
  MAX_AGE_DAYS,
  MAX_AHEAD_MINUTES,
  MAX_BATCH,
  MAX_PROPERTIES,
  MAX_PROPERTIES_BYTES,
  MAX_USER_LENGTH,
  MAX_WORD_LENGTH,
} from "./event.ts";
import { parseDateTime } from "./date-time.ts";

/** Why a body or one event in it was refused. */
export interface EventProblem {
  /** Machine-readable reason. */
  readonly code:
    | "missing"
    | "unknown-member"
    | "wrong-type"
    | "malformed"
    | "too-long"
    | "too-old"
    | "too-new"
    | "batch-size";
  /** One sentence for the sender. */
  readonly detail: string;
  /** JSON Pointer (RFC 6901) into the body. */
  readonly pointer: string;
}

/** One event of a body, in its order: the event, or why it was refused (with the id when it has a valid one). */
export type ParsedItem =
  | { readonly ok: true; readonly index: number; readonly event: UsageEvent }
  | ({ readonly ok: false; readonly index: number; readonly id?: string } & EventProblem);

export type ParsedEvents =
  | { readonly ok: true; readonly batch: boolean; readonly items: readonly ParsedItem[] }
  | ({ readonly ok: false } & EventProblem);

const DAY = 86_400_000;
const MINUTE = 60_000;
const MEMBERS = new Set(["id", "name", "user", "feature", "time", "properties"]);
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Checks a body of `POST /v1/events`: one event (object) or a batch (array of 1 to 500). A bad event does not spoil its
 * batch: its item says why it was refused. `now` (ms) bounds the times that are accepted.
 */
export function parseEvents(body: unknown, now: number): ParsedEvents {
  if (!Array.isArray(body)) {
    if (!isObject(body)) {
      return {
        ok: false,
        ...problem(
          "wrong-type",
          "",
          "The body must be one event (a JSON object) or an array of events.",
        ),
      };
    }
    return { ok: true, batch: false, items: [parseItem(body, 0, "", now)] };
  }
  if (body.length === 0 || body.length > MAX_BATCH) {
    return {
      ok: false,
      ...problem(
        "batch-size",
        "",
        `A batch holds 1 to ${String(MAX_BATCH)} events, this one has ${String(body.length)}.`,
      ),
    };
  }
  const items = body.map((value: unknown, index) =>
    parseItem(value, index, `/${String(index)}`, now),
  );
  return { ok: true, batch: true, items };
}

function parseItem(value: unknown, index: number, base: string, now: number): ParsedItem {
  const result = parseEvent(value, base, now);
  if ("code" in result) {
    const id =
      isObject(value) && checkWord(value["id"], "id", ID, base) === undefined
        ? (value["id"] as string)
        : undefined;
    return { ok: false, index, ...(id === undefined ? {} : { id }), ...result };
  }
  return { ok: true, index, event: result };
}

function parseEvent(value: unknown, base: string, now: number): UsageEvent | EventProblem {
  if (!isObject(value)) return problem("wrong-type", base, "An event must be a JSON object.");
  for (const member in value) {
    if (!MEMBERS.has(member)) {
      return problem(
        "unknown-member",
        `${base}/${escapePointer(member)}`,
        "An event has the members id, name, user, feature, time and properties only.",
      );
    }
  }
  const { id, name, user, feature, time, properties } = value;
  const bad =
    checkWord(id, "id", ID, base) ??
    checkWord(name, "name", WORD, base) ??
    checkUser(user, base) ??
    checkWord(feature, "feature", WORD, base) ??
    (properties === undefined ? undefined : checkProperties(properties, `${base}/properties`));
  if (bad !== undefined) return bad;
  const at = parseTime(time, `${base}/time`, now);
  if (typeof at !== "number") return at;
  const event = { id, name, user, feature, time: at } as UsageEvent;
  return properties === undefined
    ? event
    : { ...event, properties: properties as Record<string, PropertyValue> };
}

function checkWord(
  value: unknown,
  member: string,
  pattern: RegExp,
  base: string,
): EventProblem | undefined {
  const pointer = `${base}/${member}`;
  if (value === undefined)
    return problem("missing", pointer, `An event needs the member ${member}.`);
  if (typeof value !== "string")
    return problem("wrong-type", pointer, `${member} must be a string.`);
  if (value.length > MAX_WORD_LENGTH) {
    return problem(
      "too-long",
      pointer,
      `${member} has ${String(value.length)} characters, at most ${String(MAX_WORD_LENGTH)} are allowed.`,
    );
  }
  if (pattern.test(value)) return undefined;
  const signs = pattern === ID ? `". _ : -"` : `". _ : / -"`;
  return problem(
    "malformed",
    pointer,
    `${member} must begin with a letter or digit, and hold only ASCII letters, digits and ${signs}.`,
  );
}

function checkUser(value: unknown, base: string): EventProblem | undefined {
  const pointer = `${base}/user`;
  if (value === undefined) return problem("missing", pointer, "An event needs the member user.");
  if (typeof value !== "string") return problem("wrong-type", pointer, "user must be a string.");
  if (value === "") return problem("malformed", pointer, "user must not be empty.");
  if (value.length > MAX_USER_LENGTH) {
    return problem(
      "too-long",
      pointer,
      `user has ${String(value.length)} characters, at most ${String(MAX_USER_LENGTH)} are allowed.`,
    );
  }
  if (isText(value)) return undefined;
  return problem(
    "malformed",
    pointer,
    "user must be well-formed Unicode without control characters.",
  );
}

function checkProperties(value: unknown, pointer: string): EventProblem | undefined {
  if (!isObject(value)) return problem("wrong-type", pointer, "properties must be a JSON object.");
  const names = Object.keys(value);
  if (names.length > MAX_PROPERTIES) {
    return problem(
      "too-long",
      pointer,
      `properties has ${String(names.length)} members, at most ${String(MAX_PROPERTIES)} are allowed.`,
    );
  }
  for (const name of names) {
    const bad = checkProperty(name, value[name]);
    if (bad !== undefined)
      return problem(bad.code, `${pointer}/${escapePointer(name)}`, bad.detail);
  }
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= MAX_PROPERTIES_BYTES) return undefined;
  return problem(
    "too-long",
    pointer,
    `properties takes ${String(bytes)} bytes of JSON, at most ${String(MAX_PROPERTIES_BYTES)} are allowed.`,
  );
}

function checkProperty(
  name: string,
  property: unknown,
): Pick<EventProblem, "code" | "detail"> | undefined {
  if (property !== null && typeof property === "object") {
    return {
      code: "wrong-type",
      detail: "A property must be a string, a number, true, false or null.",
    };
  }
  // JSON.parse reads 1e999 as Infinity, which JSON cannot write again.
  if (typeof property === "number" && !Number.isFinite(property)) {
    return { code: "malformed", detail: "A number must lie within the range of a double." };
  }
  if (!name.isWellFormed() || (typeof property === "string" && !property.isWellFormed())) {
    return {
      code: "malformed",
      detail: "Property names and strings must be well-formed Unicode.",
    };
  }
  return undefined;
}

function parseTime(value: unknown, pointer: string, now: number): number | EventProblem {
  // The time of receipt: a sender that sends again keeps the first event, so its time does not move.
  if (value === undefined) return now;
  if (typeof value !== "string") {
    return problem("wrong-type", pointer, "time must be a string, e.g. 2026-11-22T09:30:00Z.");
  }
  const time = parseDateTime(value);
  if (time === undefined) {
    return problem(
      "malformed",
      pointer,
      "time must be a date and time with an offset as RFC 3339 has it, e.g. 2026-11-22T09:30:00Z.",
    );
  }
  if (time < now - MAX_AGE_DAYS * DAY) {
    return problem(
      "too-old",
      pointer,
      `time must not lie more than ${String(MAX_AGE_DAYS)} days in the past.`,
    );
  }
  if (time > now + MAX_AHEAD_MINUTES * MINUTE) {
    return problem(
      "too-new",
      pointer,
      `time must not lie more than ${String(MAX_AHEAD_MINUTES)} minutes in the future.`,
    );
  }
  return time;
}

function isText(value: string): boolean {
  return value.isWellFormed() && !CONTROL.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escapePointer(member: string): string {
  return member.replaceAll("~", "~0").replaceAll("/", "~1");
}

function problem(code: EventProblem["code"], pointer: string, detail: string): EventProblem {
  return { code, detail, pointer };
}
