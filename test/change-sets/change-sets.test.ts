import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../helpers/app.ts";
import { KIND_BY_KEY } from "../../config/keys.ts";
import { tool } from "../helpers/tool.ts";
import { commandsOf, optionsOf } from "./page.ts";

describe("docs/change-sets.md", () => {
  it("names scripts that there are, and options that the plan has", async function () {
    this.timeout(60_000);
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const commands = commandsOf("npm run");
    const { stdout: help } = await tool("packages/workbench/src/review/cli.ts", ["--help"]);

    expect(new Set(commands.map((command) => command.split(" ")[2]))).to.deep.equal(
      new Set(["plan", "rollback"]),
    );
    for (const command of commands) {
      expect(scripts).to.have.property(command.split(" ")[2] ?? "");
      if (command.startsWith("npm run plan"))
        for (const option of optionsOf(command).filter((one) => one !== "--"))
          expect(help).to.include(option);
    }
  });

  it("sets keys that there are, and leads to files that there are", () => {
    const page = readFileSync(path.join(ROOT, "docs/change-sets.md"), "utf8");
    const set = [...page.matchAll(/--config (\w+)=|config set [\w-]+:(\w+)/g)];
    const links = [...page.matchAll(/\]\(([^)#]+)/g)].map(([, link = ""]) => link);

    expect(set.map(([, plan, stack]) => plan ?? stack)).to.have.length(2);
    for (const [, plan, stack] of set) expect(KIND_BY_KEY.has(plan ?? stack ?? "")).to.equal(true);
    expect(links.length).to.be.above(3);
    for (const link of links)
      expect(existsSync(path.join(ROOT, "docs", link)), link).to.equal(true);
  });
});
