import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dashboardPage } from "@koa-fargate/workbench/review/dashboard/page.ts";
import { isOnPath } from "../helpers/parts.ts";
import { IS_SAMPLE_APP } from "../helpers/sample-app.ts";
import { planOf } from "./helpers/plans.ts";

/** What the browser made of a page: each widget by its title, with what is wrong with it. */
interface Seen {
  widgets: string[];
  problems: string[];
}

/** Runs in the page: which widgets lie over each other, show nothing, or show less than they hold. */
const LOOK = `
  const found = { widgets: [], problems: [] };
  const widgets = [...document.querySelectorAll("main > section")];
  const boxes = widgets.map((widget) => widget.getBoundingClientRect());
  widgets.forEach((widget, index) => {
    const name = widget.querySelector("h2, h3")?.textContent ?? "(no title)";
    found.widgets.push(name);
    const box = boxes[index];
    if (box.width < 50 || box.height < 20 || widget.textContent.trim() === "") found.problems.push(name + " is empty");
    if (widget.className === "metric") {
      const lines = [...widget.querySelectorAll("polyline")];
      if (lines.length === 0) found.problems.push(name + " has no line");
      if (lines.some((line) => line.getBoundingClientRect().width < 50)) found.problems.push(name + " has a line without length");
      if (widget.querySelector("svg").getBoundingClientRect().height < 40) found.problems.push(name + " has no room for its lines");
    }
    for (const part of widget.children)
      if (part.getBoundingClientRect().bottom > box.bottom + 1) found.problems.push(name + " is cut off");
    boxes.forEach((other, at) => {
      if (at > index && box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 1 && other.top < box.bottom - 1)
        found.problems.push(name + " lies over another");
    });
  });
  document.body.textContent = "seen: " + JSON.stringify(found) + " :seen";
`;

function look(html: string): Seen {
  const folder = mkdtempSync(path.join(tmpdir(), "dashboard-"));
  try {
    const file = path.join(folder, "page.html");
    writeFileSync(file, html.replace("</html>", `<script>${LOOK}</script></html>`));
    const { stdout } = spawnSync(
      "chromium",
      ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"].concat([
        "--window-size=1400,900",
        `--user-data-dir=${folder}`,
        "--dump-dom",
        `file://${file}`,
      ]),
      { encoding: "utf8", timeout: 60_000 },
    );
    const [, json = "{}"] = /seen: (.*) :seen/s.exec(stdout) ?? [];
    return JSON.parse(json.replaceAll("&amp;", "&")) as Seen;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

describe("Dashboards in a browser", function () {
  this.timeout(120_000);
  before(function () {
    if (!isOnPath("chromium")) this.skip();
  });

  for (const [stack, overrides] of [
    ["dev", {}],
    ["prod", { monitoring: "full", ...(IS_SAMPLE_APP && { appPath: "./app", build: "bundle" }) }],
  ] as const)
    it(`of ${stack} show every widget whole, none over another and none empty`, async () => {
      const plan = await planOf(stack, overrides);
      const { widgets, problems } = look(dashboardPage(plan));

      expect(problems).to.deep.equal([]);
      expect(widgets.length).to.be.above(12);
    });

  it("would not pass with two widgets in one place, or with an empty one", async () => {
    const page = dashboardPage(await planOf("dev"));
    const moved = page.replace("grid-column: 9 / span 8", "grid-column: 5 / span 8");
    const emptied = page.replace(/<polyline [^>]*>/, "");

    expect(look(moved).problems).to.include("Requests a minute lies over another");
    expect(look(emptied).problems).to.deep.equal(["Requests a minute has no line"]);
  });
});
