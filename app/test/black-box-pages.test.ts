/** Health, pages, and the headers of every answer, asked from outside. */
import { expect } from "chai";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { jsonOf, untilReady } from "./helpers/requests.ts";

const DATA_POLICY = "default-src 'none';frame-ancestors 'none'";
const PAGE_POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'";

describe("Black box: health and pages", function () {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
    await untilReady(server.url);
  });

  after(async () => {
    await server.dispose();
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.url + path, { headers });

  describe("Health", () => {
    it("/livez and /readyz are 200, and never kept", async () => {
      const live = await get("/livez");
      expect([live.status, await jsonOf(live)]).to.deep.equal([200, { status: "alive" }]);
      const ready = await get("/readyz");
      expect([ready.status, await jsonOf(ready)]).to.deep.equal([
        200,
        { status: "ready", reasons: [] },
      ]);
      expect(ready.headers.get("cache-control")).to.equal("no-store");
    });

    it("/status tells version, revision, commit, store and process", async () => {
      const other = await startServer({ env: { REVISION: "app-1", APP_COMMIT: "abc" } });
      const status = await jsonOf(await fetch(`${other.url}/status`));
      expect(status).to.include({
        service: "events-api",
        version: "0.1.0",
        revision: "app-1",
        commit: "abc",
        node: process.version,
        workersExpected: 1,
        workerRestarts: 0,
      });
      const [worker] = status["workers"] as Record<string, unknown>[];
      expect(worker).to.include({ worker: 0, pid: other.pid, draining: false });
      expect(worker?.["store"]).to.include({ kind: "sqlite", state: "ok", queueDepth: 0 });
      await other.dispose();
    });
  });

  describe("Pages", () => {
    it("name their files by the path that the platform gives, and files are under any version's", async () => {
      const other = await startServer({ env: { ASSETS_PATH: "/assets/1a2b3c4d5e6f/" } });
      const page = await (await fetch(`${other.url}/`)).text();
      const files = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
      expect(files).to.deep.equal([
        "/assets/1a2b3c4d5e6f/icon.svg",
        "/assets/1a2b3c4d5e6f/style.css",
        "/assets/1a2b3c4d5e6f/dashboard.js",
      ]);
      const own = await (await get("/assets/style.css")).text();
      for (const path of [...files, "/assets/000000000000/charts.js", "/assets/style.css"])
        expect((await fetch(other.url + path)).status, path).to.equal(200);
      expect(await (await fetch(`${other.url}/assets/old/style.css`)).text()).to.equal(own);
      expect((await fetch(`${other.url}/assets/old/other.css`)).status).to.equal(404);
      await other.dispose();
    });

    const pages: [string, string, string][] = [
      ["/", "text/html; charset=utf-8", PAGE_POLICY],
      ["/docs", "text/html; charset=utf-8", PAGE_POLICY],
      ["/openapi.json", "application/json; charset=utf-8", DATA_POLICY],
      ["/assets/dashboard.js", "text/javascript; charset=utf-8", DATA_POLICY],
      ["/assets/charts.js", "text/javascript; charset=utf-8", DATA_POLICY],
      ["/assets/style.css", "text/css; charset=utf-8", DATA_POLICY],
      ["/assets/icon.svg", "image/svg+xml", DATA_POLICY],
    ];
    for (const [path, type, policy] of pages) {
      it(`${path} is ${type}, and asked for again by its tag`, async () => {
        const response = await get(path);
        expect(response.status).to.equal(200);
        expect(response.headers.get("content-type")).to.equal(type);
        expect(response.headers.get("cache-control")).to.equal("no-cache");
        const allowed = response.headers.get("content-security-policy")?.replaceAll("; ", ";");
        expect(allowed).to.equal(policy);
        expect((await response.text()).length).to.be.above(100);
        const tag = response.headers.get("etag") ?? "";
        expect((await get(path, { "If-None-Match": tag })).status).to.equal(304);
      });
    }

    it("the HTML ones may not be framed, and tell no referrer", async () => {
      for (const path of ["/", "/docs"]) {
        const { headers } = await get(path);
        expect(headers.get("x-frame-options")).to.equal("DENY");
        expect(headers.get("referrer-policy")).to.equal("no-referrer");
        expect(headers.get("cross-origin-opener-policy")).to.equal("same-origin");
      }
    });
  });

  describe("Headers of every answer", () => {
    it("name the request and its trace, and forbid sniffing", async () => {
      for (const path of ["/v1/kpis", "/livez", "/", "/none"]) {
        const { headers } = await get(path);
        expect(headers.get("x-request-id"), path).to.match(/^[0-9a-f]{12}-[0-9a-z]+$/);
        expect(headers.get("traceparent"), path).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
        expect(headers.get("x-content-type-options"), path).to.equal("nosniff");
        expect(headers.get("content-security-policy"), path).to.be.a("string");
      }
    });

    it("take a request id that is harmless, and no other", async () => {
      const idFor = async (id: string): Promise<string | null> =>
        (await get("/livez", { "X-Request-Id": id })).headers.get("x-request-id");
      expect(await idFor("01J9ZC3V8QABCDEF")).to.equal("01J9ZC3V8QABCDEF");
      for (const id of ["short", "x".repeat(200), 'quote"quote"', "white space here"])
        expect(await idFor(id), id).to.match(/^[0-9a-f]{12}-[0-9a-z]+$/);
    });

    it("continue the trace of the caller or of the load balancer", async () => {
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
      const traceOf = async (headers: Record<string, string>): Promise<string> =>
        (await get("/livez", headers)).headers.get("traceparent") ?? "";
      expect(await traceOf({ Traceparent: `00-${traceId}-00f067aa0ba902b7-01` })).to.match(
        new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
      );
      const root =
        "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678";
      expect(await traceOf({ "X-Amzn-Trace-Id": root })).to.match(
        /^00-67891233abcdef012345678912345678-[0-9a-f]{16}-00$/,
      );
      expect(
        await traceOf({ Traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01` }),
      ).to.not.match(/^00-0{32}/);
    });

    it("ask for HTTPS from now on where the request came by HTTPS", async () => {
      const secure = await get("/", { "X-Forwarded-Proto": "https" });
      expect(secure.headers.get("strict-transport-security")).to.equal(
        "max-age=63072000; includeSubDomains",
      );
      expect((await get("/")).headers.get("strict-transport-security")).to.equal(null);
    });
  });
});
