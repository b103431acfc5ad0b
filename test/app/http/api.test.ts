import { expect } from "chai";
import { StoreBusyError, StoreUnavailableError } from "../../../app/src/events/service.ts";
import { ACTIVITY, KPIS } from "../helpers/memory-events.ts";
import type { TestServer } from "../helpers/server.ts";
import { anEvent, postEvents, startTestServer } from "../helpers/server.ts";

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

/** A problem without its request id, which is checked to be that of the header. */
async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get("content-type")).to.equal("application/problem+json");
  const { requestId, ...problem } = await bodyOf(response);
  expect(requestId).to.equal(response.headers.get("x-request-id"));
  return problem;
}

describe("API", () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer();
  });

  afterEach(async () => {
    await server.stop();
  });

  describe("POST /v1/events", () => {
    it("answers 202 with the result of one event", async () => {
      const response = await postEvents(server.url, anEvent());
      expect(response.status).to.equal(202);
      expect(await bodyOf(response)).to.deep.equal({
        accepted: 1,
        duplicate: 0,
        refused: 0,
        results: [{ index: 0, id: "e1", status: "accepted" }],
      });
    });

    it("has a result for each event of a batch, in their order", async () => {
      await postEvents(server.url, anEvent({ id: "known" }));
      const batch = [anEvent({ id: "a" }), anEvent({ id: "b", user: 7 }), anEvent({ id: "known" })];
      const response = await postEvents(server.url, batch);
      expect(response.status).to.equal(202);
      expect(await bodyOf(response)).to.deep.equal({
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
          { index: 2, id: "known", status: "duplicate" },
        ],
      });
    });

    it("is a problem when no event is accepted", async () => {
      const response = await postEvents(server.url, [anEvent({ user: 7 })]);
      expect(response.status).to.equal(400);
      expect(await problemOf(response)).to.deep.equal({
        type: "/docs#validation-failed",
        title: "The input was refused",
        status: 400,
        detail: "user must be a string.",
        errors: [{ code: "wrong-type", detail: "user must be a string.", pointer: "/0/user" }],
      });
      expect(server.events.stored.size).to.equal(0);
    });

    it("answers only after the commit", async () => {
      let commit = (): void => undefined;
      server.events.beforeCommit = () =>
        new Promise((resolve) => {
          commit = resolve;
        });
      let answered = false;
      const response = postEvents(server.url, anEvent()).then((result) => {
        answered = true;
        return result;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(answered).to.be.false;
      commit();
      expect((await response).status).to.equal(202);
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
      expect((await bodyOf(response))["accepted"]).to.equal(500);
    });

    it("is 503 with Retry-After when the queue is full", async () => {
      server.events.failure = new StoreBusyError("full", 3);
      const response = await postEvents(server.url, anEvent());
      expect(response.status).to.equal(503);
      expect(response.headers.get("retry-after")).to.equal("3");
      expect((await problemOf(response))["type"]).to.equal("/docs#overloaded");
    });

    it("is 503 with Retry-After when the store is down", async () => {
      server.events.failure = new StoreUnavailableError("no connection");
      const response = await postEvents(server.url, anEvent());
      expect(response.status).to.equal(503);
      expect(response.headers.get("retry-after")).to.equal("1");
      expect((await problemOf(response))["type"]).to.equal("/docs#store-unavailable");
    });
  });

  describe("GET /v1/events", () => {
    it("shows an event with times as RFC 3339", async () => {
      const time = new Date().toISOString();
      await postEvents(server.url, anEvent({ time, properties: { mobile: true } }));
      const expected = { ...anEvent({ time }), received: time, properties: { mobile: true } };
      expect(await bodyOf(await fetch(`${server.url}/v1/events/e1`))).to.deep.equal(expected);
      expect(await bodyOf(await fetch(`${server.url}/v1/events`))).to.deep.equal({
        events: [expected],
      });
    });

    it("pages by cursor", async () => {
      await postEvents(
        server.url,
        ["a", "b", "c"].map((id) => anEvent({ id })),
      );
      const ids: unknown[] = [];
      let cursor = "";
      do {
        const page = await bodyOf(await fetch(`${server.url}/v1/events?limit=2${cursor}`));
        ids.push(...(page["events"] as { id: string }[]).map(({ id }) => id));
        cursor = page["nextCursor"] === undefined ? "" : `&cursor=${page["nextCursor"] as string}`;
      } while (cursor !== "");
      expect(ids).to.deep.equal(["a", "b", "c"]);
    });

    it("is 404 for an id that nobody sent", async () => {
      const response = await fetch(`${server.url}/v1/events/none`);
      expect(response.status).to.equal(404);
      expect((await problemOf(response))["type"]).to.equal("/docs#not-found");
    });

    it("names every refused parameter", async () => {
      const response = await fetch(`${server.url}/v1/events?limit=0&page=2`);
      expect(response.status).to.equal(400);
      const { detail, errors } = await problemOf(response);
      expect(detail).to.equal("2 query parameters were refused; errors says why.");
      expect((errors as { parameter: string }[]).map(({ parameter }) => parameter)).to.have.members(
        ["limit", "page"],
      );
    });
  });

  describe("Reports", () => {
    it("are answered with an entity tag, and 304 while nothing changed", async () => {
      const first = await fetch(`${server.url}/v1/activity`);
      expect(first.status).to.equal(200);
      expect(first.headers.get("cache-control")).to.equal("private, no-cache");
      expect(await first.json()).to.deep.equal(ACTIVITY);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).to.match(/^"[A-Za-z0-9_-]{27}"$/);

      for (const condition of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const second = await fetch(`${server.url}/v1/activity`, {
          headers: { "If-None-Match": condition },
        });
        expect(second.status, condition).to.equal(304);
        expect(second.headers.get("etag")).to.equal(tag);
        expect(await second.text()).to.equal("");
      }
      const other = await fetch(`${server.url}/v1/activity`, {
        headers: { "If-None-Match": '"x"' },
      });
      expect(other.status).to.equal(200);
    });

    it("answer HEAD like GET, without the body", async () => {
      const response = await fetch(`${server.url}/v1/kpis`, { method: "HEAD" });
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-length")).to.equal(String(JSON.stringify(KPIS).length));
      expect(await response.text()).to.equal("");
    });

    it("are 503 while the store is down", async () => {
      server.events.failure = new StoreUnavailableError("no connection");
      for (const path of [
        "/v1/activity",
        "/v1/features",
        "/v1/kpis",
        "/v1/events",
        "/v1/events/e1",
      ]) {
        expect((await fetch(server.url + path)).status, path).to.equal(503);
      }
    });
  });

  describe("Errors", () => {
    it("of the server are told without what they say, which the log has", async () => {
      server.events.failure = new Error("secret detail");
      const response = await fetch(`${server.url}/v1/kpis`);
      expect(response.status).to.equal(500);
      const requestId = response.headers.get("x-request-id");
      expect(await problemOf(response)).to.deep.equal({
        type: "/docs#internal-error",
        title: "The server failed",
        status: 500,
        detail: "The request could not be processed; the log knows why.",
      });
      const line = server.logLines().find(({ type }) => type === "error");
      expect(line).to.include({ level: "error", message: "a request failed", requestId });
      expect((line?.["error"] as { message: string }).message).to.equal("secret detail");
    });

    const wrongMethods: [string, string, string][] = [
      ["DELETE", "/v1/events", "POST, GET, HEAD"],
      ["PUT", "/v1/events/e1", "GET, HEAD"],
      ["POST", "/v1/kpis", "GET, HEAD"],
      ["OPTIONS", "/livez", "GET, HEAD"],
    ];
    for (const [method, path, allow] of wrongMethods) {
      it(`${method} ${path} is 405 with Allow: ${allow}`, async () => {
        const response = await fetch(server.url + path, { method });
        expect(response.status).to.equal(405);
        expect(response.headers.get("allow")).to.equal(allow);
        expect((await problemOf(response))["type"]).to.equal("/docs#method-not-allowed");
      });
    }

    for (const path of ["/nothing", "/v1", "/v1/kpis/", "/assets/none.js", "/assets/constructor"]) {
      it(`${path} is 404`, async () => {
        const response = await fetch(server.url + path);
        expect(response.status).to.equal(404);
        expect((await problemOf(response))["type"]).to.equal("/docs#not-found");
      });
    }
  });
});
