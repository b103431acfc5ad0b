/** What Koa's documentation says of an application, asked of this one: https://github.com/koajs/koa/tree/master/docs/api */
import { expect } from "chai";
import type Koa from "koa";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { Context, Middleware } from "../src/state.ts";
import { createTestApp } from "./helpers/server.ts";

const compress = createRequire(import.meta.url)("koa-compress") as (options: {
  threshold: number;
}) => Koa.Middleware;

interface Answered {
  readonly response: Response;
  readonly text: string;
  readonly errors: unknown[];
  readonly logLines: Record<string, unknown>[];
}

/** Answers one request by the application with a middleware of a user's at its end, and some at its top. */
async function ask(
  middleware: Middleware,
  request: RequestInit & { path?: string } = {},
  top: Koa.Middleware[] = [],
  errors: unknown[] = [],
): Promise<Answered> {
  const { app, logLines, stop } = createTestApp();
  app.use(middleware);
  app.middleware.unshift(...(top as Middleware[]));
  app.on("error", (error) => errors.push(error));
  const handle = app.callback();
  const server = createServer((req, res) => void handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { path = "/mine", ...init } = request;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: "manual",
      ...init,
    });
    return { response, text: await response.text(), errors, logLines: logLines() };
  } finally {
    stop();
    server.close();
  }
}

describe("The application as a Koa application", () => {
  const bodies: [string, Middleware, number, string | null, string][] = [
    ["a string", (ctx) => void (ctx.body = "hello"), 200, "text/plain; charset=utf-8", "hello"],
    ["HTML", (ctx) => void (ctx.body = "<p>hi</p>"), 200, "text/html; charset=utf-8", "<p>hi</p>"],
    [
      "a Buffer",
      (ctx) => void (ctx.body = Buffer.from("bytes")),
      200,
      "application/octet-stream",
      "bytes",
    ],
    [
      "a stream",
      (ctx) => void (ctx.body = Readable.from([Buffer.from("a"), Buffer.from("b")])),
      200,
      "application/octet-stream",
      "ab",
    ],
    [
      "an object",
      (ctx) => void (ctx.body = { a: 1 }),
      200,
      "application/json; charset=utf-8",
      '{"a":1}',
    ],
    ["an array", (ctx) => void (ctx.body = [1]), 200, "application/json; charset=utf-8", "[1]"],
    ["null", (ctx) => void (ctx.body = null), 204, null, ""],
    [
      "a Blob",
      (ctx) => void (ctx.body = new Blob(["blob"])),
      200,
      "application/octet-stream",
      "blob",
    ],
  ];
  for (const [what, middleware, status, type, expected] of bodies) {
    it(`answers ${what} as body: ${status}, ${String(type)}`, async () => {
      const { response, text, errors } = await ask(middleware);
      expect([response.status, response.headers.get("content-type"), text]).to.deep.equal([
        status,
        type,
        expected,
      ]);
      expect(errors).to.deep.equal([]);
    });
  }

  it("keeps a status set before or after the body, and a type of one's own", async () => {
    const before = await ask((ctx) => {
      ctx.status = 201;
      ctx.body = "x";
    });
    const after = await ask((ctx) => {
      ctx.body = "x";
      ctx.type = "text/csv";
      ctx.status = 202;
    });
    expect([before.response.status, before.text]).to.deep.equal([201, "x"]);
    expect([after.response.status, after.response.headers.get("content-type")]).to.deep.equal([
      202,
      "text/csv; charset=utf-8",
    ]);
  });

  it("answers a status without a body with its reason, and 404 with a body as it is", async () => {
    const reason = await ask((ctx) => void (ctx.status = 418));
    const own = await ask((ctx) => {
      ctx.status = 404;
      ctx.body = "not here";
    });
    expect([reason.response.status, reason.text]).to.deep.equal([418, "I'm a Teapot"]);
    expect([own.response.status, own.text]).to.deep.equal([404, "not here"]);
  });

  it("redirects", async () => {
    const { response, text } = await ask((ctx) => {
      ctx.redirect("/elsewhere");
    });
    expect(response.status).to.equal(302);
    expect(response.headers.get("location")).to.equal("/elsewhere");
    expect(text).to.include("/elsewhere");
  });

  const thrown: [string, Middleware, number, string, string][] = [
    ["ctx.throw(403, ...)", (ctx) => ctx.throw(403, "not yours"), 403, "Forbidden", "not yours"],
    ["ctx.throw(403)", (ctx) => ctx.throw(403), 403, "Forbidden", "Forbidden"],
    [
      "ctx.assert",
      (ctx: Context) => {
        ctx.assert(false, 409, "taken");
      },
      409,
      "Conflict",
      "taken",
    ],
  ];
  for (const [what, middleware, status, title, detail] of thrown) {
    it(`answers ${what} as a problem, and emits no error`, async () => {
      const { response, text, errors } = await ask(middleware);
      expect(response.status).to.equal(status);
      expect(response.headers.get("content-type")).to.equal("application/problem+json");
      const { requestId, ...problem } = JSON.parse(text) as Record<string, unknown>;
      expect(requestId).to.equal(response.headers.get("x-request-id"));
      expect(problem).to.deep.equal({ type: "about:blank", title, status, detail });
      expect(errors).to.deep.equal([]);
    });
  }

  it("sends the headers that an error brings", async () => {
    const { response } = await ask((ctx) =>
      ctx.throw(401, "who?", { headers: { "X-Why": "key" } }),
    );
    expect(response.headers.get("x-why")).to.equal("key");
  });

  for (const [what, middleware] of [
    [
      "throws",
      () => {
        throw new Error("secret");
      },
    ],
    ["rejects", () => Promise.reject(new Error("secret"))],
    ["says ctx.throw(500, ...)", (ctx) => ctx.throw(500, "secret")],
  ] as [string, Middleware][]) {
    it(`answers 500 when middleware ${what}, emits the error and logs it`, async () => {
      const { response, text, errors, logLines } = await ask(middleware);
      expect(response.status).to.equal(500);
      expect(text).to.not.include("secret");
      expect(errors.map((error) => (error as Error).message)).to.deep.equal(["secret"]);
      const line = logLines.find(({ type }) => type === "error");
      expect(line).to.include({ message: "a request failed", path: "/mine" });
      expect(line?.["requestId"]).to.equal(response.headers.get("x-request-id"));
    });
  }

  it("emits the error of a stream that fails in the middle of an answer", async () => {
    const failing = Readable.from(
      (function* () {
        yield "a";
        throw new Error("broken stream");
      })(),
    );
    const errors: unknown[] = [];
    const cut = await ask((ctx) => void (ctx.body = failing), {}, [], errors).catch(() => "cut");
    expect(cut).to.equal("cut");
    // Once for the stream, and under load once more for the answer that it breaks.
    const messages = new Set(errors.map((error) => (error as Error).message));
    expect([...messages]).to.deep.equal(["broken stream"]);
  });

  it("leaves the answer to middleware that sets ctx.respond to false", async () => {
    const { response, text } = await ask((ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { "X-Raw": "yes" }).end("raw");
    });
    expect([response.headers.get("x-raw"), text]).to.deep.equal(["yes", "raw"]);
  });

  it("gives middleware cookies, query, ip and conditional requests", async () => {
    const { response, text } = await ask(
      (ctx) => {
        ctx.cookies.set("seen", "1");
        ctx.etag = "v1";
        ctx.status = 200;
        ctx.body = {
          q: ctx.query["q"],
          ip: ctx.ip,
          secure: ctx.secure,
          cookie: ctx.cookies.get("c"),
        };
      },
      {
        path: "/mine?q=a%20b",
        headers: {
          Cookie: "c=2",
          "X-Forwarded-For": "192.0.2.66, 192.0.2.1",
          "X-Forwarded-Proto": "https",
        },
      },
    );
    expect(JSON.parse(text)).to.deep.equal({
      q: "a b",
      ip: "192.0.2.1",
      secure: true,
      cookie: "2",
    });
    expect(response.headers.get("set-cookie")).to.match(/^seen=1; /);
    expect(response.headers.get("etag")).to.equal('"v1"');
  });

  it("runs middleware from npm at its top: koa-compress", async () => {
    const { response, text } = await ask(
      (ctx) => void (ctx.body = { text: "x".repeat(5000) }),
      { headers: { "Accept-Encoding": "gzip" } },
      [compress({ threshold: 100 })],
    );
    expect(response.headers.get("content-encoding")).to.equal("gzip");
    expect((JSON.parse(text) as { text: string }).text).to.have.length(5000);
  });

  it("lets middleware at its top see what those below answered, problems too", async () => {
    const seen: unknown[] = [];
    const top: Koa.Middleware = async (ctx, next) => {
      await next();
      seen.push(ctx.status, ctx.type);
    };
    await ask(() => undefined, { path: "/nothing" }, [top]);
    expect(seen).to.deep.equal([404, "application/problem+json"]);
  });

  it("says 404 as a problem where no middleware answers, and its own routes still work", async () => {
    const { response, text } = await ask((_ctx, next) => next());
    expect([response.status, (JSON.parse(text) as { type: string }).type]).to.deep.equal([
      404,
      "/docs#not-found",
    ]);
    expect((await ask(() => undefined, { path: "/v1/kpis" })).response.status).to.equal(200);
  });

  it("measures and logs what a user's middleware answers", async () => {
    const { logLines } = await ask((ctx) => void (ctx.body = "hello"));
    expect(logLines.find(({ type }) => type === "access")).to.include({
      path: "/mine",
      route: "unmatched",
      status: 200,
      bytes: 5,
    });
  });
});
