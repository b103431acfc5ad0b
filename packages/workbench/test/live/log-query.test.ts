import { expect } from "chai";
import { commands, FakePulumi, NOW, outputsOf, runCommandLine, type Setting } from "./harness.ts";

const SECOND = 1000;

/** A stack with these saved queries in its state, as an `up` leaves them. */
function withQueries(queries: Readonly<Record<string, string>>): FakePulumi {
  const pulumi = new FakePulumi({ prod: outputsOf("prod") });
  pulumi.state = Object.entries(queries).map(([name, queryString]) => ({
    urn: `urn:pulumi:prod::api::aws:cloudwatch/queryDefinition:QueryDefinition::observability-${name}`,
    type: "aws:cloudwatch/queryDefinition:QueryDefinition",
    outputs: { name: `api-prod/${name}`, queryString },
  }));
  return pulumi;
}

const QUERIES = {
  slow: 'filter type = "access" | sort milliseconds desc',
  request: 'filter requestId = "VALUE" or traceId = "VALUE"',
};

const row = (cells: Readonly<Record<string, string>>) =>
  Object.entries({ ...cells, "@ptr": "CmEK" }).map(([field, value]) => ({ field, value }));

const FOUND = [
  row({ route: "/orders", milliseconds: "812.4" }),
  row({ route: "/orders/:id", milliseconds: "77", requestId: "8f2c1a" }),
];

const run = (args: readonly string[], setting: Setting = {}) =>
  runCommandLine(["logs", "prod", ...args], {
    pulumi: withQueries(QUERIES),
    answers: {
      StartQuery: { queryId: "q-1" },
      GetQueryResults: (_: unknown, call: number) =>
        call === 0
          ? { status: "Scheduled" }
          : call === 1
            ? { status: "Running", results: FOUND.slice(1) }
            : { status: "Complete", results: FOUND },
    },
    ...setting,
  });

describe("npm run logs -- --query", () => {
  it("runs a saved query of the stack on the service's log, and shows its columns", async () => {
    const ran = await run(["--query", "slow"]);

    expect([ran.code, ran.stderr]).to.deep.equal([0, []]);
    expect(ran.stdout).to.deep.equal([
      [
        "route        milliseconds  requestId",
        "/orders      812.4",
        "/orders/:id  77            8f2c1a",
      ].join("\n"),
    ]);
    expect(commands(ran, "StartQuery")[0]?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      queryString: QUERIES.slow,
      startTime: NOW.getTime() / SECOND - 3600,
      endTime: NOW.getTime() / SECOND,
    });
    expect(commands(ran, "GetQueryResults").map(({ input }) => input)).to.deep.equal(
      Array.from({ length: 3 }, () => ({ queryId: "q-1" })),
    );
  });

  it("looks for a value, further back, as JSON", async () => {
    const ran = await run(["--query", "request=8f2c$&1a", "--since", "2d", "--json"]);

    expect(ran.stdout).to.deep.equal([
      '{"route":"/orders","milliseconds":"812.4"}',
      '{"route":"/orders/:id","milliseconds":"77","requestId":"8f2c1a"}',
    ]);
    expect(commands(ran, "StartQuery")[0]?.input).to.deep.include({
      queryString: 'filter requestId = "8f2c$&1a" or traceId = "8f2c$&1a"',
      startTime: NOW.getTime() / SECOND - 2 * 86_400,
    });
  });

  it("says when there is nothing", async () => {
    const ran = await run(["--query", "slow", "--since", "10m"], {
      answers: { StartQuery: { queryId: "q-1" }, GetQueryResults: { status: "Complete" } },
    });

    expect([ran.code, ran.stdout, ran.stderr]).to.deep.equal([
      0,
      [],
      ["Nothing in the last 10m. --since looks further back."],
    ]);
  });

  it("fails where CloudWatch gives the query up", async () => {
    const ran = await run(["--query", "slow"], {
      answers: { StartQuery: { queryId: "q-1" }, GetQueryResults: { status: "Timeout" } },
    });

    expect([ran.code, ran.stderr]).to.deep.equal([
      1,
      ["CloudWatch ended the query: Timeout. A shorter --since scans less."],
    ]);
  });

  it("stops it with Ctrl-C", async () => {
    const controller = new AbortController();
    const ran = await run(["--query", "slow"], {
      signal: controller.signal,
      answers: {
        StartQuery: { queryId: "q-1" },
        GetQueryResults: () => {
          controller.abort();
          return { status: "Running" };
        },
        StopQuery: { success: true },
      },
    });

    expect([ran.code, ran.stderr]).to.deep.equal([4, ["The query was stopped."]]);
    expect(commands(ran, "StopQuery").map(({ input }) => input)).to.deep.equal([
      { queryId: "q-1" },
    ]);
  });

  for (const [args, sentence] of [
    [["--query", "slwo"], "Stack prod has no query slwo. It has request, slow. Did you mean slow?"],
    [["--query", "request"], "--query request looks for a value: --query request=VALUE."],
    [["--query", "slow=3"], '--query slow looks for no value: leave "=3" out.'],
    [
      ["--query", 'request=a" or 1=1'],
      '--query request looks for "a\\" or 1=1", but a value has no quotes, backslashes or line breaks.',
    ],
    [
      ["--query", "slow", "--follow"],
      "--follow shows lines, and --query shows a table: use one of them.",
    ],
  ] as const)
    it(`refuses ${args.slice(1).join(" ")} before anything is scanned`, async () => {
      const ran = await run(args);
      expect([ran.code, ran.stderr, ran.calls]).to.deep.equal([2, [sentence], []]);
    });

  it("says what brings queries to a stack that has none", async () => {
    const ran = await run(["--query", "slow"], { pulumi: withQueries({}) });
    expect(ran.stderr).to.deep.equal([
      "Stack prod has no saved queries: they come with the next pulumi up.",
    ]);
  });
});
