import { expect } from "chai";
import { answers, STARTED } from "./verification/answers.ts";
import { awsError } from "./verification/stub.ts";
import { commands, runCommandLine } from "./harness.ts";
import { GOOD } from "./past.ts";

describe("npm run logs", () => {
  const event = (eventId: string, seconds: number, task: string, message: string) => ({
    eventId,
    timestamp: STARTED.getTime() + seconds * 1000,
    logStreamName: `app/app/${task}`,
    message,
  });

  it("shows the lines of all tasks by time, from ten minutes back", async () => {
    const ran = await runCommandLine(["logs", "prod"], {
      answers: {
        FilterLogEvents: (input: { nextToken?: string }) =>
          input.nextToken === undefined
            ? { events: [event("2", 2, "bbbbbbbb", "second\n")], nextToken: "more" }
            : { events: [event("1", 1, "aaaaaaaa", "first")] },
      },
    });
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ["12:00:01 aaaaaa first", "12:00:02 bbbbbb second"],
    ]);
    expect(ran.calls[0]?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      startTime: STARTED.getTime() + 20 * 60_000,
    });
  });

  it("takes one task, a filter and the last lines", async () => {
    const ran = await runCommandLine(
      ["logs", "prod", "--task", "1f0c2d", "--tail", "1", "--filter", "ERROR", "--json"],
      {
        answers: {
          ...answers(GOOD),
          FilterLogEvents: {
            events: [event("1", 1, "1f0c2d4e", "ERROR a"), event("2", 2, "1f0c2d4e", "ERROR b")],
          },
        },
      },
    );
    expect(ran.stdout).to.deep.equal([
      `{"timestamp":${STARTED.getTime() + 2000},"task":"1f0c2d4e","message":"ERROR b"}`,
    ]);
    expect(commands(ran, "FilterLogEvents")[0]?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      startTime: STARTED.getTime() + 30 * 60_000 - 24 * 60 * 60_000,
      filterPattern: "ERROR",
      logStreamNamePrefix: "app/app/1f0c2d",
    });
  });

  it("follows until Ctrl-C, shows late lines once, and outlives a bad moment", async () => {
    const controller = new AbortController();
    const pages = [
      [event("1", 1, "aaaaaaaa", "one")],
      [event("1", 1, "aaaaaaaa", "one"), event("3", 3, "aaaaaaaa", "three")],
      awsError("ThrottlingException", "Rate exceeded"),
      [event("2", 2, "bbbbbbbb", "late"), event("3", 3, "aaaaaaaa", "three")],
    ];
    const ran = await runCommandLine(["logs", "prod", "--since", "1h", "--follow"], {
      signal: controller.signal,
      answers: {
        FilterLogEvents: (_: unknown, call: number) => {
          if (call === pages.length - 1) controller.abort();
          const page = pages[call];
          return page instanceof Error ? page : { events: page };
        },
      },
    });
    expect(ran.stdout).to.deep.equal([
      "12:00:01 aaaaaa one",
      "12:00:03 aaaaaa three",
      "12:00:02 bbbbbb late",
    ]);
  });

  it("says that there is nothing", async () => {
    const { stderr } = await runCommandLine(["logs", "prod", "--since", "30s"], {
      answers: { FilterLogEvents: {} },
    });
    expect(stderr).to.deep.equal(["No line in the last 30s. --since looks further back."]);
  });

  it("refuses a time without a unit", async () => {
    const { code, stderr } = await runCommandLine(["logs", "prod", "--since", "10"]);
    expect([code, stderr]).to.deep.equal([
      2,
      ["--since is 10, but takes a number and a unit: 30s, 10m, 2h or 7d."],
    ]);
  });
});
