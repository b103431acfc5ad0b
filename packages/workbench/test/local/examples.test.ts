import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readExamples } from "../../src/project/app-examples.ts";
import { curlCommands } from "../../src/local/examples.ts";
import { targetGroupSpec } from "./fixture/harness.ts";

const base = new URL("http://127.0.0.1:8080");
const spec = { targetGroups: [targetGroupSpec()] as [ReturnType<typeof targetGroupSpec>] };

describe("example calls", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "examples-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are those that the app's package.json declares", async () => {
    const examples = [{ path: "/v1/orders" }, { path: "no-slash" }, { method: "GET" }, "x"];
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", examples }));

    expect(await readExamples(folder)).to.deep.equal([{ path: "/v1/orders" }]);
  });

  it("are none for an app that declares none or has no readable package.json", async () => {
    expect(await readExamples(folder)).to.deep.equal([]);
    await writeFile(join(folder, "package.json"), "{}");
    expect(await readExamples(folder)).to.deep.equal([]);
    await writeFile(join(folder, "package.json"), "{");
    expect(await readExamples(folder)).to.deep.equal([]);
  });

  it("are written for a shell, with key, body and the current time", () => {
    const examples = [
      { path: "/v1/notes", body: { note: "it's", time: "{now}" } },
      { path: "/v1/orders?from=a&to=b" },
      { path: "/v1/notes/e1", method: "DELETE" },
    ];

    const commands = curlCommands(
      base,
      examples,
      spec,
      { header: "x-api-key", value: "k1" },
      "2026-11-22T09:30:00.000Z",
    );

    expect(commands).to.deep.equal([
      `curl -s http://127.0.0.1:8080/v1/notes -H 'x-api-key: k1' -H 'content-type: application/json' -d '{"note":"it'\\''s","time":"2026-11-22T09:30:00.000Z"}'`,
      "curl -s 'http://127.0.0.1:8080/v1/orders?from=a&to=b' -H 'x-api-key: k1'",
      "curl -s http://127.0.0.1:8080/v1/notes/e1 -X DELETE -H 'x-api-key: k1'",
    ]);
  });

  it("fall back to the health path", () => {
    expect(curlCommands(base, [], spec)).to.deep.equal(["curl -i http://127.0.0.1:8080/readyz"]);
  });
});
