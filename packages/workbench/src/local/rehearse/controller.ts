import type { Shift } from "../../plan/rollout/timeline.ts";

/** What decides how ECS takes a deployment through its stages. Times in seconds of the stack. */
export interface ControllerSettings {
  desiredCount: number;
  /** Parts of the traffic in turn, up to 100 %; empty for a rolling deployment. */
  shifts: readonly Pick<Shift, "percent" | "seconds">[];
  /** How long alarms are watched after a rolling deployment has replaced its tasks. */
  alarmBakeSeconds: number;
  /** Failed tasks that end the deployment, and who counts them. */
  failedTaskLimit: number;
  countedBy: "circuit breaker" | "verification";
}

/** Where a deployment is. The names of the stages follow ECS's own. */
export type Stage =
  | "SCALE_UP"
  | "PRODUCTION_TRAFFIC_SHIFT"
  | "CLEAN_UP"
  | "ROLLING"
  | "ALARM_BAKE"
  | "ROLLBACK"
  | "DONE";

export interface ControllerState {
  stage: Stage;
  /** When the stage, or its present part of the traffic, began. */
  since: number;
  /** Index of the present shift. */
  step: number;
  /** Share of the traffic that goes to the new target group; meaningless in a rolling deployment. */
  percent: number;
  /** False where one fired before the deployment began: ECS then watches none of them. */
  watchesAlarms: boolean;
  outcome?: "completed" | "rolled-back";
  /** Why it is or was rolled back. */
  cause?: string;
}

/** What the controller sees of the service at one moment. */
export interface Snapshot {
  at: number;
  /** Healthy tasks of each version, and all that run. */
  fresh: { healthy: number; all: number };
  old: { healthy: number; all: number };
  /** Failed tasks of the new version since the deployment began. */
  failedTasks: number;
  firing: readonly string[];
}

export function begin(
  settings: ControllerSettings,
  at: number,
  firing: readonly string[],
): ControllerState {
  return {
    stage: settings.shifts.length === 0 ? "ROLLING" : "SCALE_UP",
    since: at,
    step: 0,
    percent: 0,
    watchesAlarms: firing.length === 0,
  };
}

/** One step of the deployment. Pure; returns the same object when nothing changes. */
export function next(
  state: ControllerState,
  settings: ControllerSettings,
  snapshot: Snapshot,
): ControllerState {
  const { stage, since, step } = state;
  const { at, fresh, old } = snapshot;
  const { desiredCount, shifts, alarmBakeSeconds } = settings;
  if (stage === "DONE") return state;
  if (stage === "CLEAN_UP") return old.all === 0 ? ended(state, at, "completed") : state;
  if (stage === "ROLLBACK")
    return fresh.all === 0 && old.healthy >= desiredCount ? ended(state, at, "rolled-back") : state;
  const cause = fault(state, settings, snapshot);
  if (cause !== undefined) return { ...state, stage: "ROLLBACK", since: at, percent: 0, cause };
  switch (stage) {
    case "ROLLING":
      if (fresh.healthy < desiredCount || old.all > 0) return state;
      return alarmBakeSeconds > 0
        ? { ...state, stage: "ALARM_BAKE", since: at }
        : ended(state, at, "completed");
    case "ALARM_BAKE":
      return at - since < alarmBakeSeconds ? state : ended(state, at, "completed");
    case "SCALE_UP":
      return fresh.healthy < desiredCount ? state : shift(state, settings, 0, at);
    case "PRODUCTION_TRAFFIC_SHIFT":
      if (at - since < (shifts[step]?.seconds ?? 0)) return state;
      return step + 1 < shifts.length
        ? shift(state, settings, step + 1, at)
        : { ...state, stage: "CLEAN_UP", since: at };
  }
}

function shift(
  state: ControllerState,
  { shifts }: ControllerSettings,
  step: number,
  at: number,
): ControllerState {
  const percent = shifts[step]?.percent ?? 100;
  return { ...state, stage: "PRODUCTION_TRAFFIC_SHIFT", since: at, step, percent };
}

/** Alarms come before the count of tasks: ECS acts on them itself, the verification only on what ECS leaves alone. */
function fault(
  state: ControllerState,
  settings: ControllerSettings,
  { failedTasks, firing }: Snapshot,
): string | undefined {
  const alarm = state.watchesAlarms ? firing[0] : undefined;
  if (alarm !== undefined) return `alarm ${alarm}`;
  // Once traffic has moved, ECS's alarms and people decide.
  if (state.stage === "ALARM_BAKE" || state.stage === "PRODUCTION_TRAFFIC_SHIFT") return undefined;
  return failedTasks >= settings.failedTaskLimit
    ? `${settings.countedBy}: ${failedTasks} failed tasks`
    : undefined;
}

function ended(
  state: ControllerState,
  at: number,
  outcome: "completed" | "rolled-back",
): ControllerState {
  return { ...state, stage: "DONE", since: at, outcome };
}
