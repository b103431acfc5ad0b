import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";
import { hasOwnName } from "../../live/domain.ts";

/**
 * A `fetch` that reaches every host at the addresses of another one. Name, certificate and Host header stay those of the
 * URL: so a fresh stack is asked under the domain whose certificate it has, while that domain leads to the stack of old.
 * @param host - name whose addresses are used, such as a load balancer's own
 */
export function fetchAt(host: string): typeof fetch {
  const there: LookupFunction = (_, options, callback) => {
    lookup(host, options, callback);
  };
  return (input, init) =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const request = url.protocol === "https:" ? requestHttps : requestHttp;
      const options = {
        lookup: there,
        agent: false,
        // A web ACL blocks requests that do not say who sends them, and Node says nothing here.
        headers: { "user-agent": "koa-fargate-smoke-test" },
        ...(init?.signal && { signal: init.signal }),
      };
      const asked = request(url, options, (answer) => {
        const status = answer.statusCode ?? 0;
        text(answer).then((body) => {
          // A Response with such a status refuses a body.
          const empty = status === 204 || status === 304;
          resolve(new Response(empty ? null : body, { status }));
        }, reject);
      });
      asked.on("error", reject);
      asked.end();
    });
}

/**
 * How to reach a stack whatever its name leads to: at its own front, under the name of the URL, with its certificate.
 * @param front - host name of the stack's distribution or load balancer
 * @returns undefined where the URL is by that name
 */
export const fetchOf = (url: string, front: string): typeof fetch | undefined =>
  hasOwnName(url, front) ? fetchAt(front) : undefined;
