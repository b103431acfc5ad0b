import { expect } from "chai";
import { readArguments } from "../../../src/local/rehearse/arguments.ts";

const DEFAULTS = {
  stack: "prod",
  clients: 20,
  rate: 150,
  factor: 60,
  paths: [],
  json: false,
  config: {},
  environment: {},
};

describe("command line of a rehearsal", () => {
  it("has defaults for all but the stack", () => {
    expect(readArguments(["prod"])).to.deep.equal(DEFAULTS);
  });

  it("reads every option", () => {
    const line =
      "prod --strategy canary --bad never-healthy --clients 5 --rate 50 --factor 30 --tasks 2 --path /a --path /b --json --config canaryPercent=5 --env A=b=c";
    expect(readArguments(line.split(" "))).to.deep.equal({
      stack: "prod",
      strategy: "canary",
      bad: "never-healthy",
      clients: 5,
      rate: 50,
      factor: 30,
      tasks: 2,
      paths: ["/a", "/b"],
      json: true,
      config: { canaryPercent: "5" },
      environment: { A: "b=c" },
    });
  });

  for (const [line, sentence] of [
    ["", "Which stack? Try npm run rehearse -- prod."],
    ["dev prod", "One stack at a time, not dev and prod."],
    [
      "prod --strategy fast",
      '--strategy is "fast", but must be one of: rolling, blue-green, canary, linear.',
    ],
    [
      "prod --bad bug",
      '--bad is "bug", but must be one of: crash, crash-later, 500, slow, hang, reset, never-healthy.',
    ],
    ["prod --factor 0", '--factor is "0", but must be a whole number from 1 to 600.'],
    ["prod --clients 1.5", '--clients is "1.5", but must be a whole number from 1 to 500.'],
    ["prod --tasks 21", '--tasks is "21", but must be a whole number from 1 to 20.'],
    ["prod --env A", '--env is "A", but must be written --env name=value.'],
    ["prod --fast", "Unknown option '--fast'. npm run rehearse -- --help lists the options."],
  ] as const)
    it(`refuses: ${line === "" ? "nothing" : line}`, () => {
      expect(() => readArguments(line.split(" ").filter((word) => word !== ""))).to.throw(sentence);
    });
});
