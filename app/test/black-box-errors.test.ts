/** How the service refuses, asked from outside. */
import { expect } from "chai";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { anEvent, KEY, KEY_HASHES, postEvents, problemOf } from "./helpers/requests.ts";

describe("Black box: errors", function () {
  let server: ServerProcess;

  before(async () => {
    server = await startServer({ env: { BODY_LIMIT_BYTES: "2000" } });
  });

  after(async () => {
    await server.dispose();
  });

  const wrongMethods: [string, string, string][] = [
    ["DELETE", "/v1/events", "GET, HEAD, POST"],
    ["PUT", "/v1/events/e1", "GET, HEAD"],
    ["POST", "/v1/kpis", "GET, HEAD"],
    ["OPTIONS", "/livez", "GET, HEAD"],
    ["PROPFIND", "/livez", "GET, HEAD"],
  ];
  for (const [method, path, allow] of wrongMethods) {
    it(`${method} ${path} is 405 with Allow: ${allow}`, async () => {
      const response = await fetch(server.url + path, { method });
      expect(response.status).to.equal(405);
      const allowed = (response.headers.get("allow") ?? "").split(", ").sort().join(", ");
      expect(allowed).to.equal(allow);
      expect((await problemOf(response))["type"]).to.equal("/docs#method-not-allowed");
    });
  }

  for (const path of [
    "/nothing",
    "/v1",
    "/v1/kpis/",
    "/V1/kpis",
    "/assets/none.js",
    "/assets/constructor",
    "/assets/..%2f..%2fpackage.json",
  ]) {
    it(`${path} is 404`, async () => {
      const response = await fetch(server.url + path);
      expect(response.status).to.equal(404);
      expect(response.headers.get("cache-control")).to.equal("no-store");
      expect(await problemOf(response)).to.include({
        type: "/docs#not-found",
        title: "There is no such resource",
        status: 404,
      });
    });
  }

  const bodies: [
    string,
    Record<string, string>,
    string | Uint8Array<ArrayBuffer>,
    number,
    string,
  ][] = [
    ["no Content-Type", { "Content-Type": "" }, "{}", 415, "unsupported-media-type"],
    [
      "a form",
      { "Content-Type": "application/x-www-form-urlencoded" },
      "a=b",
      415,
      "unsupported-media-type",
    ],
    [
      "another charset",
      { "Content-Type": "application/json; charset=utf-16" },
      "{}",
      415,
      "unsupported-media-type",
    ],
    ["a compressed body", { "Content-Encoding": "gzip" }, "{}", 415, "unsupported-media-type"],
    ["no body", {}, "", 400, "bad-request"],
    ["a body that is no JSON", {}, "{", 400, "bad-request"],
    ["a body that is not UTF-8", {}, new Uint8Array([34, 255, 34]), 400, "bad-request"],
    ["JSON of 1,900 brackets", {}, "[".repeat(1900), 400, "bad-request"],
    ["an object with __proto__", {}, '{"__proto__":{"id":1}}', 400, "validation-failed"],
    ["a body above the limit", {}, `"${"x".repeat(2000)}"`, 413, "content-too-large"],
  ];
  for (const [what, headers, body, status, kind] of bodies) {
    it(`${what} is ${status} ${kind}`, async () => {
      const response = await fetch(`${server.url}/v1/events`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body,
      });
      expect(response.status).to.equal(status);
      expect(await problemOf(response)).to.include({ type: `/docs#${kind}`, status });
      if (status === 415) expect(response.headers.get("accept")).to.equal("application/json");
    });
  }

  it("a chunked body above the limit is 413", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(1500));
        controller.close();
      },
    }).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          controller.enqueue(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    const headers = { "Content-Type": "application/json" };
    const init = { method: "POST", headers, body, duplex: "half" } as const;
    const response = await fetch(`${server.url}/v1/events`, init);
    expect(response.status).to.equal(413);
    expect((await problemOf(response))["type"]).to.equal("/docs#content-too-large");
  });
});

describe("Black box: API keys", function () {
  let server: ServerProcess;
  const path = "/v1/kpis";

  before(async () => {
    server = await startServer({ env: { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES } });
  });

  after(async () => {
    await server.dispose();
  });

  it("are taken from X-Api-Key and from Authorization: Bearer", async () => {
    for (const headers of [
      { "X-Api-Key": KEY },
      { Authorization: `Bearer ${KEY}` },
      { Authorization: `bearer   ${KEY}` },
    ])
      expect((await fetch(server.url + path, { headers })).status).to.equal(200);
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
      const response = await fetch(server.url + path, { headers });
      expect(response.status).to.equal(401);
      expect(response.headers.get("www-authenticate")).to.equal('Bearer realm="events-api"');
      expect((await problemOf(response))["type"]).to.equal("/docs#unauthorized");
    });
  }

  it("are demanded from every resource of the API, and not from health checks and pages", async () => {
    for (const one of ["/v1/events", "/v1/events/e1", "/v1/activity", "/v1/features", path])
      expect((await fetch(server.url + one)).status, one).to.equal(401);
    expect((await postEvents(server.url, anEvent())).status).to.equal(401);
    for (const one of ["/livez", "/readyz", "/status", "/", "/docs", "/openapi.json"])
      expect((await fetch(server.url + one)).status, one).to.equal(200);
  });

  it("bring a rate limit of 6,000 a minute, told in every answer", async () => {
    const { headers } = await fetch(server.url + path, { headers: { "X-Api-Key": KEY } });
    expect(headers.get("ratelimit-policy")).to.equal('"minute";q=6000;w=60');
    expect(headers.get("ratelimit")).to.match(/^"minute";r=\d+;t=\d+$/);
  });

  it("are described where they are demanded", async () => {
    interface Document {
      paths: Record<string, Record<string, { security: unknown[] }>>;
    }
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const keys = [{ apiKey: [] }, { bearer: [] }];
    expect(document.paths[path]?.["get"]?.security).to.deep.equal(keys);
    expect(document.paths["/livez"]?.["get"]?.security).to.deep.equal([]);
  });
});

describe("Black box: rate limit", function () {
  it("is told in every answer, and 429 with Retry-After beyond it", async () => {
    const server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: "2" } });
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await fetch(`${server.url}/v1/kpis`));
    const [first, , third] = answers as [Response, Response, Response];

    expect(first.status).to.equal(200);
    expect(first.headers.get("ratelimit-policy")).to.equal('"minute";q=2;w=60');
    expect(first.headers.get("ratelimit")).to.equal('"minute";r=1;t=30');
    expect(third.status).to.equal(429);
    expect(Number(third.headers.get("retry-after"))).to.be.within(10, 30);
    expect((await problemOf(third))["type"]).to.equal("/docs#rate-limited");
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
    await server.dispose();
  });

  it("counts by key, and wrong keys by address, of which the load balancer's word counts", async () => {
    const env = { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES, RATE_LIMIT_PER_MINUTE: "1" };
    const server = await startServer({ env });
    const status = async (key: string, address: string): Promise<number> => {
      const headers = { "X-Api-Key": key, "X-Forwarded-For": address };
      return (await fetch(`${server.url}/v1/kpis`, { headers })).status;
    };
    expect(await status("wrong", "192.0.2.1")).to.equal(401);
    expect(await status("other", "192.0.2.1")).to.equal(429);
    expect(await status("other", "192.0.2.1, 192.0.2.2")).to.equal(401);
    expect(await status("other", "192.0.2.7, 192.0.2.2")).to.equal(429);
    expect(await status(KEY, "192.0.2.1")).to.equal(200);
    expect(await status(KEY, "192.0.2.3")).to.equal(429);
    await server.dispose();
  });
});
