import { expect } from "chai";
import { UsageError } from "../../src/lib/command-line.ts";
import { readOptions } from "../../src/local/options.ts";

describe("options of npm start", () => {
  it("run the dev stack on port 8080 by default", () => {
    expect(readOptions([], {})).to.deep.equal({
      stack: "dev",
      docker: false,
      port: 8080,
      watch: false,
      config: {},
      environment: {},
    });
  });

  it("are all read", () => {
    const args =
      "--stack prod --docker --port 0 --tasks 3 --watch --config a=b=c --config d= --env X=y --env HOME";

    expect(readOptions(args.split(" "), { HOME: "/home/me" })).to.deep.equal({
      stack: "prod",
      docker: true,
      port: 0,
      tasks: 3,
      watch: true,
      config: { a: "b=c", d: "" },
      environment: { X: "y", HOME: "/home/me" },
    });
  });

  const refusals: [string[], string][] = [
    [["--port", "80a"], '--port is "80a", but must be a whole number from 0 to 65535.'],
    [["--port", ""], '--port is "", but must be a whole number from 0 to 65535.'],
    [["--tasks", "0"], '--tasks is "0", but must be a whole number from 1 to 50.'],
    [["--config", "taskCpu"], '--config is "taskCpu", but must be written --config name=value.'],
    [["--env", "=x"], '--env is "=x", but must be written --env name=value.'],
    [
      ["--env", "MISSING"],
      "--env MISSING takes its value from this shell, which has none: write --env MISSING=value.",
    ],
    [["--prot", "1"], "Unknown option '--prot'. npm start -- --help lists the options."],
    [["dev"], "Unexpected argument 'dev'. npm start -- --help lists the options."],
  ];
  for (const [args, message] of refusals) {
    it(`refuse ${args.join(" ")} in one sentence`, () => {
      expect(() => readOptions(args, {}))
        .to.throw(UsageError)
        .with.property("message", message);
    });
  }
});
