import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Item {
  id: number;
  number: number;
  title?: string;
  body: string;
  state: string;
  user: { login: string };
  pull_request?: unknown;
}

export interface Call {
  method: string;
  path: string;
}

const BOT = "github-actions[bot]";
const COMMENTS = "/repos/o/r/issues/5/comments";

type Fault = { status: number; body: unknown; headers?: Record<string, string> } | undefined;

/** The part of the GitHub API that comments and issues need, on this machine: lists in pages, limits, faults on request. */
export class GitHubStandIn {
  readonly comments: Item[] = [];
  readonly issues: Item[] = [];
  readonly calls: Call[] = [];
  /** Of pull request 5, and of the repository. */
  readonly labels: string[] = [];
  readonly repositoryLabels: string[] = [];
  readonly environments = new Map<string, unknown>();
  /** Open pull requests, by `owner:branch` of their head. */
  readonly pulls = new Map<string, unknown[]>();
  /** Called before each request is answered; may change the data, or return a failure to answer with. */
  before: (call: Call) => Fault = () => undefined;
  pageSize = 100;
  private nextId = 1000;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await new Promise((resolve) => this.server.once("listening", resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  addComment(body: string, login = BOT): Item {
    return this.add(this.comments, { body, user: { login } });
  }

  addIssue(values: Partial<Item>): Item {
    return this.add(this.issues, values);
  }

  private add(list: Item[], values: Partial<Item>): Item {
    const id = (this.nextId += 1);
    const item = { id, number: id, body: "", state: "open", user: { login: BOT }, ...values };
    list.push(item);
    return item;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const call = { method: request.method ?? "", path: url.pathname };
    this.calls.push(call);
    const text = (await request.toArray()).join("");
    const reply = (status: number, body?: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, headers).end(body === undefined ? "" : JSON.stringify(body));
    };
    const fault = this.before(call);
    if (fault !== undefined) {
      reply(fault.status, fault.body, fault.headers);
      return;
    }
    if (/\/(?:labels|environments)\b/.test(url.pathname)) {
      this.other(call, text, reply);
      return;
    }
    const values = (text === "" ? {} : JSON.parse(text)) as Partial<Item>;
    if (call.method === "GET") this.list(url, reply);
    else if ((values.body?.length ?? 0) > 65_536)
      reply(422, { message: "Validation Failed", errors: ["body is too long"] });
    else this.change(call, values, reply);
  }

  /** Labels and environments. */
  private other(
    { method, path }: Call,
    text: string,
    reply: (status: number, body?: unknown) => void,
  ): void {
    const { name = "", labels = [] } = (text === "" ? {} : JSON.parse(text)) as {
      name?: string;
      labels?: string[];
    };
    const last = decodeURIComponent(path.split("/").at(-1) ?? "");
    if (path.includes("/environments/")) {
      const found = this.environments.get(last);
      reply(found === undefined ? 404 : 200, found ?? { message: "Not Found" });
    } else if (method === "GET")
      reply(
        200,
        this.labels.map((label) => ({ name: label })),
      );
    else if (method === "DELETE") {
      this.labels.splice(this.labels.indexOf(last), 1);
      reply(200, []);
    } else if (path === "/repos/o/r/labels") {
      if (this.repositoryLabels.includes(name))
        reply(422, { message: "Validation Failed", errors: [{ code: "already_exists" }] });
      else {
        this.repositoryLabels.push(name);
        reply(201, { name });
      }
    } else {
      this.labels.push(...labels);
      reply(200, []);
    }
  }

  private list(
    url: URL,
    reply: (status: number, body?: unknown, headers?: Record<string, string>) => void,
  ): void {
    if (url.pathname === "/repos/o/r/pulls") {
      reply(200, this.pulls.get(url.searchParams.get("head") ?? "") ?? []);
      return;
    }
    const all =
      url.pathname === COMMENTS
        ? this.comments
        : this.issues.filter(({ state }) => state === "open");
    const page = Number(url.searchParams.get("page") ?? 1);
    const items = all.slice((page - 1) * this.pageSize, page * this.pageSize);
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    const more = page * this.pageSize < all.length;
    reply(
      200,
      items,
      more ? { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } : {},
    );
  }

  private change(
    { method, path }: Call,
    values: Partial<Item>,
    reply: (status: number, body?: unknown) => void,
  ): void {
    const list = path.includes("/comments") ? this.comments : this.issues;
    if (method === "POST") {
      const target = path === COMMENTS || path.endsWith("/comments") ? this.comments : this.issues;
      reply(201, this.add(target, values));
      return;
    }
    const id = Number(path.split("/").at(-1));
    const item = list.find((candidate) => candidate.id === id);
    if (item === undefined) reply(404, { message: "Not Found" });
    else if (method === "DELETE") {
      list.splice(list.indexOf(item), 1);
      reply(204);
    } else reply(200, Object.assign(item, values));
  }
}
