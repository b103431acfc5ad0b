import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalService as Adapted } from "../local/adaptations.ts";
import { LocalRunError } from "../local/plan-reader.ts";
import type { ServiceSpec } from "../local/spec-types.ts";
import { launchProcess, type Revision } from "../local/task.ts";

/** What is wrong with a bad new version. */
export const FAULTS = ["crash", "500", "slow", "never-healthy"] as const;
export type Fault = (typeof FAULTS)[number];

/** Names of the two versions, in messages and records. */
export type VersionName = "old" | "new";

const PRELOAD = fileURLToPath(new URL("./fault.cjs", import.meta.url));

export interface VersionOptions {
  /** Folder that the plan's paths are relative to. */
  root: string;
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
  const [program = "node", ...args] = spec.container.command;
  const { bad } = options;
  if (bad !== undefined && program !== "node")
    throw new LocalRunError(
      `--bad ${bad} preloads a fault into Node.js, but the container starts ${program}: leave --bad out.`,
    );
  const environment = { ...adapted.environment, ...compressed(adapted, options.factor) };
  const settings = {
    cwd: resolve(options.root, spec.image.context),
    ...(adapted.portVariable === undefined ? {} : { portVariable: adapted.portVariable }),
  };
  return {
    old: {
      name: "old",
      launch: (input) =>
        launchProcess({ ...settings, command: [program, ...args], environment }, input),
    },
    new: {
      name: "new",
      launch: (input) =>
        launchProcess(
          {
            ...settings,
            command:
              bad === undefined ? [program, ...args] : [program, "--require", PRELOAD, ...args],
            environment: {
              ...environment,
              ...(bad === undefined ? {} : fault(spec, bad, options)),
            },
          },
          input,
        ),
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

function fault(spec: ServiceSpec, bad: Fault, { delayMs }: VersionOptions): Record<string, string> {
  const paths = new Set(spec.targetGroups.map(({ healthCheck }) => healthCheck.path));
  return {
    REHEARSAL_FAULT: bad,
    REHEARSAL_HEALTH_PATHS: [...paths].join(","),
    REHEARSAL_DELAY_MS: String(delayMs),
  };
}
