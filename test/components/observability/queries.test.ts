import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { SAVED_QUERIES } from "../../../components/observability/queries.ts";
import { ROOT } from "../../helpers/app.ts";
import { planFrozen } from "../../helpers/frozen.ts";
import { PROJECT } from "../../helpers/project.ts";
import { IS_SAMPLE_APP } from "../../helpers/sample-app.ts";

/** Fields of a line and of CloudWatch that a query reads, without those that it makes. */
function fieldsOf(query: string): string[] {
  const made = new Set([...query.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  const words = query
    .replaceAll(/"[^"]*"/g, "")
    .match(/@?\b[A-Za-z]\w*\b/g)
    ?.filter((word) => !KEYWORDS.has(word) && !made.has(word));
  return [...new Set(words)].sort();
}
const KEYWORDS = new Set(
  "filter fields sort limit stats count max pct by as and or desc".split(" "),
);

/** Of CloudWatch itself: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html */
const OF_CLOUDWATCH = ["@logStream", "@timestamp"];

describe("Saved queries", () => {
  it("read fields and types that the sample app writes", async function () {
    const app = path.join(ROOT, "app");
    // Another app writes lines of its own.
    if (!IS_SAMPLE_APP) this.skip();
    const { main } = JSON.parse(readFileSync(path.join(app, "package.json"), "utf8")) as {
      main?: string;
    };
    const folder = mkdtempSync(path.join(tmpdir(), "queries-"));
    const child = spawn(process.execPath, [path.join(app, main ?? "")], {
      cwd: folder,
      env: { PATH: process.env["PATH"], PORT: "0", HOST: "127.0.0.1" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const lines: Record<string, unknown>[] = [];
      for await (const text of createInterface(child.stdout)) {
        const line = JSON.parse(text) as Record<string, unknown>;
        lines.push(line);
        if (line["message"] === "listening")
          await fetch(`http://127.0.0.1:${String(line["port"])}/nothing`);
        if (line["type"] === "access") break;
      }
      const written = new Set(lines.flatMap((line) => Object.keys(line)));
      const read = new Set(SAVED_QUERIES.flatMap(({ query }) => fieldsOf(query)));
      expect([...read].filter((field) => !written.has(field)).sort()).to.deep.equal(OF_CLOUDWATCH);
      const types = new Set(lines.map(({ type }) => type));
      for (const { query } of SAVED_QUERIES)
        for (const [, type] of query.matchAll(/type = "(\w+)"/g)) expect(types).to.include(type);
    } finally {
      child.kill();
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    }
  });

  it("stand in a folder of the stack's name, over the logs of all its services", async () => {
    const plan = await planFrozen({ stack: "prod" });
    const saved = plan.resources.filter(({ type }) => type.endsWith(":QueryDefinition"));

    expect(saved.map(({ inputs }) => inputs["name"])).to.have.members(
      SAVED_QUERIES.map(({ name }) => `${PROJECT}-prod/${name}`),
    );
    for (const { inputs } of saved)
      expect(inputs["logGroupNames"]).to.be.an("array").that.has.length(1);
  });
});
