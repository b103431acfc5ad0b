import { readFile } from "node:fs/promises";
import type { Config } from "../config.ts";
import type { AppContext, Route } from "../http/context.ts";
import { answerTagged, TagMemory } from "../http/etag.ts";
import { HttpProblem } from "../http/problem.ts";
import { JSON_TYPE, PAGE_HEADERS } from "../http/send.ts";
import { PUBLIC_DIR } from "../paths.ts";

const HTML = "text/html; charset=utf-8";

/** Static files by name: a fixed list, so that no path of a request ever reaches the file system. */
const ASSETS: Readonly<Record<string, string>> = {
  "dashboard.js": "text/javascript; charset=utf-8",
  "charts.js": "text/javascript; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/** The page with the charts, the description of the API for people and for programs, and their static files. */
export function pageRoutes(config: Config): Route[] {
  const file = once((path: string) => readFile(`${PUBLIC_DIR}${path}`, "utf8"));
  // Loaded when someone asks: most processes never describe themselves, and start the faster.
  const document = once(async () => {
    const { openApiDocument } = await import("../openapi/document.ts");
    return JSON.stringify(openApiDocument(config));
  });
  const docs = once(async () => {
    const { docsPage } = await import("../openapi/docs-page.ts");
    return docsPage(JSON.parse(await document("")) as Parameters<typeof docsPage>[0]);
  });
  const memory = new TagMemory();
  const page = (path: string, read: () => Promise<string>): Route => ({
    method: "GET",
    path,
    access: "open",
    handle: async (ctx) => {
      const html = await read();
      ctx.state.headers.push(...PAGE_HEADERS);
      answerTagged(ctx, memory, HTML, "no-cache", html);
    },
  });
  return [
    page("/", () => file("index.html")),
    page("/docs", () => docs("")),
    {
      method: "GET",
      path: "/openapi.json",
      access: "open",
      handle: async (ctx) => {
        answerTagged(ctx, memory, JSON_TYPE, "no-cache", await document(""));
      },
    },
    {
      method: "GET",
      path: "/assets/:name",
      access: "open",
      handle: async (ctx: AppContext) => {
        const name = ctx.state.params["name"] ?? "";
        const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
        if (type === undefined) throw new HttpProblem("not-found", "There is no such file.");
        answerTagged(ctx, memory, type, "no-cache", await file(`assets/${name}`));
      },
    },
  ];
}

/** Remembers what was made for each key; a failure is not remembered. */
function once(make: (key: string) => Promise<string>): (key: string) => Promise<string> {
  const made = new Map<string, string>();
  return async (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = await make(key);
    made.set(key, value);
    return value;
  };
}
