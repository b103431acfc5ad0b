import { expect } from "chai";
import fc from "fast-check";
import { entityTag, matches, TagMemory } from "../../../app/src/http/etag.ts";
import {
  HttpProblem,
  problemBody,
  PROBLEMS,
  rawProblemResponse,
} from "../../../app/src/http/problem.ts";
import { parseTarget } from "../../../app/src/http/request-target.ts";
import { Router } from "../../../app/src/http/router.ts";
import type { Route } from "../../../app/src/http/context.ts";
import { InFlight } from "../../../app/src/http/in-flight.ts";

describe("parseTarget", () => {
  const good: [string, string, string][] = [
    ["/", "/", ""],
    ["/v1/kpis?date=2026-11-22", "/v1/kpis", "date=2026-11-22"],
    ["/a?b?c", "/a", "b?c"],
    ["/a?", "/a", ""],
    ["/caf%C3%A9", "/caf%C3%A9", ""],
    ["http://a.example:80/b?c", "/b", "c"],
    ["HTTPS://a.example", "/", ""],
    ["http://a.example?c", "/", "c"],
  ];
  for (const [target, path, query] of good) {
    it(`splits ${target}`, () => {
      expect(parseTarget(target)).to.deep.equal({ path, query });
    });
  }

  it("either throws a problem or gives a path that decodes, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath(), fc.webUrl()), (target) => {
        try {
          const { path } = parseTarget(target);
          expect(path.startsWith("/")).to.be.true;
          expect(decodeURIComponent(path)).to.not.include("\0");
        } catch (error) {
          expect(error).to.be.instanceOf(HttpProblem);
          expect((error as HttpProblem).status).to.be.oneOf([400, 414]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("Entity tags", () => {
  it("are equal for equal bodies and differ for others", () => {
    expect(entityTag("a")).to.equal('"ypeBEsobvcr6wjGzmiPcTaeG7_g"');
    expect(entityTag("b")).to.not.equal(entityTag("a"));
  });

  const tag = '"x"';
  const conditions: [string | undefined, boolean][] = [
    [undefined, false],
    ['"x"', true],
    ['W/"x"', true],
    ['"y", "x"', true],
    ["*", true],
    ['"y"', false],
    ["x", false],
    ["", false],
  ];
  for (const [condition, expected] of conditions) {
    it(`${expected ? "match" : "do not match"} If-None-Match: ${condition ?? "(absent)"}`, () => {
      expect(matches(condition, tag)).to.equal(expected);
    });
  }

  it("are remembered by address, and right when the body has changed", () => {
    const memory = new TagMemory();
    for (let address = 0; address < 200; address += 1) {
      expect(memory.tag(`/${address}`, "a")).to.equal(entityTag("a"));
      expect(memory.tag("/", String(address))).to.equal(entityTag(String(address)));
      expect(memory.tag("/", String(address))).to.equal(entityTag(String(address)));
    }
  });
});

describe("Router", () => {
  const route = (method: Route["method"], path: string): Route => ({
    method,
    path,
    access: "open",
    handle: () => undefined,
  });
  const router = new Router([
    route("GET", "/a"),
    route("POST", "/a"),
    route("GET", "/a/:id"),
    route("GET", "/a/fixed"),
  ]);

  it("finds fixed paths before parameters, and decodes parameters", () => {
    expect(router.match("GET", "/a/fixed").route.label).to.equal("GET /a/fixed");
    const { route: found, params } = router.match("GET", "/a/caf%C3%A9%2Fb");
    expect(found.label).to.equal("GET /a/:id");
    expect(params).to.deep.equal({ id: "café/b" });
  });

  it("answers HEAD by GET", () => {
    expect(router.match("HEAD", "/a").route.label).to.equal("GET /a");
  });

  for (const [method, path, kind, allow] of [
    ["DELETE", "/a", "method-not-allowed", "GET, HEAD, POST"],
    ["POST", "/a/b", "method-not-allowed", "GET, HEAD"],
    ["TRACE", "/a", "method-not-allowed", "GET, HEAD, POST"],
    ["GET", "/b", "not-found", undefined],
    ["GET", "/a/fixed/", "not-found", undefined],
    ["GET", "/A", "not-found", undefined],
  ] as const) {
    it(`${method} ${path} is ${kind}`, () => {
      try {
        router.match(method, path);
        expect.fail("found");
      } catch (error) {
        expect(error).to.be.instanceOf(HttpProblem);
        expect((error as HttpProblem).kind).to.equal(kind);
        expect((error as HttpProblem).headers["Allow"]).to.equal(allow);
      }
    });
  }
});

describe("Problems", () => {
  it("have a type, title, status, detail and request id", () => {
    const problem = new HttpProblem("rate-limited", "Too many.");
    expect(JSON.parse(problemBody(problem, "r-1"))).to.deep.equal({
      type: "/docs#rate-limited",
      title: "Too many requests",
      status: 429,
      detail: "Too many.",
      requestId: "r-1",
    });
  });

  it("can be sent without a request", () => {
    const [head = "", body = ""] = rawProblemResponse(
      new HttpProblem("bad-request", "Ünfug."),
      "r",
    ).split("\r\n\r\n");
    expect(head.split("\r\n")).to.deep.equal([
      "HTTP/1.1 400 Bad Request",
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "X-Request-Id: r",
      "Cache-Control: no-store",
      "Connection: close",
    ]);
  });

  it("have a title of their own", () => {
    const titles = Object.values(PROBLEMS).map(({ title }) => title);
    expect(new Set(titles).size).to.equal(titles.length);
  });
});

describe("InFlight", () => {
  it("counts requests, their peak and the bytes of their bodies", () => {
    const inFlight = new InFlight(100);
    inFlight.enter();
    inFlight.enter();
    inFlight.leave();
    expect(inFlight.requests).to.equal(1);
    expect(inFlight.takePeak()).to.equal(2);
    expect(inFlight.takePeak()).to.equal(1);
    expect(inFlight.holdBody(60)).to.be.true;
    expect(inFlight.holdBody(60)).to.be.false;
    inFlight.releaseBody(120);
    expect(inFlight.bodyBytes).to.equal(0);
  });
});
