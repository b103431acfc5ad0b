/** Reports and query parameters, asked from outside. */
import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { anEvent, jsonOf, postEvents, problemOf } from "./helpers/requests.ts";

const DAY_MS = 86_400_000;
/** More than the tests take: they begin on the day on which they end. */
const BEFORE_MIDNIGHT_MS = 60_000;

describe("Black box: reports", function () {
  let server: ServerProcess;
  let today: string;

  before(async () => {
    const left = DAY_MS - (Date.now() % DAY_MS);
    if (left < BEFORE_MIDNIGHT_MS) await sleep(left);
    today = new Date().toISOString().slice(0, 10);
    server = await startServer();
  });

  after(async () => {
    await server.dispose();
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.url + path, { headers });

  const queries: [string, string, string][] = [
    ["/v1/events?limit=0", "limit", "out-of-range"],
    ["/v1/events?limit=501", "limit", "out-of-range"],
    ["/v1/events?limit=x", "limit", "out-of-range"],
    ["/v1/events?limit=1&limit=2", "limit", "repeated"],
    ["/v1/events?page=2", "page", "unknown-parameter"],
    ["/v1/events?cursor=", "cursor", "malformed"],
    ["/v1/events?cursor=nobodys", "cursor", "malformed"],
    ["/v1/activity?from=2026-02-30", "from", "malformed"],
    ["/v1/activity?to=tomorrow", "to", "malformed"],
    ["/v1/activity?from=1999-12-31&to=2000-01-01", "from", "out-of-range"],
    ["/v1/activity?from=2026-11-02&to=2026-11-01", "from", "out-of-range"],
    ["/v1/activity?from=2026-01-01&to=2026-11-01", "from", "out-of-range"],
    ["/v1/features?limit=-1", "limit", "out-of-range"],
    ["/v1/kpis?date=2101-01-01", "date", "out-of-range"],
    ["/v1/kpis?from=2026-01-01", "from", "unknown-parameter"],
  ];
  for (const [path, parameter, code] of queries) {
    it(`${path} is 400: ${parameter} is ${code}`, async () => {
      const response = await get(path);
      expect(response.status).to.equal(400);
      const { type, detail, errors } = await problemOf(response);
      expect(type).to.equal("/docs#validation-failed");
      expect(errors).to.deep.equal([{ code, parameter, detail }]);
    });
  }

  it("names all refused parameters at once", async () => {
    const { detail, errors } = await problemOf(await get("/v1/events?limit=0&page=2"));
    expect(detail).to.equal("2 query parameters were refused; errors says why.");
    expect((errors as { parameter: string }[]).map(({ parameter }) => parameter)).to.have.members([
      "limit",
      "page",
    ]);
  });

  describe("Reports", () => {
    it("count what was accepted: 7 events of 3 users, 2 of them errors", async () => {
      const other = await startServer();
      try {
        const at = (id: string, user: string, feature: string, name = "opened") =>
          anEvent({ id, user, feature, name });
        await postEvents(other.url, [
          at("1", "ann", "search"),
          at("2", "ann", "search"),
          at("3", "bob", "search", "error"),
          at("4", "bob", "export", "error.timeout"),
          at("5", "bob", "export"),
          at("6", "cem", "export"),
          at("7", "cem", "export", "errors"),
          at("7", "cem", "export"),
        ]);
        const report = async (path: string): Promise<Record<string, unknown>> =>
          jsonOf(await fetch(other.url + path));

        const activity = await report(`/v1/activity?from=${today}&to=${today}`);
        expect(activity).to.include({ from: today, to: today });
        expect(activity["totals"]).to.include({ events: 7, activeUsers: 3, errors: 2 });
        expect(activity["points"]).to.have.length(1);
        const [point] = activity["points"] as Record<string, unknown>[];
        expect(point).to.include({ start: `${today}T00:00:00Z`, events: 7, activeUsers: 3 });

        const features = await report(`/v1/features?from=${today}&to=${today}&limit=1`);
        expect(features).to.include({ from: today, to: today, count: 2 });
        expect(features["totals"]).to.deep.equal({ events: 7, activeUsers: 3 });
        expect(features["features"]).to.have.length(1);
        const [most] = features["features"] as Record<string, unknown>[];
        expect(most).to.include({ feature: "export", events: 4, activeUsers: 2, trend: null });

        const kpis = await report("/v1/kpis");
        expect(kpis).to.deep.include({
          date: today,
          dailyActiveUsers: { users: 3, previous: 0 },
          weeklyActiveUsers: { users: 3, previous: 0 },
          monthlyActiveUsers: { users: 3, previous: 0 },
          stickiness: 1,
          monthlyEvents: 7,
          monthlyErrors: 2,
        });
        expect(kpis["errorShare"]).to.be.closeTo(2 / 7, 1e-4);
        expect(
          (kpis["adoption"] as { feature: string }[]).map(({ feature }) => feature),
        ).to.have.members(["search", "export"]);
      } finally {
        await other.dispose();
      }
    });

    it("cover 30 days without parameters, and KPIs today", async () => {
      const activity = await jsonOf(await get("/v1/activity"));
      expect(activity["points"]).to.have.length(30);
      expect(activity["to"]).to.equal(today);
      expect((await jsonOf(await get("/v1/kpis")))["date"]).to.equal(today);
      const features = await jsonOf(await get("/v1/features"));
      expect(
        Date.parse(features["to"] as string) - Date.parse(features["from"] as string),
      ).to.equal(29 * DAY_MS);
    });

    for (const path of ["/v1/activity", "/v1/features", "/v1/kpis"]) {
      it(`${path} has an entity tag, and is 304 while nothing changed`, async () => {
        const first = await get(path);
        expect(first.status).to.equal(200);
        expect(first.headers.get("content-type")).to.equal("application/json; charset=utf-8");
        expect(first.headers.get("cache-control")).to.equal("private, no-cache");
        const tag = first.headers.get("etag") ?? "";
        expect(tag).to.match(/^"[A-Za-z0-9_-]{27}"$/);
        for (const condition of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
          const second = await get(path, { "If-None-Match": condition });
          expect(second.status, condition).to.equal(304);
          expect(second.headers.get("etag")).to.equal(tag);
          expect(await second.text()).to.equal("");
        }
        expect((await get(path, { "If-None-Match": '"other"' })).status).to.equal(200);
      });
    }

    it("answer HEAD like GET, without the body", async () => {
      const whole = await get("/v1/kpis");
      const { length } = Buffer.from(await whole.text());
      const head = await fetch(`${server.url}/v1/kpis`, { method: "HEAD" });
      expect(head.status).to.equal(200);
      expect(head.headers.get("content-length")).to.equal(String(length));
      expect(head.headers.get("etag")).to.equal(whole.headers.get("etag"));
      expect(await head.text()).to.equal("");
    });
  });
});
