import { benchContract } from "./parts/contract.ts";
import { benchCpu } from "./parts/cpu.ts";
import { benchIdle } from "./parts/idle.ts";
import { benchKeepAlive } from "./parts/keep-alive.ts";
import { benchRolling } from "./parts/rolling.ts";
import { benchStartUp } from "./parts/start-up.ts";
import { benchStoppedReader } from "./parts/stopped-reader.ts";
import type { Bundler } from "./build.ts";
import { useBundler } from "./build.ts";
import { Report } from "./report.ts";

type Part = (report: Report, quick: boolean) => Promise<void>;

/** Parts by name, in the order of the table. */
const PARTS: Readonly<Record<string, Part>> = {
  cpu: benchCpu,
  "start-up": benchStartUp,
  rolling: benchRolling,
  "keep-alive": benchKeepAlive,
  idle: benchIdle,
  contract: benchContract,
  "stopped-reader": benchStoppedReader,
};

export interface AppBenchOptions {
  /** Shorter windows and waits: for a look, not for figures. */
  readonly quick: boolean;
  /** Only these; empty = all. */
  readonly parts: readonly string[];
  readonly bundler: Bundler;
}

/**
 * The figures of the app beside their bars. A missed bar is printed, and is no failure of the command.
 * @throws Error when something cannot be measured here
 */
export async function benchApp({ quick, parts, bundler }: AppBenchOptions): Promise<void> {
  useBundler(bundler);
  const names = parts.length === 0 ? Object.keys(PARTS) : parts;
  const unknown = names.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined) {
    console.error(
      `There is no part ${unknown} of app; there are ${Object.keys(PARTS).join(", ")}.`,
    );
    process.exitCode = 1;
    return;
  }
  const report = new Report();
  for (const name of names) {
    console.error(`${name} ...`);
    await PARTS[name]?.(report, quick);
  }
  report.end();
}
