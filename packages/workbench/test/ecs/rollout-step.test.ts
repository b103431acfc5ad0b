import { expect } from "chai";
import fc from "fast-check";
import {
  rolloutStep,
  type RolloutLimits,
  type TaskCondition,
  type TaskSummary,
} from "../../src/ecs/rollout-step.ts";

const limits = (changes: Partial<RolloutLimits> = {}): RolloutLimits => ({
  desiredCount: 2,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  ...changes,
});

/** `old:healthy` or `new:starting`, in order of their ids from 1. */
function tasks(...words: string[]): TaskSummary[] {
  return words.map((word, index) => {
    const [age, condition] = word.split(":");
    return { id: index + 1, current: age === "new", condition: condition as TaskCondition };
  });
}

describe("rolloutStep", () => {
  const table: [string, Partial<RolloutLimits>, string[], number, number[]][] = [
    ["starts all tasks of a first deployment at once", { batch: 1 }, [], 2, []],
    ["has nothing to do when all are healthy", {}, ["new:healthy", "new:healthy"], 0, []],
    ["waits for tasks that start", {}, ["new:starting", "new:healthy"], 0, []],
    ["starts as many new tasks as the maximum allows", {}, ["old:healthy", "old:healthy"], 2, []],
    ["starts one at a time when asked to", { batch: 1 }, ["old:healthy", "old:healthy"], 1, []],
    [
      "stops an old task for each new one that is healthy",
      { batch: 1 },
      ["old:healthy", "old:healthy", "new:healthy"],
      1,
      [1],
    ],
    [
      "keeps old tasks while the new ones start",
      {},
      ["old:healthy", "old:healthy", "new:starting", "new:starting"],
      0,
      [],
    ],
    [
      "stops the last old task when the new ones are complete",
      {},
      ["old:stopping", "old:healthy", "new:healthy", "new:healthy"],
      0,
      [2],
    ],
    [
      "makes room below the desired count where the minimum allows it",
      { minimumHealthyPercent: 50, maximumPercent: 100 },
      ["old:healthy", "old:healthy"],
      0,
      [1],
    ],
    [
      "does not go below the minimum",
      { minimumHealthyPercent: 50, maximumPercent: 100 },
      ["old:healthy", "old:stopping", "new:starting"],
      0,
      [],
    ],
    ["replaces an unhealthy task before it stops it", {}, ["new:healthy", "new:unhealthy"], 1, []],
    [
      "stops an unhealthy task as soon as its replacement is healthy",
      {},
      ["new:healthy", "new:unhealthy", "new:healthy"],
      0,
      [2],
    ],
    [
      "stops an unhealthy task first where the maximum leaves no room",
      { minimumHealthyPercent: 50, maximumPercent: 100 },
      ["new:healthy", "new:unhealthy"],
      0,
      [2],
    ],
    [
      "stops unhealthy old tasks before healthy ones",
      {},
      ["old:healthy", "old:unhealthy", "new:healthy", "new:starting"],
      0,
      [2],
    ],
    [
      "goes back by stopping what is not wanted any more",
      {},
      ["new:healthy", "new:healthy", "old:starting"],
      0,
      [3],
    ],
  ];
  for (const [behaviour, changes, words, start, stop] of table) {
    it(behaviour, () => {
      expect(rolloutStep(limits(changes), tasks(...words))).to.deep.equal({ start, stop });
    });
  }

  it("never leaves the bounds and always arrives", () => {
    const settings = fc
      .record({
        desiredCount: fc.integer({ min: 1, max: 8 }),
        minimumHealthyPercent: fc.constantFrom(0, 50, 66, 100),
        maximumPercent: fc.constantFrom(100, 150, 200),
        batch: fc.constantFrom(1, 2, 8),
      })
      // No room to start and none to stop: ECS does not get anywhere with these either.
      .filter(
        ({ desiredCount, minimumHealthyPercent, maximumPercent }) =>
          Math.floor((desiredCount * maximumPercent) / 100) > desiredCount ||
          Math.ceil((desiredCount * minimumHealthyPercent) / 100) < desiredCount,
      );
    fc.assert(
      fc.property(settings, (wanted) => {
        const upper = Math.floor((wanted.desiredCount * wanted.maximumPercent) / 100);
        const lower = Math.ceil((wanted.desiredCount * wanted.minimumHealthyPercent) / 100);
        let state = tasks(...Array.from({ length: wanted.desiredCount }, () => "old:healthy"));
        let id = state.length;
        for (let round = 0; round < 100; round += 1) {
          const { start, stop } = rolloutStep(wanted, state);
          state = state.filter((task) => !stop.includes(task.id));
          for (let n = 0; n < start; n += 1) {
            id += 1;
            state.push({ id, current: true, condition: "starting" });
          }
          expect(state.length).to.be.at.most(Math.max(upper, 1));
          const healthy = state.filter((task) => task.condition === "healthy").length;
          expect(healthy).to.be.at.least(lower);
          const next = state.find((task) => task.condition === "starting");
          if (next !== undefined) next.condition = "healthy";
          else if (start === 0 && stop.length === 0) break;
        }
        expect(state.map((task) => task.current)).to.deep.equal(
          Array.from({ length: wanted.desiredCount }, () => true),
        );
      }),
    );
  });
});
