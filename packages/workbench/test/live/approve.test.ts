import { expect } from "chai";
import { answers, deploymentArn, type World } from "./verification/answers.ts";
import { give, type Answers } from "./verification/stub.ts";
import { commands, runCommandLine } from "./harness.ts";
import { GOOD, OLD, PAUSED } from "./past.ts";

describe("npm run approve and reject", () => {
  /** Paused until the decision, then `after`. */
  function deciding(after: World, lag = 0): () => Answers {
    // Descriptions that still show the hook as waiting, once it was decided.
    let left = Infinity;
    return () => ({
      ...answers(left <= 0 ? after : PAUSED),
      ContinueServiceDeployment: () => {
        left = lag;
        return {};
      },
      DescribeServiceDeployments: (input: object, call: number) => {
        const world = left <= 0 ? after : PAUSED;
        left -= 1;
        return give(answers(world)["DescribeServiceDeployments"] ?? {}, input, call);
      },
    });
  }

  it("waits until ECS shows the decision", async () => {
    const ran = await runCommandLine(["approve", "prod"], {
      answers: deciding({ ...GOOD, strategy: "BLUE_GREEN" }, 2),
    });
    expect([ran.code, ran.stdout, ran.clock.slept]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 3 healthy"],
      [3, 3],
    ]);
  });

  it("approves, waits, and verifies", async () => {
    const ran = await runCommandLine(["approve", "prod"], {
      answers: deciding({ ...GOOD, strategy: "BLUE_GREEN" }),
    });
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 3 healthy"],
    ]);
    expect(commands(ran, "ContinueServiceDeployment")).to.deep.equal([
      {
        command: "ContinueServiceDeployment",
        input: {
          serviceDeploymentArn: deploymentArn(43),
          hookId: "pause-1",
          action: "CONTINUE",
        },
      },
    ]);
  });

  it("rejects, waits for the rollback, and says how the state agrees again", async () => {
    const ran = await runCommandLine(["reject", "prod"], {
      answers: deciding({
        strategy: "BLUE_GREEN",
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
      }),
    });
    expect([ran.code, ran.stdout, ran.stderr]).to.deep.equal([
      0,
      ["rejected"],
      ["Revision 42 serves. `npm run rollback -- prod` makes the stack's state agree."],
    ]);
    expect(commands(ran, "ContinueServiceDeployment")[0]?.input["action"]).to.equal("ROLLBACK");
  });

  it("does not wait with --no-wait", async () => {
    const { stdout } = await runCommandLine(["approve", "prod", "--no-wait", "--json"], {
      answers: deciding(GOOD),
    });
    expect(stdout).to.deep.equal(['{"stack":"prod","decision":"approved"}']);
  });

  it("says that nothing waits", async () => {
    const { code, stderr } = await runCommandLine(["approve", "prod"], { answers: answers(GOOD) });
    expect([code, stderr]).to.deep.equal([
      1,
      ["No deployment of prod waits for approval: the newest one, of revision 43, is successful."],
    ]);
  });
});
