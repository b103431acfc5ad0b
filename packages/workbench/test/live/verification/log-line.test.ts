import { expect } from "chai";
import { isNoise, logMessage, saidLines } from "../../../src/live/verification/log-line.ts";

describe("logMessage", () => {
  const cases: readonly [string, string][] = [
    ["plain text  with   spaces", "plain text with spaces"],
    ['{"level":50,"msg":"no table"}', "no table"],
    ['{"level":"error","message":"no table"}', "no table"],
    ['{"msg":"refused","err":{"message":"X is not set","stack":"Error"}}', "refused: X is not set"],
    ['{"error":"plain"}', "plain"],
    ['{"msg":"refused","problems":["A is not set","B is 3"]}', "refused: A is not set; B is 3"],
    ['{"msg":"refused","problems":[]}', "refused"],
    ['{"level":50}', '{"level":50}'],
    ["{not json", "{not json"],
    ["\u001b[31mred\u001b[0m", "red"],
  ];
  for (const [line, message] of cases) {
    it(JSON.stringify(line), () => {
      expect(logMessage(line)).to.equal(message);
    });
  }

  it("cuts what is long", () => {
    expect(logMessage("x".repeat(400))).to.equal(`${"x".repeat(200)}...`);
  });
});

describe("isNoise", () => {
  it("drops frames and closing lines", () => {
    const lines = ["", "at f (x.js:1:1)", "^", "Node.js v24.21.0", "}", "Error: no table"];
    expect(lines.filter((line) => !isNoise(line))).to.deep.equal(["Error: no table"]);
  });
});

describe("saidLines", () => {
  const trace = (...frames: string[]): string[] => frames.map((frame) => `    at ${frame}`);

  it("names the place in the source of an error that nobody caught, and not the line of the bundle", () => {
    expect(
      saidLines([
        "listening",
        "/app/dist/server.js:5310",
        "var a=1;throw new NotFoundError(`no ${a}`)};",
        "         ^",
        "",
        "NotFoundError: no table",
        ...trace("node:internal/x:1:1", "get (/app/node_modules/a/b.js:1:2)"),
        ...trace("new Store (/app/src/store.ts:4:9)", "main (/app/src/server.ts:9:1)"),
        "",
        "Node.js v24.21.0",
      ]),
    ).to.deep.equal(["listening", "NotFoundError: no table (at new Store, src/store.ts:4:9)"]);
  });

  it("names the place in a JSON record", () => {
    const stack = ["Error: gone", ...trace("file:///app/src/a.ts:1:2")].join("\n");
    const line = JSON.stringify({ msg: "failed", err: { message: "gone", stack } });
    expect(saidLines([line, "ended"])).to.deep.equal(["failed: gone (at src/a.ts:1:2)", "ended"]);
  });

  it("leaves lines without a trace as they are, cut at 200 characters, and an arrow in a text of its own", () => {
    expect(saidLines(["a", "x".repeat(300), "b", "  ^", "c"])).to.deep.equal([
      "a",
      `${"x".repeat(200)}...`,
      "b",
      "c",
    ]);
  });
});
