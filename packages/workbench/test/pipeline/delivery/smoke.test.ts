import { expect } from "chai";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { revisionOfImage, smokeTest, world } from "../../../src/pipeline/delivery/smoke.ts";
import { failure } from "./fakes.ts";

/** A service that answers by path, for one test. */
async function serve(
  listener: RequestListener,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const quick = { healthPath: "/readyz", successes: 3, deadlineSeconds: 1, pauseSeconds: 0.01 };

describe("Smoke test", () => {
  it("asks until the service answered well several times in a row", async () => {
    const answers = [503, 200, 503, 200, 200, 200];
    let asked = 0;
    await serve(
      (_, response) => response.writeHead(answers[asked++] ?? 500).end(),
      async (url) => {
        const { requests, failures } = await smokeTest({ url, ...quick });
        expect({ requests, failures }).to.deep.equal({ requests: 6, failures: 2 });
      },
    );
  });

  it("gives up at the deadline and names the last failure", async () => {
    await serve(
      (_, response) => response.writeHead(503).end(),
      async (url) => {
        const message = await failure(smokeTest({ url, ...quick, deadlineSeconds: 0.05 }));
        expect(message.replace(/\(\d+ of \d+/, "(all")).to.equal(
          `${url} did not answer well 3 times in a row within 0.05 s (all requests failed). The last failure: GET ${url}/readyz answered 503.`,
        );
      },
    );
  });

  it("wants the revision that was deployed, where the app names one", async () => {
    const answer = { revision: "old" };
    await serve(
      (request, response) =>
        request.url === "/status" ? response.end(JSON.stringify(answer)) : response.end(),
      async (url) => {
        const message = await failure(
          smokeTest({ url, ...quick, deadlineSeconds: 0.05, revision: "new" }),
        );
        expect(message).to.match(/The last failure: \/status names revision old, not new\.$/);

        answer.revision = "new";
        expect((await smokeTest({ url, ...quick, revision: "new" })).failures).to.equal(0);
      },
    );
  });

  it("asks further paths too, which may refuse but not fail", async () => {
    const statuses: Record<string, number> = { "/readyz": 200, "/orders": 401 };
    await serve(
      (request, response) => response.writeHead(statuses[request.url ?? ""] ?? 404).end(),
      async (url) => {
        const asked = { url, ...quick, paths: ["/orders"] };
        expect((await smokeTest(asked)).failures).to.equal(0);

        statuses["/orders"] = 500;
        const message = await failure(smokeTest({ ...asked, deadlineSeconds: 0.05 }));
        expect(message).to.match(/The last failure: GET http:\S+\/orders answered 500\.$/);
      },
    );
  });

  for (const [what, status, body] of [
    ["no status page", 404, "no"],
    ["a status page of another kind", 200, "fine"],
    ["a status page without a revision", 200, '{"ok":true}'],
  ] as const)
    it(`asks no revision of an app with ${what}`, async () => {
      await serve(
        (request, response) =>
          request.url === "/status" ? response.writeHead(status).end(body) : response.end(),
        async (url) => {
          expect((await smokeTest({ url, ...quick, revision: "new" })).failures).to.equal(0);
        },
      );
    });

  it("takes a redirect for a failure: the service itself did not answer", async () => {
    await serve(
      (_, response) => response.writeHead(301, { location: "/elsewhere" }).end(),
      async (url) => {
        const message = await failure(smokeTest({ url, ...quick, deadlineSeconds: 0.05 }));
        expect(message).to.match(/answered 301\.$/);
      },
    );
  });

  it("names why a connection failed", async () => {
    const refused = () =>
      Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }));
    const message = await failure(
      smokeTest(
        { url: "http://a.test", ...quick, deadlineSeconds: 0 },
        { ...world, fetch: refused },
      ),
    );
    expect(message).to.match(/GET http:\/\/a\.test\/readyz failed: ECONNREFUSED\.$/);
  });

  it("calls an image as the program does", () => {
    expect(revisionOfImage(`repository@sha256:${"0123456789abcdef".repeat(4)}`)).to.equal(
      "sha256:0123456789ab",
    );
  });
});
