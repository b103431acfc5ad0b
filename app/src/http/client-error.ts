import type { IncomingMessage, Server } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { clientAddress } from "./client-address.ts";
import { responseUnderWay } from "./connections.ts";
import { HttpProblem, rawProblemResponse } from "./problem.ts";
import { requestId } from "./request-id.ts";

/** Answers what never became a request: parse errors, time-outs and CONNECT, each as a problem with a request id. */
export function answerClientErrors(server: Server, log: Log, metrics: Metrics): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || answersAnother(socket)) socket.destroy();
    else reply(socket, parseProblem(error), error.code);
  });
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    reply(socket, new HttpProblem("method-not-allowed", "CONNECT is not supported."), "CONNECT");
  });

  function reply(socket: Duplex, problem: HttpProblem, code: string | undefined): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const id = knownRequestId(socket) ?? requestId(undefined);
    metrics.request("unparsed", problem.status, 0);
    log.write("info", "access", "a request was refused before it could be read", {
      requestId: id,
      status: problem.status,
      code,
      clientAddress: socket instanceof Socket ? clientAddress(undefined, socket.remoteAddress) : "",
    });
    socket.end(rawProblemResponse(problem, id), () => socket.destroy());
  }
}

/**
 * Whether the socket owes the answer to an earlier, complete request, or is in the middle of an answer: the client would
 * take a second one for it.
 */
function answersAnother(socket: Duplex): boolean {
  const response = responseUnderWay(socket);
  return response !== undefined && (response.headersSent || response.req.complete);
}

/** The id that the request got before its body failed. */
function knownRequestId(socket: Duplex): string | undefined {
  const id = responseUnderWay(socket)?.getHeader("X-Request-Id");
  return typeof id === "string" ? id : undefined;
}

function parseProblem({ code = "" }: NodeJS.ErrnoException): HttpProblem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      // One code for both limits.
      return new HttpProblem(
        "headers-too-large",
        "The request header is larger than 16 KiB or has more than 100 fields.",
      );
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new HttpProblem(
        "content-too-large",
        "The chunk extensions of the body are too large.",
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new HttpProblem("request-timeout", "The request did not arrive in time.");
    default:
      return new HttpProblem("bad-request", "The request is not HTTP/1.1 as RFC 9112 has it.");
  }
}
