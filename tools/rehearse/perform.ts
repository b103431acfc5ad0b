import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../local/clock.ts";
import type { Revision } from "../local/task.ts";
import { next, type ControllerSettings, type ControllerState } from "./controller.ts";
import type { Observer } from "./observer.ts";
import type { Rehearsal } from "./result.ts";
import type { Simulation } from "./simulation.ts";
import type { VersionName } from "./versions.ts";

export interface Performance {
  simulation: Simulation;
  observer: Observer;
  clock: Clock;
  revisions: Record<VersionName, Revision>;
  settings: ControllerSettings;
  initial: ControllerState;
  /** Seconds of the stack after which a deployment that does not end is given up. */
  limitSeconds: number;
  signal?: AbortSignal;
}

/** Real time between two looks at the service. */
const TICK_MS = 15;

/** Asks the controller again and again what is next, and does it. */
export async function performDeployment(performance: Performance): Promise<
  Pick<Rehearsal, "outcome" | "cause" | "seconds" | "firstTrafficAt" | "rollbackAt"> & {
    startedAt: number;
  }
> {
  const { simulation, observer, clock, revisions, settings, signal } = performance;
  const now = (): number => clock.now() / 1000;
  const startedAt = now();
  observer.begins();
  let state = { ...performance.initial, since: startedAt, startedAt };
  announce(observer, settings, undefined, state);
  simulation.startNew(revisions.new);
  const moments: { firstTrafficAt?: number; rollbackAt?: number } = {};
  while (state.stage !== "DONE" && now() - startedAt < performance.limitSeconds) {
    await wait(TICK_MS);
    if (signal?.aborted === true) break;
    const at = now();
    const snapshot = simulation.snapshot(at, observer.firing(at, simulation));
    const before = state;
    state = next(state, settings, snapshot);
    if (state !== before) {
      if (state.percent !== before.percent) simulation.setPercent(state.percent);
      if (state.stage !== before.stage) act(performance, state);
      announce(observer, settings, before, state);
    }
    const percent = simulation.shifting ? state.percent : servedByNew(snapshot);
    if (percent > 0) moments.firstTrafficAt ??= at - startedAt;
    if (state.stage === "ROLLBACK") moments.rollbackAt ??= at - startedAt;
    observer.mark({
      stage: state.stage,
      percent,
      old: snapshot.old.all,
      fresh: snapshot.fresh.all,
    });
  }
  observer.ends();
  return {
    startedAt,
    outcome: state.outcome ?? "unfinished",
    ...(state.cause === undefined ? {} : { cause: state.cause }),
    seconds: now() - startedAt,
    ...moments,
  };
}

function act({ simulation, revisions }: Performance, state: ControllerState): void {
  if (state.stage === "CLEAN_UP") simulation.stopOld();
  if (state.stage === "ROLLBACK") simulation.rollBack(revisions.old, state.cause ?? "");
}

/** In a rolling deployment the share of the healthy tasks is the share of the requests. */
function servedByNew({ old, fresh }: ReturnType<Simulation["snapshot"]>): number {
  const healthy = old.healthy + fresh.healthy;
  return healthy === 0 ? 0 : (100 * fresh.healthy) / healthy;
}

function announce(
  observer: Observer,
  settings: ControllerSettings,
  before: ControllerState | undefined,
  state: ControllerState,
): void {
  const { desiredCount: count } = settings;
  if (state.stage === "PRODUCTION_TRAFFIC_SHIFT") {
    observer.happened("traffic", `${state.percent} % of the requests to the new version`);
    return;
  }
  if (state.stage === before?.stage) return;
  const TEXTS: Record<Exclude<ControllerState["stage"], "PRODUCTION_TRAFFIC_SHIFT">, string> = {
    SCALE_UP: `${count} new tasks start beside ${count} old ones`,
    ROLLING: `${count} old tasks are replaced by new ones`,
    ALARM_BAKE: "all tasks are new; the alarms are watched on",
    CLEAN_UP: "the old tasks drain and stop",
    ROLLBACK: `rollback: ${state.cause ?? ""}`,
    DONE: state.outcome === "completed" ? "completed" : "rolled back, all tasks are old",
  };
  const kind = state.stage === "ROLLBACK" ? "rollback" : state.stage === "DONE" ? "end" : "stage";
  observer.happened(kind, TEXTS[state.stage]);
}
