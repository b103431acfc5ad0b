import { expect } from "chai";
import { answers, type World } from "./verification/answers.ts";
import { type Answers } from "./verification/stub.ts";
import { FakePulumi, outputsOf, runCommandLine } from "./harness.ts";
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

  it("says beside the verdict where the name leads today, in either form of the front", async () => {
    for (const [outputs, what, own] of [
      [{ albDnsName: "lb-1.elb.amazonaws.com" }, "load balancer", "lb-1.elb.amazonaws.com"],
      [
        { albDnsName: "internal-lb-1", distributionDnsName: "d1.cloudfront.net" },
        "distribution",
        "d1.cloudfront.net",
      ],
    ] as const) {
      const run = (leadsTo: string) =>
        runCommandLine(["verify", "prod"], {
          answers: answers(GOOD),
          pulumi: new FakePulumi({ prod: { ...outputsOf("prod"), ...outputs } }),
          names: { "prod.example.com": [leadsTo], [own]: ["192.0.2.1"] },
        });
      const [away, here] = [await run("198.51.100.7"), await run("192.0.2.1")];

      expect([away.code, away.stderr]).to.deep.equal([
        0,
        [
          `prod.example.com leads to 198.51.100.7, and not to this stack's ${what} (192.0.2.1). That is right where routing chose another stack, or a proxy stands before it. Otherwise: Set hostedZone, so that the stack makes the record, or make one that leads to ${own}: an alias in Route 53, a CNAME elsewhere.`,
        ],
      ]);
      expect([here.code, here.stderr]).to.deep.equal([0, []]);
    }
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
