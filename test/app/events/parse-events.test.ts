import { expect } from "chai";
import { MAX_BATCH, parseEvents } from "../../../app/src/events/service.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const VALID = {
  id: "e1",
  name: "opened",
  user: "u1",
  feature: "search",
  time: "2026-11-22T11:00:00Z",
};

describe("parseEvents", () => {
  it("takes one event or a batch", () => {
    const event = { ...VALID, time: Date.UTC(2026, 10, 22, 11) };
    expect(parseEvents(VALID, NOW)).to.deep.equal({
      ok: true,
      batch: false,
      items: [{ ok: true, index: 0, event }],
    });
    expect(parseEvents([VALID], NOW)).to.deep.equal({
      ok: true,
      batch: true,
      items: [{ ok: true, index: 0, event }],
    });
  });

  it("refuses a body that is neither, an empty batch and one that is too long", () => {
    for (const body of [null, undefined, "text", 1, true]) {
      expect(parseEvents(body, NOW)).to.deep.equal({
        ok: false,
        code: "wrong-type",
        pointer: "",
        detail: "The body must be one event (a JSON object) or an array of events.",
      });
    }
    expect(parseEvents([], NOW)).to.include({
      code: "batch-size",
      detail: "A batch holds 1 to 500 events, this one has 0.",
    });
    expect(parseEvents(Array(MAX_BATCH).fill(VALID), NOW)).to.include({ ok: true });
    expect(parseEvents(Array(MAX_BATCH + 1).fill(VALID), NOW)).to.include({
      code: "batch-size",
      detail: "A batch holds 1 to 500 events, this one has 501.",
    });
  });

  it("tells which events of a batch are bad, with their ids where these are valid, and keeps the others", () => {
    const result = parseEvents(
      [VALID, { ...VALID, id: "e2", name: "" }, 7, { ...VALID, id: "e4" }, { ...VALID, id: "?" }],
      NOW,
    );
    expect(result.ok && result.items.map((item) => (item.ok ? item.event.id : item))).to.deep.equal(
      [
        "e1",
        {
          ok: false,
          index: 1,
          id: "e2",
          code: "malformed",
          pointer: "/1/name",
          detail:
            'name must begin with a letter or digit, and hold only ASCII letters, digits and ". _ : / -".',
        },
        {
          ok: false,
          index: 2,
          code: "wrong-type",
          pointer: "/2",
          detail: "An event must be a JSON object.",
        },
        "e4",
        {
          ok: false,
          index: 4,
          code: "malformed",
          pointer: "/4/id",
          detail:
            'id must begin with a letter or digit, and hold only ASCII letters, digits and ". _ : -".',
        },
      ],
    );
  });

  it("takes the time of receipt for an event without one", () => {
    const { id, name, user, feature } = VALID;
    expect(parseEvents({ id, name, user, feature }, NOW)).to.deep.equal({
      ok: true,
      batch: false,
      items: [{ ok: true, index: 0, event: { ...VALID, time: NOW } }],
    });
  });

  const cases: [string, object, { code: string; pointer: string; detail: string }][] = [
    [
      "a missing member",
      { user: undefined },
      { code: "missing", pointer: "/user", detail: "An event needs the member user." },
    ],
    [
      "an unknown member",
      { "a/b~": 1 },
      {
        code: "unknown-member",
        pointer: "/a~1b~0",
        detail: "An event has the members id, name, user, feature, time and properties only.",
      },
    ],
    [
      "a number for a text",
      { feature: 5 },
      { code: "wrong-type", pointer: "/feature", detail: "feature must be a string." },
    ],
    [
      "a long id",
      { id: "x".repeat(65) },
      { code: "too-long", pointer: "/id", detail: "id has 65 characters, at most 64 are allowed." },
    ],
    [
      "an empty user",
      { user: "" },
      { code: "malformed", pointer: "/user", detail: "user must not be empty." },
    ],
    [
      "a long user",
      { user: "ü".repeat(129) },
      {
        code: "too-long",
        pointer: "/user",
        detail: "user has 129 characters, at most 128 are allowed.",
      },
    ],
    [
      "a lone surrogate",
      { user: "a\ud800" },
      {
        code: "malformed",
        pointer: "/user",
        detail: "user must be well-formed Unicode without control characters.",
      },
    ],
    [
      "a control character",
      { user: "a\u0000" },
      {
        code: "malformed",
        pointer: "/user",
        detail: "user must be well-formed Unicode without control characters.",
      },
    ],
    [
      "a time without offset",
      { time: "2026-11-22T11:00:00" },
      {
        code: "malformed",
        pointer: "/time",
        detail:
          "time must be a date and time with an offset as RFC 3339 has it, e.g. 2026-11-22T09:30:00Z.",
      },
    ],
    [
      "a time as number",
      { time: 5 },
      {
        code: "wrong-type",
        pointer: "/time",
        detail: "time must be a string, e.g. 2026-11-22T09:30:00Z.",
      },
    ],
    [
      "an old time",
      { time: "2026-08-24T11:59:59.999Z" },
      {
        code: "too-old",
        pointer: "/time",
        detail: "time must not lie more than 90 days in the past.",
      },
    ],
    [
      "a time to come",
      { time: "2026-11-22T12:05:00.001Z" },
      {
        code: "too-new",
        pointer: "/time",
        detail: "time must not lie more than 5 minutes in the future.",
      },
    ],
    [
      "properties that are a list",
      { properties: [] },
      { code: "wrong-type", pointer: "/properties", detail: "properties must be a JSON object." },
    ],
    [
      "nested properties",
      { properties: { a: { b: 1 } } },
      {
        code: "wrong-type",
        pointer: "/properties/a",
        detail: "A property must be a string, a number, true, false or null.",
      },
    ],
    [
      "a number beyond a double",
      { properties: { a: Infinity } },
      {
        code: "malformed",
        pointer: "/properties/a",
        detail: "A number must lie within the range of a double.",
      },
    ],
    [
      "a property that is no Unicode",
      { properties: { a: "\udc00" } },
      {
        code: "malformed",
        pointer: "/properties/a",
        detail: "Property names and strings must be well-formed Unicode.",
      },
    ],
    [
      "too many properties",
      {
        properties: Object.fromEntries(
          Array.from({ length: 21 }, (_, index) => [String(index), 1]),
        ),
      },
      {
        code: "too-long",
        pointer: "/properties",
        detail: "properties has 21 members, at most 20 are allowed.",
      },
    ],
    [
      "long properties",
      { properties: { a: "x".repeat(1017) } },
      {
        code: "too-long",
        pointer: "/properties",
        detail: "properties takes 1025 bytes of JSON, at most 1024 are allowed.",
      },
    ],
  ];
  for (const [what, values, problem] of cases) {
    it(`refuses ${what}`, () => {
      const result = parseEvents({ ...VALID, ...values }, NOW);
      const [item] = result.ok ? result.items : [];
      const id = "id" in values ? {} : { id: VALID.id };
      expect(item).to.deep.equal({ ok: false, index: 0, ...id, ...problem });
    });
  }

  it("takes what lies just within the limits", () => {
    const longest = {
      id: "a".repeat(64),
      name: "A.b_c:d/e-1",
      user: "\u{1F600}".repeat(64),
      feature: "9".repeat(64),
      time: "2026-08-24T12:00:00Z",
      properties: { a: "x".repeat(1016) },
    };
    for (const event of [longest, { ...VALID, time: "2026-11-22T13:05:00+01:00" }]) {
      const result = parseEvents(event, NOW);
      expect(result.ok && result.items[0]?.ok).to.equal(true);
    }
  });

  it("does not take an own member __proto__ for the prototype", () => {
    const result = parseEvents(JSON.parse(`{"__proto__":{"id":"x"},"id":"e1"}`), NOW);
    expect(result.ok && result.items[0]).to.deep.include({
      ok: false,
      code: "unknown-member",
      pointer: "/__proto__",
    });
  });
});
