import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../src/local/session.ts";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { duration } from "../../../src/lib/words.ts";
import { rollout } from "../../../src/plan/rollout/rollout.ts";

describe("docs/rollouts.md", () => {
  it("has the numbers that the plan computes", async () => {
    const text = await readFile(join(ROOT, "docs/rollouts.md"), "utf8");
    const written = text
      .split("\n")
      .filter((line) => /^\| (?:dev|prod) /.test(line))
      .map((line) =>
        line
          .split("|")
          .map((cell) => cell.trim())
          .slice(1, -1),
      );
    expect(written).to.have.length(5);
    for (const [stack = "", deploymentStrategy = "", ...numbers] of written) {
      const computed = rollout(await planFrozen({ stack, overrides: { deploymentStrategy } }));
      if (computed === undefined) throw new Error(`${stack} has no rollout`);
      const { worst, typical, capacity, detection } = computed;
      expect(numbers, `${stack} ${deploymentStrategy}`).to.deep.equal([
        duration(worst.seconds),
        duration(typical.seconds),
        `${capacity.fewestServing}-${capacity.mostRunning}`,
        duration(detection.crashSeconds),
        duration(detection.neverHealthySeconds),
        `${detection.reachPercent} %`,
        duration(detection.exposedSeconds),
      ]);
    }
  });
});
