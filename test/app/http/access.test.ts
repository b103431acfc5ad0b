import { expect } from "chai";
import { authenticate, presentedKey } from "../../../app/src/http/auth.ts";
import { clientAddress } from "../../../app/src/http/client-address.ts";
import { RateLimiter } from "../../../app/src/http/rate-limit.ts";
import type { TestServer } from "../helpers/server.ts";
import { KEY, KEY_HASHES, startTestServer } from "../helpers/server.ts";

describe("API keys", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ AUTH: "api-key", API_KEY_HASHES: KEY_HASHES });
  });

  after(async () => {
    await server.stop();
  });

  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(server.url + path, { headers })).status;

  it("are taken from X-Api-Key and from Authorization: Bearer", async () => {
    expect(await status("/v1/kpis", { "X-Api-Key": KEY })).to.equal(200);
    expect(await status("/v1/kpis", { Authorization: `Bearer ${KEY}` })).to.equal(200);
    expect(await status("/v1/kpis", { Authorization: `bearer   ${KEY}` })).to.equal(200);
  });

  const wrong: Record<string, string>[] = [
    {},
    { "X-Api-Key": "" },
    { "X-Api-Key": `${KEY}x` },
    { "X-Api-Key": KEY.slice(1) },
    { "X-Api-Key": "x".repeat(600) },
    { Authorization: `Basic ${KEY}` },
    { Authorization: KEY },
  ];
  for (const headers of wrong) {
    it(`refuse ${JSON.stringify(headers).slice(0, 60)}`, async () => {
      const response = await fetch(`${server.url}/v1/kpis`, { headers });
      expect(response.status).to.equal(401);
      expect(response.headers.get("www-authenticate")).to.equal('Bearer realm="events-api"');
      const { type } = (await response.json()) as { type: string };
      expect(type).to.equal("/docs#unauthorized");
    });
  }

  it("are demanded from every resource of the API, and not from health checks and pages", async () => {
    for (const path of [
      "/v1/events",
      "/v1/events/e1",
      "/v1/activity",
      "/v1/features",
      "/v1/kpis",
    ]) {
      expect(await status(path), path).to.equal(401);
    }
    for (const path of ["/livez", "/readyz", "/status", "/", "/docs", "/openapi.json"]) {
      expect(await status(path), path).to.equal(200);
    }
  });

  it("name the client in the access log, and never show there", async () => {
    await status("/v1/kpis?timeZone=UTC", { "X-Api-Key": KEY });
    const lines = server.logLines();
    expect(lines.at(-1)).to.include({ client: "reader", path: "/v1/kpis", status: 200 });
    expect(JSON.stringify(lines)).to.not.include(KEY);
  });

  it("are found wherever they stand among the keys", () => {
    const { apiKeys } = {
      apiKeys: ["one", "two", "three"].map((name) => ({ name, sha256: Buffer.alloc(32, name) })),
    };
    expect(authenticate("nobody's", apiKeys)).to.equal(undefined);
    expect(presentedKey({ "x-api-key": "a", authorization: "Bearer b" })).to.equal("a");
  });
});

describe("RateLimiter", () => {
  it("gives the quota of a minute at once, then one for every share of it", () => {
    const limiter = new RateLimiter(3);
    const decisions = [1000, 1000, 1000, 1000].map((now) => limiter.take("a", now));
    expect(decisions).to.deep.equal([
      { allowed: true, remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 },
      { allowed: true, remaining: 1, resetSeconds: 40, retryAfterSeconds: 0 },
      { allowed: true, remaining: 0, resetSeconds: 60, retryAfterSeconds: 0 },
      { allowed: false, remaining: 0, resetSeconds: 60, retryAfterSeconds: 20 },
    ]);
    expect(limiter.take("a", 20_999).allowed).to.be.false;
    expect(limiter.take("a", 21_000).allowed).to.be.true;
    expect(limiter.take("a", 21_000).allowed).to.be.false;
  });

  it("is not a second off on a clock with fractions", () => {
    for (let now = 0.1; now < 1e7; now += 12_345.678_9)
      expect(new RateLimiter(2).take("a", now).resetSeconds).to.equal(30);
  });

  it("does not count refused requests", () => {
    const limiter = new RateLimiter(1);
    limiter.take("a", 0);
    for (let now = 0; now < 60_000; now += 1000) expect(limiter.take("a", now).allowed).to.be.false;
    expect(limiter.take("a", 60_000).allowed).to.be.true;
  });

  it("counts each client for itself", () => {
    const limiter = new RateLimiter(1);
    expect(limiter.take("a", 0).allowed).to.be.true;
    expect(limiter.take("b", 0).allowed).to.be.true;
    expect(limiter.take("a", 0).allowed).to.be.false;
  });

  it("remembers no more clients than it may", () => {
    const limiter = new RateLimiter(10, 100);
    for (let client = 0; client < 1000; client += 1) limiter.take(`client ${client}`, client);
    expect(limiter.clients).to.equal(100);
  });
});

describe("Rate limit", () => {
  it("is told in every answer, and 429 with Retry-After beyond it", async () => {
    const server = await startTestServer({ RATE_LIMIT_PER_MINUTE: "2" });
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await fetch(`${server.url}/v1/kpis`));
    const [first, , third] = answers;

    expect(first?.status).to.equal(200);
    expect(first?.headers.get("ratelimit-policy")).to.equal('"minute";q=2;w=60');
    expect(first?.headers.get("ratelimit")).to.equal('"minute";r=1;t=30');
    expect(third?.status).to.equal(429);
    expect(Number(third?.headers.get("retry-after"))).to.be.within(29, 30);
    expect(((await third?.json()) as { type: string }).type).to.equal("/docs#rate-limited");
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
    await server.stop();
  });

  it("counts by key, and wrong keys by address", async () => {
    const env = { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES, RATE_LIMIT_PER_MINUTE: "1" };
    const server = await startTestServer(env);
    const status = async (key: string, address: string): Promise<number> => {
      const headers = { "X-Api-Key": key, "X-Forwarded-For": address };
      return (await fetch(`${server.url}/v1/kpis`, { headers })).status;
    };

    expect(await status("wrong", "192.0.2.1")).to.equal(401);
    expect(await status("other", "192.0.2.1")).to.equal(429);
    expect(await status("other", "192.0.2.2")).to.equal(401);
    expect(await status(KEY, "192.0.2.1")).to.equal(200);
    expect(await status(KEY, "192.0.2.3")).to.equal(429);
    await server.stop();
  });
});

describe("clientAddress", () => {
  const cases: [string | undefined, string | undefined, string][] = [
    [undefined, "192.0.2.9", "192.0.2.9"],
    [undefined, "::ffff:192.0.2.9", "192.0.2.9"],
    [undefined, undefined, "unknown"],
    ["192.0.2.1", "10.0.0.1", "192.0.2.1"],
    ["203.0.113.66, 192.0.2.1", "10.0.0.1", "192.0.2.1"],
    ["192.0.2.1,2001:db8::1", "10.0.0.1", "2001:db8::1"],
    ["", "10.0.0.1", "10.0.0.1"],
    ["x".repeat(100), "10.0.0.1", "10.0.0.1"],
  ];
  for (const [header, peer, expected] of cases) {
    it(`of X-Forwarded-For ${header?.slice(0, 40) ?? "absent"} from ${peer ?? "nobody"} is ${expected}`, () => {
      expect(clientAddress(header, peer)).to.equal(expected);
    });
  }
});
