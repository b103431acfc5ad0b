import { execFileSync } from "node:child_process";
import { median, spread } from "../../lib/measure.ts";
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
    for (let round = -1; round < (quick ? 6 : 20); round++) {
      const first = await p99(toCrowded);
      const second = await p99(toEmpty);
      if (round < 0) continue;
      withIdle.push(first);
      without.push(second);
    }
    const alive = await Promise.all(held.map((client) => client.send()));
    const lost = alive.filter((answered) => !answered).length;
    for (const client of [...held, toCrowded, toEmpty]) client.close();
    const ratios = withIdle.map((value, round) => value / (without[round] ?? NaN));
    report.section(`${connections} idle connections, ${ratios.length} rounds in turns`, [
      {
        what: "p99 of a normal client, ms (median)",
        measured: `with ${median(withIdle).toFixed(2)}, without ${median(without).toFixed(2)}`,
      },
      {
        what: "p99 with / without",
        measured: spread(ratios),
        bar: `< ${MAX_RATIO.toFixed(2)}`,
        met: median(ratios) < MAX_RATIO,
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

/** Of a second of requests, one after the other. */
async function p99(client: RawClient): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    const began = performance.now();
    if (!(await client.send())) throw new Error("The connection of the normal client ended.");
    times.push(performance.now() - began);
  }
  return quantile(times, 0.99);
}
