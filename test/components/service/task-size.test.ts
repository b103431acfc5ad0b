import { expect } from "chai";
import fc from "fast-check";
import { memoriesFor, TASK_CPUS } from "../../../components/service/task-size.ts";

describe("Fargate task sizes", () => {
  // AWS, "Task CPU and memory", Amazon ECS Developer Guide: smallest, largest, number of sizes.
  const rows: [number, number, number, number][] = [
    [256, 512, 2048, 3],
    [512, 1024, 4096, 4],
    [1024, 2048, 8192, 7],
    [2048, 4096, 16384, 13],
    [4096, 8192, 30720, 23],
    [8192, 16384, 61440, 12],
    [16384, 32768, 122880, 12],
  ];

  it("lists every CPU size, ascending", () => {
    expect(TASK_CPUS).to.deep.equal(rows.map(([cpu]) => cpu));
  });

  for (const [cpu, smallest, largest, count] of rows) {
    it(`${cpu} units allow ${smallest} to ${largest} MiB in ${count} sizes`, () => {
      const memories = memoriesFor(cpu);

      expect([memories[0], memories.at(-1), memories.length]).to.deep.equal([
        smallest,
        largest,
        count,
      ]);
    });
  }

  it("256 units allow exactly these", () => {
    expect(memoriesFor(256)).to.deep.equal([512, 1024, 2048]);
  });

  it("memories ascend in equal steps from 512 units on", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TASK_CPUS.slice(1)), (cpu) => {
        const memories = memoriesFor(cpu);
        const steps = memories.slice(1).map((memory, index) => memory - (memories[index] ?? 0));

        expect(new Set(steps)).to.deep.equal(
          new Set([cpu <= 4096 ? 1024 : cpu === 8192 ? 4096 : 8192]),
        );
      }),
    );
  });

  it("another CPU size allows nothing", () => {
    fc.assert(
      fc.property(
        fc.integer().filter((cpu) => !TASK_CPUS.includes(cpu)),
        (cpu) => {
          expect(memoriesFor(cpu)).to.deep.equal([]);
        },
      ),
    );
  });
});
