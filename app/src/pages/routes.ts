import type Router from "@koa/router";
import { readFile } from "node:fs/promises";
import type { Config } from "../config.ts";
import { etag } from "../middleware/etag.ts";
import { pageHeaders } from "../middleware/security-headers.ts";
import type { RequestState } from "../state.ts";
import { PUBLIC_DIR } from "../version.ts";

/** Static files by path: a fixed list, so that no path of a request ever reaches the file system. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/docs": ["docs.html", "text/html; charset=utf-8"],
  "/assets/dashboard.js": ["assets/dashboard.js", "text/javascript; charset=utf-8"],
  "/assets/charts.js": ["assets/charts.js", "text/javascript; charset=utf-8"],
  "/assets/docs.js": ["assets/docs.js", "text/javascript; charset=utf-8"],
  "/assets/style.css": ["assets/style.css", "text/css; charset=utf-8"],
  "/assets/icon.svg": ["assets/icon.svg", "image/svg+xml"],
};

/** The page with the charts, the description of the API for people and for programs, and their static files. */
export function pageRoutes(router: Router<RequestState>, config: Config): void {
  const tagged = etag("no-cache");
  const made = new Map<string, string>();

  for (const [path, [file, type]] of Object.entries(FILES)) {
    const headers = file.endsWith(".html") ? [pageHeaders()] : [];
    router.get(path, tagged, ...headers, async (ctx) => {
      const text = made.get(path) ?? (await readFile(`${PUBLIC_DIR}${file}`, "utf8"));
      made.set(path, text);
      ctx.set("Content-Type", type);
      ctx.body = text;
    });
  }

  router.get("/openapi.json", tagged, async (ctx) => {
    // Loaded when someone asks: most processes never describe themselves, and start the faster.
    const { openApiDocument } = await import("./openapi.ts");
    ctx.body = openApiDocument(config);
  });
}
