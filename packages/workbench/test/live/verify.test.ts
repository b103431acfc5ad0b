import { expect } from "chai";
import { answers, type World } from "./verification/answers.ts";
import { type Answers } from "./verification/stub.ts";
import { runCommandLine } from "./harness.ts";
import { GOOD, OLD, PAUSED } from "./past.ts";

describe("npm run verify", () => {
  it("prints the verdict and ends with 0", async () => {
    const { code, stdout, stderr } = await runCommandLine(["verify", "prod"], {
      answers: answers(GOOD),
    });
    expect([code, stdout, stderr]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 3 healthy"],
      [],
    ]);
  });

  const ends: [string, World, Answers, number][] = [
    [
      "a rollback",
      {
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
      },
      {},
      1,
    ],
    ["a sleeping service", { ...GOOD, desired: 0, running: 0 }, {}, 3],
    ["a deployment that awaits approval", PAUSED, {}, 0],
    [
      "a time-out",
      { primary: 43, deployment: { status: "IN_PROGRESS", target: { revision: 43 }, source: OLD } },
      {},
      4,
    ],
    ["the wrong account", GOOD, { GetCallerIdentity: { Account: "999999999999" } }, 5],
  ];
  for (const [name, world, extra, exitCode] of ends) {
    it(`ends with ${exitCode} for ${name}`, async () => {
      const { code } = await runCommandLine(["verify", "prod"], {
        answers: { ...answers(world), ...extra },
      });
      expect(code).to.equal(exitCode);
    });
  }

  it("gives up after --timeout", async () => {
    const { code, clock } = await runCommandLine(["verify", "prod", "--timeout", "30s"], {
      answers: answers({
        primary: 43,
        deployment: { status: "IN_PROGRESS", target: { revision: 43 }, source: OLD },
      }),
    });
    expect([code, clock.seconds]).to.deep.equal([4, 30]);
  });

  it("speaks JSON", async () => {
    const { stdout } = await runCommandLine(["verify", "prod", "--json"], {
      answers: answers(GOOD),
    });
    expect(stdout.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      {
        stack: "prod",
        state: "succeeded",
        ok: true,
        elapsedSeconds: 0,
        message: "revision 43 runs: 3 of 3 tasks, 3 healthy",
      },
    ]);
  });
});
