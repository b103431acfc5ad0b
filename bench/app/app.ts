import { benchContract } from "./parts/contract.ts";
import { benchCpu } from "./parts/cpu.ts";
import { benchIdle } from "./parts/idle.ts";
import { benchKeepAlive } from "./parts/keep-alive.ts";
import { benchRolling } from "./parts/rolling.ts";
import { benchStartUp } from "./parts/start-up.ts";
import { benchStoppedReader } from "./parts/stopped-reader.ts";
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
}

/**
 * The figures of the app beside their bars. A missed bar is printed, and is no failure of the command.
 * @throws Error when a part is not known or cannot be measured here
 */
export async function benchApp({ quick, parts }: AppBenchOptions): Promise<void> {
  const report = new Report();
  for (const name of parts.length === 0 ? Object.keys(PARTS) : parts) {
    const part = PARTS[name];
    if (part === undefined)
      throw new Error(`There is no part ${name}; there are ${Object.keys(PARTS).join(", ")}.`);
    console.error(`${name} ...`);
    await part(report, quick);
  }
  report.end();
}
