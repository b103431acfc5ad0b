import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalService as Adapted } from "../adaptations.ts";
import { LocalRunError } from "../../plan/plan-reader.ts";
import { processSettings } from "../revision.ts";
import type { ServiceSpec } from "../spec-types.ts";
import type { StartCommand } from "../start-command.ts";
import { launchProcess, type Revision } from "../task.ts";

/** What is wrong with a bad new version. */
export const FAULTS = [
  "crash",
  "crash-later",
  "500",
  "slow",
  "hang",
  "reset",
  "never-healthy",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Names of the two versions, in messages and records. */
export type VersionName = "old" | "new";

const PRELOAD = fileURLToPath(new URL("./fault.cjs", import.meta.url));

export interface VersionOptions {
  start: StartCommand;
  factor: number;
  bad: Fault | undefined;
  /** What the fault `slow` adds to an answer, in milliseconds of real time. */
  delayMs: number;
}

/** A folder for the data of one rehearsal. */
export const dataFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "rehearsal-"));

/**
 * The revisions that a rehearsal replaces one by the other: the same bundle, and in the new one a fault preloaded.
 *
 * @throws LocalRunError when a fault is wanted in an app that Node.js does not run.
 */
export function versions(
  spec: ServiceSpec,
  adapted: Adapted,
  options: VersionOptions,
): Record<VersionName, Revision> {
  const { bad, start } = options;
  const [program = "node"] = start.command;
  // A start script of the app's own runs in a shell, with Node.js in it somewhere.
  if (bad !== undefined && program !== "node" && start.path === undefined)
    throw new LocalRunError(
      `--bad ${bad} preloads a fault into Node.js, but the container starts ${program}: leave --bad out.`,
    );
  const settings = processSettings(start, adapted);
  const environment = { ...settings.environment, ...compressed(adapted, options.factor) };
  const faulty = bad === undefined ? {} : fault(spec, bad, options);
  return {
    old: {
      name: "old",
      launch: (input) => launchProcess({ ...settings, environment }, input),
    },
    new: {
      name: "new",
      launch: (input) =>
        launchProcess({ ...settings, environment: { ...environment, ...faulty } }, input),
    },
  };
}

/** Waits of the app itself shrink with the time around them. */
function compressed(adapted: Adapted, factor: number): Record<string, string> {
  const drain = Number(adapted.environment["DRAIN_DELAY_SECONDS"]);
  return Number.isFinite(drain)
    ? { DRAIN_DELAY_SECONDS: String(Number((drain / factor).toFixed(3))) }
    : {};
}

/** How long a task that crashes later serves before: long enough to get healthy. Seconds of the stack, and real ones at least. */
const SERVES_SECONDS = 90;
const SERVES_AT_LEAST_MS = 1000;

function fault(
  spec: ServiceSpec,
  bad: Fault,
  { delayMs, factor }: VersionOptions,
): Record<string, string> {
  const paths = new Set(spec.targetGroups.map(({ healthCheck }) => healthCheck.path));
  return {
    NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`,
    REHEARSAL_FAULT: bad,
    REHEARSAL_HEALTH_PATHS: [...paths].join(","),
    REHEARSAL_DELAY_MS: String(delayMs),
    REHEARSAL_SERVES_MS: String(Math.max(SERVES_AT_LEAST_MS, (1000 * SERVES_SECONDS) / factor)),
  };
}
