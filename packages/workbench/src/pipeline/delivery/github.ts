import { setTimeout as wait } from "node:timers/promises";
import { ToolError } from "../../lib/command-line.ts";
import { parsed } from "../../lib/json.ts";
import { record } from "../../plan/plan-reader.ts";

/** A response of the GitHub API other than success. */
export class GitHubError extends ToolError {
  override readonly name = "GitHubError";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export const isStatus =
  (...statuses: number[]) =>
  (error: unknown): boolean =>
    error instanceof GitHubError && statuses.includes(error.status);

export interface GitHubOptions {
  /** Such as `https://api.github.com`. */
  apiUrl: string;
  /** Such as `owner/name`. */
  repository: string;
  token: string;
  /** @default waits */
  sleep?: (milliseconds: number) => Promise<void>;
}

/** Account that the token of a workflow writes as. */
export const BOT = "github-actions[bot]";
/** Tries of a request that failed for a passing reason. */
const TRIES = 4;
/** Pages of 100 that are read at most: a bound against a `next` link that leads in a circle. */
const MAX_PAGES = 100;
const REQUEST_TIMEOUT_MS = 30_000;

/** The few calls of the GitHub REST API that the delivery needs. */
export class GitHub {
  private readonly options: GitHubOptions;
  private readonly base: string;

  constructor(options: GitHubOptions) {
    this.options = options;
    this.base = `${options.apiUrl}/repos/${options.repository}`;
  }

  /**
   * @param path below the repository, such as `/issues/1/comments`
   * @throws GitHubError with the API's own message
   */
  async request(method: string, path: string, body?: unknown): Promise<void> {
    const response = await this.send(method, this.base + path, body);
    // A body that nobody reads holds its connection.
    await response.text();
  }

  /** What a path answers, such as `/environments/prod`. */
  async get<T>(path: string): Promise<T> {
    return (await (await this.send("GET", this.base + path)).json()) as T;
  }

  /** All items of a list, over all pages. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let url: string | undefined =
      `${this.base}${path}${path.includes("?") ? "&" : "?"}per_page=100`;
    for (let page = 0; url !== undefined && page < MAX_PAGES; page += 1) {
      const response = await this.send("GET", url);
      items.push(...((await response.json()) as T[]));
      url = nextPage(response.headers.get("link"), this.options.apiUrl);
    }
    return items;
  }

  private async send(method: string, url: string, body?: unknown): Promise<Response> {
    const { token, sleep = wait } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "x-github-api-version": "2022-11-28",
          "user-agent": "koa-fargate-delivery",
        },
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.ok) return response;
      const text = await response.text();
      const pause = retryPause(response, text, attempt);
      if (pause === undefined || attempt >= TRIES)
        throw new GitHubError(
          `GitHub answered ${response.status} to ${method} ${new URL(url).pathname}: ${apiMessage(text)}`,
          response.status,
        );
      await sleep(pause);
    }
  }
}

/** Milliseconds to wait before another try; undefined where a retry would get the same answer. */
function retryPause(response: Response, text: string, attempt: number): number | undefined {
  const { status } = response;
  // A rate limit comes as 403 or 429. Source: GitHub Docs, "Rate limits for the REST API".
  const limited = status === 429 || (status === 403 && /rate limit/i.test(text));
  if (!limited && status < 500) return undefined;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds, 60) * 1000 : 1000 * 2 ** (attempt - 1);
}

/** A proxy in between answers in HTML. */
function apiMessage(text: string): string {
  const { message } = record(parsed(text));
  return typeof message === "string" ? message : text.slice(0, 200);
}

/** The token goes along, so a `next` link to another host is not followed. */
function nextPage(link: string | null, apiUrl: string): string | undefined {
  const url = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return url?.startsWith(`${apiUrl}/`) === true ? url : undefined;
}

/**
 * The API as a workflow may call it.
 * @throws ToolError that names the variable that is missing
 */
export function gitHubFromEnvironment(): GitHub {
  return new GitHub({
    apiUrl: process.env["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: gitHubRepository(),
    token: required("GITHUB_TOKEN"),
  });
}

/**
 * `owner/name` of the repository whose workflow this is.
 * @throws ToolError where no workflow is
 */
export const gitHubRepository = (): string => required("GITHUB_REPOSITORY");

function required(name: string): string {
  const value = process.env[name] ?? "";
  if (value === "")
    throw new ToolError(`${name} is not set: a workflow sets it, see .github/workflows.`);
  return value;
}
