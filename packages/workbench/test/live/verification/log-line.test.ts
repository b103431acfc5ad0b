import { expect } from "chai";
import { isNoise, logMessage } from "../../../src/live/verification/log-line.ts";

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
