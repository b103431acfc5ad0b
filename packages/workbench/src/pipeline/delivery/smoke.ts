import { ToolError } from "../../lib/command-line.ts";
import { parsed } from "../../lib/json.ts";
import { digestOfImage } from "../../live/release/pins.ts";
import { record } from "../../plan/plan-reader.ts";

/** A deployed service that does not answer as it should. */
export class SmokeError extends ToolError {
  override readonly name = "SmokeError";
}

export interface SmokeRequest {
  /** Address of the service, such as `https://api.example.com`. */
  url: string;
  /** Path that answers 200 when the service may take traffic. */
  healthPath: string;
  /** Further paths, which may want a key, but never answer 5xx. @default none */
  paths?: readonly string[];
  /** Revision that has to answer, where the app names its own under /status. @default any */
  revision?: string;
  /** Good answers in a row. @default 5 */
  successes?: number;
  /** @default 180 */
  deadlineSeconds?: number;
  /** Pause between two requests. @default 2 */
  pauseSeconds?: number;
}

export interface SmokeReport {
  requests: number;
  failures: number;
}

/** What the test needs of the world. */
export interface SmokeWorld {
  fetch: typeof fetch;
  /** Milliseconds. */
  now: () => number;
  sleep: (milliseconds: number) => Promise<void>;
}

export const world: SmokeWorld = {
  fetch: (...args) => fetch(...args),
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Calls the deployed service from outside until it answered well several times in a row.
 * @throws SmokeError with the last wrong answer when the deadline passes
 */
export async function smokeTest(
  request: SmokeRequest,
  { fetch, now, sleep }: SmokeWorld = world,
): Promise<SmokeReport> {
  const { successes = 5, deadlineSeconds = 180, pauseSeconds = 2 } = request;
  const start = now();
  let inARow = 0;
  let requests = 0;
  let failures = 0;
  let reason = "";
  for (;;) {
    requests += 1;
    const wrong = await check(request, fetch);
    inARow = wrong === undefined ? inARow + 1 : 0;
    if (wrong !== undefined) {
      failures += 1;
      reason = wrong;
    }
    if (inARow >= successes) return { requests, failures };
    if (now() - start >= deadlineSeconds * 1000)
      throw new SmokeError(
        `${request.url} did not answer well ${successes} times in a row within ${deadlineSeconds} s (${failures} of ${requests} requests failed). The last failure: ${reason}`,
      );
    await sleep(pauseSeconds * 1000);
  }
}

/** What is wrong with the service now; undefined when nothing is. */
async function check(request: SmokeRequest, get: typeof fetch): Promise<string | undefined> {
  const { url, healthPath, paths = [] } = request;
  let asked = url;
  try {
    for (const path of [healthPath, ...paths]) {
      asked = new URL(path, url).href;
      const response = await get(asked, options());
      await response.body?.cancel();
      const good = path === healthPath ? response.status === 200 : response.status < 500;
      if (!good) return `GET ${asked} answered ${response.status}.`;
    }
    return await checkRevision(request, get);
  } catch (error) {
    return `GET ${asked} failed: ${cause(error)}.`;
  }
}

/** Apps that do not name their revision under /status are not asked for it. */
async function checkRevision(
  { url, revision }: SmokeRequest,
  get: typeof fetch,
): Promise<string | undefined> {
  if (revision === undefined) return undefined;
  const response = await get(new URL("/status", url), options());
  const text = await response.text();
  if (response.status !== 200) return undefined;
  const { revision: running } = record(parsed(text));
  return typeof running !== "string" || running === revision
    ? undefined
    : `/status names revision ${running}, not ${revision}.`;
}

// A redirect from HTTP to HTTPS is an answer of the load balancer, not of the service.
const options = (): RequestInit => ({
  redirect: "manual",
  signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
});

function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}

/** What the program calls an image that it is given by digest. */
export function revisionOfImage(image: string): string {
  return digestOfImage(image).slice(0, "sha256:".length + 12);
}
