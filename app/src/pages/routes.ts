import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Config } from "../config.ts";
import { etag } from "../middleware/etag.ts";
import { pageHeaders } from "../middleware/security-headers.ts";
import type { AppRouter } from "../state.ts";
import { PUBLIC_DIR } from "../version.ts";

const ASSETS = ["dashboard.js", "charts.js", "docs.js", "style.css", "icon.svg"];
/** Static files by path, a fixed list: no path of a request reaches the file system. A rollout has pages of two versions, and their paths. */
const FILES: Readonly<Record<string, string>> = {
  ...{ "/": "index.html", "/docs": "docs.html" },
  ...Object.fromEntries(ASSETS.map((name) => [`/assets{/:version}/${name}`, `assets/${name}`])),
};

/** The page with the charts, the description of the API for people and for programs, and their static files. */
export function pageRoutes(router: AppRouter, config: Config): void {
  const tagged = etag("no-cache");
  const made: Record<string, string> = {};
  const assets = `"${config.assetsPath}`;

  for (const [path, file] of Object.entries(FILES)) {
    const headers = file.endsWith(".html") ? [pageHeaders()] : [];
    router.get(path, tagged, ...headers, async (ctx) => {
      made[path] ??= (await readFile(PUBLIC_DIR + file, "utf8")).replaceAll('"/assets/', assets);
      ctx.type = extname(file);
      ctx.body = made[path];
    });
  }

  router.get("/openapi.json", tagged, async (ctx) => {
    // Loaded when someone asks: most processes never describe themselves, and start the faster.
    ctx.body = (await import("./openapi.ts")).openApiDocument(config);
  });
}
