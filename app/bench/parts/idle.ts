import { execFileSync } from "node:child_process";
import { median, spread } from "../statistics.ts";
import { buildImage } from "../build.ts";
import { pinLoad } from "../cores.ts";
import { connectMany, RawClient } from "../raw-client.ts";
import type { Report } from "../report.ts";
import { quantile, startTask } from "../task.ts";

const WANTED = 10_000;
/** Descriptors that a process needs besides. */
const SPARE = 500;
const MAX_RATIO = 2;

/** Time of a normal client's requests to a task with many idle connections, against a task without, in turns. */
export async function benchIdle(report: Report, quick: boolean): Promise<void> {
  const limit = Number(execFileSync("bash", ["-c", "ulimit -n"], { encoding: "utf8" }));
  const connections = Math.min(WANTED, (Number.isNaN(limit) ? Infinity : limit) - SPARE);
  const bundle = buildImage();
  const crowded = await startTask(bundle, { env: { LOG_LEVEL: "error" } });
  const empty = await startTask(bundle, { env: { LOG_LEVEL: "error" } });
  const unpin = pinLoad();
  try {
    // Below the keep-alive timeout, or the idle ones would be closed meanwhile.
    const held = await connectMany(crowded.port, connections);
    const toCrowded = await RawClient.connect(crowded.port);
    const toEmpty = await RawClient.connect(empty.port);
    const withIdle: number[] = [];
    const without: number[] = [];
    const ratios: number[] = [];
    // The first second warms the compilers up; then each comes first in every other round.
    await requests(toCrowded);
    await requests(toEmpty);
    for (let round = 0; round < (quick ? 6 : 20); round++) {
      const early = await requests(round % 2 === 0 ? toCrowded : toEmpty);
      const late = await requests(round % 2 === 0 ? toEmpty : toCrowded);
      const [crowdedTimes, emptyTimes] = round % 2 === 0 ? [early, late] : [late, early];
      withIdle.push(...crowdedTimes);
      without.push(...emptyTimes);
      ratios.push(quantile(crowdedTimes, 0.99) / quantile(emptyTimes, 0.99));
    }
    const alive = await Promise.all(held.map((client) => client.send()));
    const lost = alive.filter((answered) => !answered).length;
    for (const client of [...held, toCrowded, toEmpty]) client.close();
    const p99 = [quantile(withIdle, 0.99), quantile(without, 0.99)] as const;
    const ratio = p99[0] / p99[1];
    report.section(`${connections} idle connections, ${ratios.length} rounds in turns`, [
      {
        what: "median of a normal client, ms",
        measured: `with ${median(withIdle).toFixed(3)}, without ${median(without).toFixed(3)}`,
      },
      {
        what: "p99 with / without",
        measured: `${ratio.toFixed(2)} (${p99[0].toFixed(2)} ms, ${p99[1].toFixed(2)} ms; by round ${spread(ratios)})`,
        bar: `< ${MAX_RATIO.toFixed(2)}`,
        met: ratio < MAX_RATIO,
      },
      {
        what: "idle connections lost meanwhile",
        measured: `${lost} of ${connections}`,
        bar: "0",
        met: lost === 0,
      },
    ]);
  } finally {
    unpin();
    await crowded.dispose();
    await empty.dispose();
  }
}

/** Milliseconds of each request of a second, one after the other. */
async function requests(client: RawClient): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    const began = performance.now();
    if (!(await client.send())) throw new Error("The connection of the normal client ended.");
    times.push(performance.now() - began);
  }
  return times;
}
