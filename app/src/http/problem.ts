import { STATUS_CODES } from "node:http";

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
  "uri-too-long": { status: 414, title: "The request target is too long" },
  "unsupported-media-type": { status: 415, title: "The media type of the body is not supported" },
  "expectation-failed": { status: 417, title: "The expectation cannot be met" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "headers-too-large": { status: 431, title: "The request header is too large" },
  "internal-error": { status: 500, title: "The server failed" },
  overloaded: { status: 503, title: "The server is at its limit" },
  "store-unavailable": { status: 503, title: "The store does not answer" },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemKind = keyof typeof PROBLEMS;

export interface ProblemOptions {
  readonly errors?: readonly InvalidInput[] | undefined;
  /** Response headers, such as Allow or Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that is answered as Problem Details (RFC 9457); `detail` is shown to the client. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly kind: ProblemKind;
  readonly errors: readonly InvalidInput[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return PROBLEMS[this.kind].status;
  }
}

/** Body of a problem as application/problem+json. `type` is relative to the address of the service. */
export function problemBody(problem: HttpProblem, requestId: string): string {
  const { status, title } = PROBLEMS[problem.kind];
  return JSON.stringify({
    type: `/docs#${problem.kind}`,
    title,
    status,
    detail: problem.message,
    requestId,
    errors: problem.errors,
  });
}

/** A whole HTTP/1.1 response for connections whose request could not be parsed. */
export function rawProblemResponse(problem: HttpProblem, requestId: string): string {
  const body = problemBody(problem, requestId);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    "Cache-Control: no-store",
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
