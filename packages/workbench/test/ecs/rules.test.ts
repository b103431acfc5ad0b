import { expect } from "chai";
import { ECS_RULES, rulesFor } from "../../src/ecs/rules.ts";

describe("rules of ECS that deployments rely on", () => {
  it("each has an id of its own, a sentence and a source", () => {
    expect(new Set(ECS_RULES.map(({ id }) => id)).size).to.equal(ECS_RULES.length);
    for (const { id, rule, source, strategies } of ECS_RULES) {
      expect(id).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(rule).to.match(/^[A-Z].+\.$/);
      expect(source).not.to.equal("");
      expect(strategies).not.to.deep.equal([]);
    }
  });

  it("says which are assumptions", () => {
    const assumed = ECS_RULES.filter(({ status }) => status === "assumed").map(({ id }) => id);

    expect(assumed).to.deep.equal([
      "deregister-before-sigterm",
      "alarms-roll-back-shifts",
      "crashing-tasks-stall-shift",
    ]);
  });

  it("a strategy relies on its own and on those of all", () => {
    const all = [
      "breaker-rolling-only",
      "new-target-one-check",
      "deregister-before-sigterm",
      "firing-alarm-disables-all",
    ];
    const shifting = [
      "both-groups-on-rule",
      "ecs-moves-weights",
      "alarms-roll-back-shifts",
      "crashing-tasks-stall-shift",
      "pause-stages",
    ];

    expect(rulesFor("rolling").map(({ id }) => id)).to.have.members([...all, "breaker-threshold"]);
    for (const strategy of ["blue-green", "canary", "linear"] as const)
      expect(rulesFor(strategy).map(({ id }) => id)).to.have.members([...all, ...shifting]);
  });
});
