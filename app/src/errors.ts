import { STATUS_CODES } from "node:http";
import { InvalidCursor, QueueFull, StoreUnavailable } from "./store/store.ts";

/** A refused member of the input: `pointer` (RFC 6901) into the body, or the name of a query parameter. */
export interface InvalidInput {
  /** Machine-readable reason. */
  readonly code: string;
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** Kinds of problems that a client can tell apart; /docs describes each at its anchor. */
export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request is malformed" },
  "validation-failed": { status: 400, title: "The input was refused" },
  unauthorized: { status: 401, title: "An API key is needed" },
  "not-found": { status: 404, title: "There is no such resource" },
  "method-not-allowed": { status: 405, title: "The resource does not know this method" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "content-too-large": { status: 413, title: "The request body is too large" },
  "unsupported-media-type": { status: 415, title: "The media type of the body is not supported" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "internal-error": { status: 500, title: "The server failed" },
  overloaded: { status: 503, title: "The server is at its limit" },
  "store-unavailable": { status: 503, title: "The store does not answer" },
  "timed-out": { status: 503, title: "The request took too long" },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemKind = keyof typeof PROBLEMS;

/** `headers` of the response, such as Allow or Retry-After. */
interface ProblemOptions {
  readonly errors?: readonly InvalidInput[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that is answered as Problem Details (RFC 9457); its message is shown to the client. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly kind: ProblemKind;
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.kind = kind;
    this.status = PROBLEMS[kind].status;
    this.options = options;
  }
}

/**
 * What a client is told of anything that was thrown: nothing of an error that was not meant for it. `type` is relative to the
 * address of the service; `about:blank` for an error of Koa's own, of which the status says it all.
 */
export function toProblem(error: unknown) {
  if (isForClients(error)) {
    const { status, message: detail, headers } = error;
    return { type: "about:blank", title: STATUS_CODES[status], status, detail, headers };
  }
  const { kind, message: detail, options } = error instanceof HttpProblem ? error : hidden(error);
  return { type: `/docs#${kind}`, ...PROBLEMS[kind], detail, ...options };
}

/** What stands for an error of the store or of the program. */
function hidden(error: unknown): HttpProblem {
  if (error instanceof InvalidCursor) {
    const detail = "cursor must be the nextCursor of a page, as it was given.";
    const errors = [{ code: "malformed", parameter: "cursor", detail }];
    return new HttpProblem("validation-failed", detail, { errors });
  }
  if (error instanceof QueueFull) {
    const detail = "The store has too much to do; send the request again later.";
    return new HttpProblem("overloaded", detail, retryAfter(error.retryAfterSeconds));
  }
  if (error instanceof StoreUnavailable) {
    const detail =
      "The store does not answer; send the request again later. An event counts once by its id.";
    return new HttpProblem("store-unavailable", detail, retryAfter(error.retryAfterSeconds));
  }
  const detail = "The request could not be processed; the log knows why.";
  return new HttpProblem("internal-error", detail);
}

export function retryAfter(seconds: number): Pick<ProblemOptions, "headers"> {
  return { headers: { "Retry-After": String(seconds) } };
}

/** An error of `ctx.throw`, or of middleware, that says itself that it may be shown (as http-errors has it). */
function isForClients(
  error: unknown,
): error is Error & { status: number } & Pick<ProblemOptions, "headers"> {
  if (!(error instanceof Error) || !("expose" in error) || !("status" in error)) return false;
  return error.expose === true && STATUS_CODES[Number(error.status)] !== undefined;
}
