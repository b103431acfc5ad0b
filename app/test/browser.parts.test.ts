import { expect } from "chai";
import { hasBrowser, Page } from "./helpers/browser.ts";
import type { TestServer } from "./helpers/server.ts";
import { startTestServer } from "./helpers/server.ts";
import { KEY, KEY_HASHES } from "./helpers/requests.ts";

const LOADED = `document.querySelector("main")?.getAttribute("aria-busy") === "false"`;

describe("Pages in a browser", function () {
  let page: Page | undefined;
  const servers: TestServer[] = [];

  before(async function () {
    if (!hasBrowser()) this.skip();
    page = await Page.open();
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  after(async () => {
    await page?.close();
  });

  /** Opens a page of a new server; the page is ready when `ready` is true. */
  async function open(
    path: string,
    ready: string,
    env = {},
  ): Promise<{ page: Page; server: TestServer }> {
    if (page === undefined) throw new Error("No browser.");
    const server = await startTestServer(env);
    servers.push(server);
    await page.goto(server.url + path, ready);
    return { page, server };
  }

  const texts = (opened: Page, selector: string): Promise<unknown> =>
    opened.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((node) => node.textContent)`,
    );
  const count = (opened: Page, selector: string): Promise<unknown> =>
    opened.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);

  it("GET / plots activity, features and key figures without a word on the console", async () => {
    const { page: opened } = await open("/", LOADED);

    expect(await texts(opened, "#kpis dt")).to.deep.equal([
      "Users, day",
      "Users, 7 days",
      "Users, 30 days",
      "Stickiness",
      "Error share",
      "Events, 30 days",
    ]);
    expect(await texts(opened, "#kpis dd:nth-of-type(1)")).to.deep.equal([
      "99",
      "200",
      "310",
      "31.9%",
      "0.6%",
      "4,650",
    ]);
    expect(
      await opened.evaluate(
        `[...document.querySelectorAll("#users path.curve")].map((path) => path.getAttribute("d").split("L").length)`,
      ),
    ).to.deep.equal([30]);
    expect(await count(opened, "#events rect.bar-first")).to.equal(30);
    expect(await texts(opened, "#features tbody tr > *")).to.deep.equal([
      "search",
      "100%",
      "4,650",
      "310",
      "100%",
      "+50%",
    ]);
    expect(await opened.evaluate(`document.querySelector("#problem").hidden`)).to.be.true;
    expect(opened.console).to.deep.equal([]);
  });

  it("GET / asks for other reports when the range is changed", async () => {
    const { page: opened, server } = await open("/", LOADED);
    await opened.evaluate(
      `(() => { const range = document.querySelector("[name=range]"); range.value = "7"; range.dispatchEvent(new Event("change", { bubbles: true })); })()`,
    );
    await opened.until(LOADED);
    const from = new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10);
    await opened.until(
      `performance.getEntriesByType("resource").some(({ name }) => name.includes("from=${from}"))`,
    );
    const asked = server.logLines().filter(({ route }) => route === "GET /v1/activity");
    expect(asked.map(({ status }) => status)).to.deep.equal([200, 200]);
  });

  it("GET / asks for the API key where one is needed, and shows the figures with it", async () => {
    const { page: opened } = await open("/", LOADED, {
      AUTH: "api-key",
      API_KEY_HASHES: KEY_HASHES,
    });
    expect(await opened.evaluate(`document.querySelector("#key").hidden`)).to.be.false;
    // The browser notes every refused request: the proof that the other tests would see a word.
    expect(opened.console.filter((line) => line.includes("401"))).to.have.length(3);

    await opened.evaluate(
      `(() => { document.querySelector("[name=key]").value = ${JSON.stringify(KEY)}; document.querySelector("#key button").click(); })()`,
    );
    await opened.until(`document.querySelectorAll("#kpis dt").length === 6`);
    expect(await opened.evaluate(`document.querySelector("#key").hidden`)).to.be.true;
  });

  it("GET / tells what went wrong with the request id", async () => {
    const { page: opened, server } = await open("/", LOADED);
    server.store.failure = new Error("broken");
    await opened.evaluate(
      `document.querySelector("#controls").dispatchEvent(new Event("change", { bubbles: true }))`,
    );
    await opened.until(`!document.querySelector("#problem").hidden`);
    expect(await opened.evaluate(`document.querySelector("#problem").textContent`)).to.match(
      /^The request could not be processed; the log knows why\. \(request [0-9a-f]{12}-[0-9a-z]+\)$/,
    );
  });

  it("GET /docs shows every endpoint without a word on the console", async () => {
    const { page: opened } = await open("/docs", LOADED);
    expect(await count(opened, "article")).to.equal(10);
    expect(opened.console).to.deep.equal([]);
  });
});
