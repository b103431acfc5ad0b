import type { IncomingMessage } from "node:http";
import type { AppMiddleware } from "./context.ts";
import { HttpProblem } from "./problem.ts";
import { parseTarget } from "./request-target.ts";

/** Refuses what Node's parser lets pass though it is malformed or asks for trouble behind a proxy. */
export function guard(): AppMiddleware {
  return (ctx, next) => {
    assertVersion(ctx.req);
    assertOneHost(ctx.req);
    assertExpectation(ctx.req.headers.expect);
    const { path, query } = parseTarget(ctx.req.url ?? "");
    ctx.state.path = path;
    ctx.state.query = query;
    return next();
  };
}

function assertVersion(req: IncomingMessage): void {
  if (req.httpVersionMajor === 1) return;
  throw new HttpProblem(
    "bad-request",
    `HTTP/${req.httpVersion} is not spoken here; use HTTP/1.1.`,
    {
      headers: { Connection: "close" },
    },
  );
}

/** RFC 9112 section 3.2: none is not HTTP/1.1, and of two a proxy may have routed by the other one. */
function assertOneHost({ httpVersionMinor, rawHeaders }: IncomingMessage): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && httpVersionMinor === 0)) return;
  const detail =
    hosts === 0 ? "The request has no Host header." : "The request has several Host headers.";
  throw new HttpProblem("bad-request", detail, { headers: { Connection: "close" } });
}

function assertExpectation(expect: string | undefined): void {
  if (expect === undefined || expect.toLowerCase() === "100-continue") return;
  throw new HttpProblem("expectation-failed", "Nothing but 100-continue can be expected here.", {
    headers: { Connection: "close" },
  });
}
