import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export function hasBrowser(): boolean {
  return existsSync(CHROMIUM);
}

/** A page of a real browser, driven by the Chrome DevTools Protocol; each `goto` has a tab of its own. */
export class Page {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #tab: { readonly target: string; readonly session: string } | undefined;
  #lastId = 0;
  /** What this tab's page, its scripts and the browser's checks (such as the content security policy) had to say. */
  readonly console: string[] = [];

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener("message", ({ data }) => {
      this.#receive(JSON.parse(data as string) as Reply);
    });
  }

  static async open(): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), "chromium-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    const child = spawn(
      CHROMIUM,
      [...flags, "--lang=en-GB", "--remote-debugging-port=0", `--user-data-dir=${profile}`],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const socket = new WebSocket(await debuggerAddress(child));
    await new Promise((resolve) => {
      socket.addEventListener("open", resolve);
    });
    return new Page(child, socket, profile);
  }

  /** Loads a page and waits until `ready` (an expression) is true in it. */
  async goto(url: string, ready: string): Promise<void> {
    await this.#openTab();
    await this.#send("Page.navigate", { url });
    await this.until(ready);
  }

  /** In place of the one before, of which requests under way may still have something to say. */
  async #openTab(): Promise<void> {
    const last = this.#tab?.target;
    this.#tab = undefined;
    const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
    if (last !== undefined) await this.#send("Target.closeTarget", { targetId: last });
    const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    this.#tab = { target: targetId as string, session: sessionId as string };
    this.console.length = 0;
    for (const domain of ["Page", "Runtime", "Log"]) await this.#send(`${domain}.enable`);
  }

  async until(expression: string): Promise<void> {
    const deadline = performance.now() + 15_000;
    while ((await this.evaluate(`Boolean(${expression})`)) !== true) {
      if (performance.now() > deadline) throw new Error(`Never true in the page: ${expression}`);
      await sleep(50);
    }
  }

  /** Value of an expression in the page (by JSON). */
  async evaluate(expression: string): Promise<unknown> {
    const reply = await this.#send("Runtime.evaluate", { expression, returnByValue: true });
    return (reply["result"] as { value?: unknown }).value;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#tab = undefined;
    // Answered by the end of the connection.
    void this.#send("Browser.close").catch(() => undefined);
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = (this.#lastId += 1);
    const sessionId = this.#tab?.session;
    this.#socket.send(
      JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
    );
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result = {}, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  #receive({ id, method, params, sessionId, ...reply }: Reply): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(reply);
      this.#waiting.delete(id);
    } else if (sessionId !== this.#tab?.session) {
      return;
    } else if (method === "Log.entryAdded") {
      const { text, url } = params?.["entry"] as { text: string; url?: string };
      this.console.push(`${text} ${url ?? ""}`);
    } else if (method === "Runtime.consoleAPICalled" || method === "Runtime.exceptionThrown") {
      this.console.push(JSON.stringify(params));
    }
  }
}

async function debuggerAddress(child: ChildProcess): Promise<string> {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    const [address] = /ws:\/\/\S+/.exec(text) ?? [];
    if (address !== undefined) return address;
    await sleep(50);
  }
  child.kill();
  throw new Error(`The browser did not start:\n${text}`);
}
