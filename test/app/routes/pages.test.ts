import { expect } from "chai";
import { allRoutes } from "../../../app/src/routes/all.ts";
import type { AppDeps } from "../../../app/src/app.ts";
import { readConfig } from "../../../app/src/config.ts";
import { OPERATIONS } from "../../../app/src/openapi/operations.ts";
import { isTimeZone } from "../../../app/src/events/zone.ts";
import { PROBLEMS } from "../../../app/src/http/problem.ts";
import type { TestServer } from "../helpers/server.ts";
import { KEY_HASHES, startTestServer } from "../helpers/server.ts";

/** Pages for people and their files, which the description leaves out. */
const NOT_DESCRIBED = ["GET /", "GET /docs", "GET /assets/:name"];

describe("API description", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(async () => {
    await server.stop();
  });

  it("has every route of the service, and no other", () => {
    const config = readConfig({});
    const routes = allRoutes({ config } as AppDeps).map(({ method, path }) => `${method} ${path}`);
    const described = OPERATIONS.map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
    );
    expect(routes.filter((route) => !NOT_DESCRIBED.includes(route))).to.have.members(described);
  });

  it("names only schemas, headers and responses that it has", async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as object;
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references.length).to.be.above(50);
    for (const path of references) {
      const found = path
        .split("/")
        .reduce<unknown>(
          (at, name) => (at as Record<string, unknown> | undefined)?.[name],
          document,
        );
      expect(found, path).to.be.an("object");
    }
  });

  it("lists the time zones that are accepted, by their names of today too", async () => {
    const zones = OPERATIONS.flatMap(({ parameters }) => parameters).find(
      ({ name }) => name === "timeZone",
    )?.schema["enum"] as string[];
    expect(zones.filter((zone) => !isTimeZone(zone))).to.deep.equal([]);
    expect(zones.length).to.equal(new Set(zones).size);
    expect(zones).to.include.members([
      "UTC",
      "Europe/Berlin",
      "Europe/Kyiv",
      "Asia/Kolkata",
      "GMT",
    ]);
    const answer = await fetch(`${server.url}/v1/kpis?timeZone=Asia/Kolkata`);
    expect(answer.status).to.equal(200);
  });

  it("demands a key where the configuration does", async () => {
    interface Document {
      paths: Record<string, Record<string, { security: unknown[] }>>;
    }
    const open = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    expect(open.paths["/v1/kpis"]?.["get"]?.security).to.deep.equal([]);

    const secured = await startTestServer({ AUTH: "api-key", API_KEY_HASHES: KEY_HASHES });
    const closed = (await (await fetch(`${secured.url}/openapi.json`)).json()) as Document;
    expect(closed.paths["/v1/kpis"]?.["get"]?.security).to.deep.equal([
      { apiKey: [] },
      { bearer: [] },
    ]);
    expect(closed.paths["/livez"]?.["get"]?.security).to.deep.equal([]);
    await secured.stop();
  });
});

describe("Pages", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(async () => {
    await server.stop();
  });

  for (const path of ["/", "/docs"]) {
    it(`${path} loads nothing but its own files, which exist, and has nothing inline`, async () => {
      const response = await fetch(server.url + path);
      const html = await response.text();

      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal("text/html; charset=utf-8");
      expect(response.headers.get("content-security-policy")).to.equal(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(html).to.not.match(/<style|<script>| style=| on\w+=/);
      const links = [...html.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link = ""]) => link);
      expect(links.length).to.be.above(2);
      for (const link of links) {
        expect(link).to.match(/^\//);
        expect((await fetch(server.url + link)).status, link).to.equal(200);
      }
    });
  }

  it("describe every endpoint and every problem at its anchor", async () => {
    const html = await (await fetch(`${server.url}/docs`)).text();
    for (const { operationId } of OPERATIONS) expect(html).to.include(`id="${operationId}"`);
    for (const kind of Object.keys(PROBLEMS)) expect(html).to.include(`<tr id="${kind}">`);
    const anchors = [...html.matchAll(/href="#([^"]+)"/g)].map(([, anchor = ""]) => anchor);
    for (const anchor of anchors) expect(html, anchor).to.include(`id="${anchor}"`);
  });

  const files: [string, string][] = [
    ["dashboard.js", "text/javascript; charset=utf-8"],
    ["charts.js", "text/javascript; charset=utf-8"],
    ["style.css", "text/css; charset=utf-8"],
    ["icon.svg", "image/svg+xml"],
  ];
  for (const [name, type] of files) {
    it(`${name} is ${type}, and asked for again by its tag`, async () => {
      const response = await fetch(`${server.url}/assets/${name}`);
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal(type);
      expect(response.headers.get("cache-control")).to.equal("no-cache");
      const tag = response.headers.get("etag") ?? "";
      const again = await fetch(`${server.url}/assets/${name}`, {
        headers: { "If-None-Match": tag },
      });
      expect(again.status).to.equal(304);
    });
  }

  it("ask browsers for HTTPS from now on when they came by HTTPS", async () => {
    const plain = await fetch(server.url);
    const secure = await fetch(server.url, { headers: { "X-Forwarded-Proto": "https" } });
    expect(plain.headers.get("strict-transport-security")).to.equal(null);
    expect(secure.headers.get("strict-transport-security")).to.equal(
      "max-age=63072000; includeSubDomains",
    );
  });
});
