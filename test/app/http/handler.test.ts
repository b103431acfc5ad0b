import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import type KoaApplication from "koa";
import type { AppMiddleware, RequestState } from "../../../app/src/http/context.ts";
import { requestHandler } from "../../../app/src/http/handler.ts";

/** The one that the app runs on. */
const Koa = createRequire(new URL("../../../app/package.json", import.meta.url))(
  "koa",
) as typeof KoaApplication;

/** What a library may throw all the same. */
const NO_ERROR = "broken" as unknown as Error;

describe("requestHandler", () => {
  /** Answers one request by these middlewares. */
  async function ask(
    ...middleware: AppMiddleware[]
  ): Promise<{ status: number; errors: unknown[] }> {
    const app = new Koa<RequestState>();
    const errors: unknown[] = [];
    app.on("error", (error) => errors.push(error));
    for (const one of middleware) app.use(one);
    const server = createServer(requestHandler(app));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { status } = await fetch(`http://127.0.0.1:${port}/`);
      return { status, errors };
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  it("runs the middleware in order, each around the next", async () => {
    const steps: string[] = [];
    const { status, errors } = await ask(
      async (ctx, next) => {
        steps.push("outer");
        await next();
        steps.push("outer again");
        ctx.res.writeHead(204).end();
      },
      (_, next) => {
        steps.push("plain");
        return next();
      },
      async () => {
        await Promise.resolve();
        steps.push("inner");
      },
    );
    expect(steps).to.deep.equal(["outer", "plain", "inner", "outer again"]);
    expect({ status, errors }).to.deep.equal({ status: 204, errors: [] });
  });

  it("lets an outer middleware catch what an inner one throws", async () => {
    const { status, errors } = await ask(
      async (ctx, next) => {
        const status = await next().then(
          () => 200,
          (error: unknown) => (error instanceof Error && error.message === "inner" ? 418 : 500),
        );
        ctx.res.writeHead(status).end();
      },
      async (_, next) => {
        await next();
        throw new Error("inner");
      },
      (_, next) => next(),
    );
    expect({ status, errors }).to.deep.equal({ status: 418, errors: [] });
  });

  for (const [how, middleware] of [
    [
      "at once",
      () => {
        throw new Error("broken");
      },
    ],
    ["later", () => Promise.reject(new Error("broken"))],
    ["what is no error", () => Promise.reject(NO_ERROR)],
  ] as const satisfies [string, AppMiddleware][])
    it(`answers 500 and tells the application when the outermost throws ${how}`, async () => {
      const { status, errors } = await ask(middleware);
      expect(status).to.equal(500);
      expect(errors.map(String)).to.deep.equal(["Error: broken"]);
    });
});
