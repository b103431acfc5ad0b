import { expect } from "chai";
import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./process.ts";
import { startServer } from "./process.ts";
import { KEY, KEY_HASHES } from "./requests.ts";

const BODY = Buffer.alloc(2_000_000, " ");
const REQUESTS = 20;

/** Sends 2 MB and tells how it was answered: the status and the problem's type, or the error of the connection. */
export async function post(
  port: number,
  agent: Agent,
  headers: Record<string, string | number>,
): Promise<string> {
  const sent = request({
    ...{ port, host: "127.0.0.1", agent, method: "POST", path: "/v1/events" },
    headers: { "Content-Type": "application/json", "Content-Length": BODY.length, ...headers },
  });
  sent.end(BODY);
  try {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
    const type = /"type":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 60);
    return `${String(response.statusCode)} ${type}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A way to the server; its port, once it is open. */
export interface Way {
  readonly name: string;
  /** @returns undefined where there is no such way here: the tests are skipped */
  readonly open: (
    target: number,
  ) => Promise<{ port: number; close: () => Promise<void> } | undefined>;
}

/** A refusal arrives as itself, whichever way the request takes. */
export function describeRefusals(ways: readonly Way[]): void {
  let server: ServerProcess;

  before(async () => {
    server = await startServer({
      env: { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES, RATE_LIMIT_PER_MINUTE: "1000" },
    });
  });

  after(async () => {
    await server.dispose();
  });

  const refusals: [string, Record<string, string>, string][] = [
    ["no API key", {}, "401 /docs#unauthorized"],
    ["a body above the limit", { "X-Api-Key": KEY }, "413 /docs#content-too-large"],
    [
      "a body of another type",
      { "X-Api-Key": KEY, "Content-Type": "text/plain" },
      "415 /docs#unsupported-media-type",
    ],
  ];

  for (const way of ways) {
    describe(way.name, () => {
      let opened: { port: number; close: () => Promise<void> } | undefined;
      let port: number;
      const agent = new Agent({ keepAlive: true, maxSockets: 5 });

      before(async function () {
        opened = await way.open(server.port);
        if (opened === undefined) this.skip();
        ({ port } = opened);
      });

      after(async () => {
        agent.destroy();
        await opened?.close();
      });

      for (const [what, headers, expected] of refusals) {
        it(`${what}: each of ${REQUESTS} is ${expected}`, async () => {
          const answers = await Promise.all(
            Array.from({ length: REQUESTS }, () => post(port, agent, headers)),
          );
          expect(answers).to.deep.equal(Array.from({ length: REQUESTS }, () => expected));
          expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).to.equal(200);
        });
      }

      it(`a chunked body above the limit is 413 as well`, async () => {
        const headers = { "X-Api-Key": KEY, "Transfer-Encoding": "chunked" };
        const sent = request({
          ...{ port, host: "127.0.0.1", agent, method: "POST", path: "/v1/events" },
          headers: { "Content-Type": "application/json", ...headers },
        });
        const answered = once(sent, "response") as Promise<[IncomingMessage]>;
        for (let at = 0; at < 20; at += 1) {
          sent.write(BODY.subarray(0, 100_000));
          await sleep(2);
        }
        sent.end();
        const [response] = await answered;
        response.resume();
        expect(response.statusCode).to.equal(413);
      });
    });
  }
}
