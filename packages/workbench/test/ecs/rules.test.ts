import { expect } from "chai";
import { readFileSync } from "node:fs";
import { NUMBERS } from "../../src/plan/rollout/assumptions.ts";
import { stationsOf } from "../../src/pipeline/smoke/walk.ts";
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
      "crashing-tasks-stall-shift",
      "groups-take-turns",
    ]);
  });

  it("each assumption, of a rule or a number, is settled by a station of smoke:aws", () => {
    const stations = stationsOf({ shifts: true, alarms: true, bands: false });
    for (const { id, status, settledBy } of [...ECS_RULES, ...NUMBERS])
      if (status === "assumed") expect(stations, id).to.include(settledBy);
      else expect(settledBy, id).to.equal(undefined);
  });

  it("each assumption is told in docs/rollouts.md, with its station", () => {
    const docs = readFileSync(new URL("../../../../docs/rollouts.md", import.meta.url), "utf8");
    const rows = docs
      .slice(docs.indexOf("Assumed are today"))
      .matchAll(/^\| `(\S+)` +\|.*\| (.+?) +\|$/gm);
    const told = [...rows].map(([, id, station]) => [id, station]);
    expect(told).to.have.deep.members(
      [...ECS_RULES, ...NUMBERS]
        .filter(({ status }) => status === "assumed")
        .map(({ id, settledBy }) => [id, settledBy]),
    );
  });

  it("a strategy relies on its own and on those of all", () => {
    const all = [
      "breaker-rolling-only",
      "new-target-one-check",
      "deregister-before-sigterm",
      "firing-alarm-disables-all",
      "no-scale-in-meanwhile",
    ];
    const shifting = [
      "both-groups-on-rule",
      "ecs-moves-weights",
      "alarms-roll-back-shifts",
      "crashing-tasks-stall-shift",
      "groups-take-turns",
      "averages-cover-both",
      "pause-stages",
    ];

    expect(rulesFor("rolling").map(({ id }) => id)).to.have.members([...all, "breaker-threshold"]);
    for (const strategy of ["blue-green", "canary", "linear"] as const)
      expect(rulesFor(strategy).map(({ id }) => id)).to.have.members([...all, ...shifting]);
  });
});
