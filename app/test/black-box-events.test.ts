/** What the service promises over HTTP, asked of a process from outside: it holds whatever the code inside looks like. */
import { expect } from "chai";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { anEvent, jsonOf, postEvents, problemOf } from "./helpers/requests.ts";

describe("Black box: events", function () {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
  });

  after(async () => {
    await server.dispose();
  });

  const get = (path: string): Promise<Response> => fetch(server.url + path);

  describe("POST /v1/events", () => {
    it("answers 202 for one event, and what was stored can be read at once", async () => {
      const time = new Date().toISOString();
      const event = anEvent({ id: "one", time, properties: { mobile: true, n: 1.5, x: null } });
      const response = await postEvents(server.url, event);

      expect(response.status).to.equal(202);
      expect(response.headers.get("content-type")).to.equal("application/json; charset=utf-8");
      expect(response.headers.get("cache-control")).to.equal("no-store");
      expect(await jsonOf(response)).to.deep.equal({
        accepted: 1,
        duplicate: 0,
        refused: 0,
        results: [{ index: 0, id: "one", status: "accepted" }],
      });
      const { received, ...stored } = await jsonOf(await get("/v1/events/one"));
      expect(stored).to.deep.equal(event);
      expect(Date.parse(received as string)).to.be.within(Date.now() - 60_000, Date.now());
    });

    it("counts an id once, within a request and over several", async () => {
      const twice = [anEvent({ id: "same" }), anEvent({ id: "same", name: "other" })];
      const first = await jsonOf(await postEvents(server.url, twice));
      const second = await jsonOf(await postEvents(server.url, anEvent({ id: "same" })));

      expect([first["accepted"], first["duplicate"]]).to.deep.equal([1, 1]);
      expect([second["accepted"], second["duplicate"]]).to.deep.equal([0, 1]);
      expect((await jsonOf(await get("/v1/events/same")))["name"]).to.equal("opened");
    });

    it("has a result for each event of a batch, in their order", async () => {
      const batch = [anEvent({ id: "a" }), anEvent({ id: "b", user: 7 }), anEvent({ id: "same" })];
      const response = await postEvents(server.url, batch);
      expect(response.status).to.equal(202);
      expect(await jsonOf(response)).to.deep.equal({
        accepted: 1,
        duplicate: 1,
        refused: 1,
        results: [
          { index: 0, id: "a", status: "accepted" },
          {
            index: 1,
            id: "b",
            status: "refused",
            code: "wrong-type",
            detail: "user must be a string.",
            pointer: "/1/user",
          },
          { index: 2, id: "same", status: "duplicate" },
        ],
      });
    });

    it("takes an event without a time as one of now", async () => {
      const event = anEvent({ id: "timeless", time: undefined });
      expect((await postEvents(server.url, event)).status).to.equal(202);
      const { time } = await jsonOf(await get("/v1/events/timeless"));
      expect(Date.parse(time as string)).to.be.within(Date.now() - 60_000, Date.now());
    });

    it("reads times with any offset, and answers in UTC", async () => {
      const time = new Date(Date.now() - 60_000).toISOString().slice(0, 19);
      const shifted = new Date(Date.parse(`${time}Z`) + 5.5 * 3_600_000).toISOString().slice(0, 19);
      await postEvents(server.url, anEvent({ id: "offset", time: `${shifted}+05:30` }));
      const stored = await jsonOf(await get("/v1/events/offset"));
      expect(stored["time"]).to.equal(`${time}.000Z`);
    });

    it("takes a full batch of the largest events within the default body limit", async () => {
      const text = "x".repeat(64);
      const batch = Array.from({ length: 500 }, (_, index) =>
        anEvent({
          id: `${String(index).padStart(3, "0")}${"i".repeat(61)}`,
          name: text,
          user: "u".repeat(128),
          feature: text,
          properties: { text: "x".repeat(1000) },
        }),
      );
      const response = await postEvents(server.url, batch);
      expect(response.status).to.equal(202);
      expect((await jsonOf(response))["accepted"]).to.equal(500);
    });

    it("takes JSON types with a suffix, and with UTF-8 said", async () => {
      for (const type of ["application/vnd.events+json", "application/json;charset=UTF-8"]) {
        const response = await postEvents(server.url, anEvent(), { "Content-Type": type });
        expect(response.status, type).to.equal(202);
      }
    });

    const refused: [string, unknown, string, string][] = [
      ["no object", 1, "wrong-type", ""],
      ["an empty batch", [], "batch-size", ""],
      ["501 events", Array.from({ length: 501 }, () => anEvent()), "batch-size", ""],
      ["no event in a batch", [null], "wrong-type", "/0"],
      ["an event without id", anEvent({ id: undefined }), "missing", "/id"],
      ["an event without user", anEvent({ user: undefined }), "missing", "/user"],
      ["an id of 65 characters", anEvent({ id: "x".repeat(65) }), "too-long", "/id"],
      ["an id with a space", anEvent({ id: "a b" }), "malformed", "/id"],
      ["an empty name", anEvent({ name: "" }), "malformed", "/name"],
      ["a user with a control character", anEvent({ user: "a\u0000" }), "malformed", "/user"],
      ["a user of half a surrogate pair", anEvent({ user: "\ud800" }), "malformed", "/user"],
      ["a user of 129 characters", anEvent({ user: "u".repeat(129) }), "too-long", "/user"],
      ["a feature that is a number", anEvent({ feature: 7 }), "wrong-type", "/feature"],
      ["a time that is none", anEvent({ time: "yesterday" }), "malformed", "/time"],
      [
        "a day that does not exist",
        anEvent({ time: "2026-02-30T00:00:00Z" }),
        "malformed",
        "/time",
      ],
      ["a time without offset", anEvent({ time: "2026-11-22T09:30:00" }), "malformed", "/time"],
      ["a time of long ago", anEvent({ time: "2020-01-01T00:00:00Z" }), "too-old", "/time"],
      ["a time to come", anEvent({ time: "2099-01-01T00:00:00Z" }), "too-new", "/time"],
      ["a member that nobody knows", anEvent({ "a/b": 1 }), "unknown-member", "/a~1b"],
      ["properties that are a list", anEvent({ properties: [] }), "wrong-type", "/properties"],
      ["a nested property", anEvent({ properties: { a: {} } }), "wrong-type", "/properties/a"],
      ["a listed property", anEvent({ properties: { a: [] } }), "wrong-type", "/properties/a"],
      [
        "a property of half a surrogate pair",
        anEvent({ properties: { a: "\ud800" } }),
        "malformed",
        "/properties/a",
      ],
      [
        "a property named by half a surrogate pair",
        anEvent({ properties: { "a\ud800": 1 } }),
        "malformed",
        "/properties/a\ud800",
      ],
      [
        "21 properties",
        anEvent({ properties: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [i, i])) }),
        "too-long",
        "/properties",
      ],
      [
        "properties above 1024 bytes",
        anEvent({ properties: { a: "ü".repeat(600) } }),
        "too-long",
        "/properties",
      ],
    ];
    for (const [what, body, code, pointer] of refused) {
      it(`refuses ${what}: ${code} at "${pointer}"`, async () => {
        const response = await postEvents(server.url, body);
        expect(response.status).to.equal(400);
        const { detail, errors, ...problem } = await problemOf(response);
        expect(problem).to.deep.equal({
          type: "/docs#validation-failed",
          title: "The input was refused",
          status: 400,
        });
        expect(detail).to.be.a("string").and.match(/\.$/);
        expect(errors).to.deep.equal([{ code, detail, pointer }]);
      });
    }

    it("refuses a number that no double holds", async () => {
      const text = JSON.stringify(anEvent()).replace(/}$/, ',"properties":{"a":1e999}}');
      const response = await fetch(`${server.url}/v1/events`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: text,
      });
      expect(response.status).to.equal(400);
      const { errors } = await problemOf(response);
      expect(errors).to.have.nested.property("[0].code", "malformed");
      expect(errors).to.have.nested.property("[0].pointer", "/properties/a");
    });

    it("names every event when none of a batch is accepted", async () => {
      const response = await postEvents(server.url, [anEvent({ user: 7 }), anEvent({ id: "" })]);
      expect(response.status).to.equal(400);
      const { detail, errors } = await problemOf(response);
      expect(detail).to.equal("None of the 2 events was accepted; errors says why.");
      expect((errors as { pointer: string }[]).map(({ pointer }) => pointer)).to.deep.equal([
        "/0/user",
        "/1/id",
      ]);
    });
  });

  describe("GET /v1/events", () => {
    it("pages by cursor, newest receipt first, each event once", async () => {
      const ids = Array.from({ length: 5 }, (_, index) => `page-${index}`);
      for (const id of ids) await postEvents(server.url, anEvent({ id }));
      const seen: string[] = [];
      let path = "/v1/events?limit=2";
      while (seen.length < 6) {
        const page = await jsonOf(await get(path));
        seen.push(...(page["events"] as { id: string }[]).map(({ id }) => id));
        path = `/v1/events?limit=2&cursor=${encodeURIComponent(page["nextCursor"] as string)}`;
      }
      expect(new Set(seen).size).to.equal(6);
      expect([...seen.slice(0, 5)].sort()).to.deep.equal(ids);
    });

    it("is 404 for an id that nobody sent, or that cannot be", async () => {
      for (const path of ["/v1/events/none", "/v1/events/caf%C3%A9", "/v1/events/a%2Fb"]) {
        const response = await get(path);
        expect(response.status, path).to.equal(404);
        expect((await problemOf(response))["type"]).to.equal("/docs#not-found");
      }
    });
  });
});
