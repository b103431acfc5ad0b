import { expect } from "chai";
import { FakePulumi, outputsOf, runCommandLine } from "./harness.ts";

describe("npm run scale", () => {
  it("sets the bounds in the configuration, the desired count within them, and deploys", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { desiredCount: "3" };
    const { code } = await runCommandLine(["scale", "prod", "4", "16", "--yes"], { pulumi });
    expect(code).to.equal(0);
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { minCapacity: 4, maxCapacity: 16, desiredCount: 4 } },
    ]);
    expect(pulumi.ups).to.deep.equal([{ stack: "prod", yes: true }]);
  });

  it("leaves a desired count alone that lies within", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { desiredCount: "3" };
    await runCommandLine(["scale", "prod", "2", "3", "--yes"], { pulumi });
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { minCapacity: 2, maxCapacity: 3 } },
    ]);
  });

  it("says when new bounds hold, where a schedule moves the stack", async () => {
    const pulumi = new FakePulumi({ dev: outputsOf("dev") });
    pulumi.config = { awakeHours: "Mon-Fri 07:00-20:00" };
    const { code, stderr } = await runCommandLine(["scale", "dev", "2", "3", "--yes"], { pulumi });
    expect([code, pulumi.ups.length]).to.deep.equal([0, 1]);
    expect(stderr).to.deep.equal([
      "dev keeps its present number of tasks until its schedule (Mon-Fri 07:00-20:00) moves it next: the new bounds hold from then on. Add --now for at once.",
    ]);
  });

  it("wakes a sleeping service at once with --now, and changes no configuration", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { awakeHours: "Mon-Fri 07:00-20:00" };
    const { code, bounds, stderr } = await runCommandLine(["scale", "prod", "1", "2", "--now"], {
      pulumi,
    });
    expect([code, pulumi.written, pulumi.ups]).to.deep.equal([0, [], []]);
    expect(bounds).to.deep.equal([
      { region: "eu-west-1", clusterName: "api-c1", serviceName: "api-5f2e", min: 1, max: 2 },
    ]);
    expect(stderr).to.deep.equal([
      "prod keeps 1 to 2 tasks until its schedule (Mon-Fri 07:00-20:00) moves them again.",
    ]);
  });

  const wrong: [string[], string][] = [
    [["0", "2"], "MIN is 0, but takes a whole number from 1 on."],
    [["3", "2"], "MAX is 2, but takes a whole number from 3 on."],
    [["x", "2"], "MIN is x, but takes a whole number from 1 on."],
  ];
  for (const [args, sentence] of wrong) {
    it(`refuses ${args.join(" to ")}`, async () => {
      const { code, stderr } = await runCommandLine(["scale", "prod", ...args, "--yes"]);
      expect([code, stderr]).to.deep.equal([2, [sentence]]);
    });
  }
});
