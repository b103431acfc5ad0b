import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { ECS_STRATEGIES } from "../../ecs/deployment.ts";
import { deadlineSeconds } from "../../ecs/timing.ts";
import { createClock, type Clock } from "../clock.ts";
import type { Example } from "../../project/app-examples.ts";
import { LocalRunError } from "../../plan/plan-reader.ts";
import { failureThreshold } from "../../ecs/restart-policy.ts";
import type { Revision } from "../task.ts";
import { shifts } from "../../plan/rollout/timeline.ts";
import { rollingAlarmBakeSeconds } from "../../plan/rollout/detection.ts";
import { rolloutInputs, type RolloutInputs } from "../../plan/rollout/inputs.ts";
import type { Plan } from "../../plan/types.ts";
import { rehearsedAlarms } from "./alarms.ts";
import {
  begin,
  next,
  type ControllerSettings,
  type ControllerState,
  type Snapshot,
} from "./controller.ts";
import { send, startLoad } from "./load.ts";
import { Observer } from "./observer.ts";
import { prepare } from "./prepare.ts";
import type { Happening, Rehearsal } from "./result.ts";
import { Simulation } from "./simulation.ts";
import { versions, type Fault, type VersionName } from "./versions.ts";

export interface RehearsalOptions {
  plan: Plan;
  /** Folder that the plan's paths are relative to. */
  root: string;
  /** Fault of the new version. @default none: a good one */
  bad?: Fault;
  /** How many seconds of the stack pass in one of this machine. */
  factor: number;
  clients: number;
  /** Requests a second of all clients together, in real time. */
  rate: number;
  /** Number of tasks. @default the stack's desired count */
  tasks?: number;
  /** What the clients send, in turn. @default the app's examples, or `GET /` */
  requests?: readonly Example[];
  /** Variables for the app, over the stack's. */
  environment?: Readonly<Record<string, string>>;
  /** Called as things happen, with lines for a person. */
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/** Real time under load before the deployment and after it, so that the picture shows both versions alone. */
const AROUND_MS = 700;

/**
 * Replaces the old version of a plan's service by a new one on this machine, under load, as the stack's strategy does.
 *
 * @throws LocalRunError in one sentence for what cannot be rehearsed
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { plan, factor, signal } = options;
  const [inputs] = rolloutInputs(plan);
  if (inputs === undefined)
    throw new LocalRunError(
      `The plan of ${plan.stack} has no ECS service behind a target group, so there is nothing to rehearse.`,
    );
  const desiredCount = options.tasks ?? inputs.desiredCount;
  const scaled = { ...inputs, desiredCount };
  const prepared = await prepare(options, desiredCount);
  const { alarms, leftOut } = rehearsedAlarms(plan);
  const clock = createClock(factor);
  const observer = new Observer({ clock, factor, alarms, onProgress: options.onProgress });
  const hangs = options.bad === "hang";
  const simulation = new Simulation(prepared.spec, clock, desiredCount, observer.onTask, hangs);
  const revisions = versions(prepared.spec, prepared.adapted, {
    start: prepared.start,
    factor,
    bad: options.bad,
    delayMs: slowDelayMs(alarms),
  });
  const kill = (): void => {
    simulation.kill();
  };
  process.once("exit", kill);
  try {
    const failure = await simulation.startOld(revisions.old);
    if (failure !== undefined)
      throw new LocalRunError(`The old version does not start: ${failure}.`);
    const url = await simulation.balancer.listen(0);
    await refuseRefused(url, prepared.requests, prepared.headers);
    observer.watch(simulation);
    const load = startLoad({ ...options, ...prepared, url });
    await wait(AROUND_MS);
    const settings = controllerSettings(scaled);
    const performed = await performDeployment({
      simulation,
      observer,
      clock,
      revisions,
      settings,
      limitSeconds: limit(scaled),
      ...(signal === undefined ? {} : { signal }),
    });
    await wait(AROUND_MS);
    const seen = await load.stop();
    return {
      project: plan.project,
      stack: plan.stack,
      inputs: scaled,
      bad: options.bad,
      factor,
      clients: options.clients,
      rate: options.rate,
      requests: prepared.requests.map(
        ({ method, path, body }) => `${method ?? (body === undefined ? "GET" : "POST")} ${path}`,
      ),
      ...performed,
      ...observer.result(performed.startedAt),
      seen,
      differences: [
        ...prepared.differences,
        ...(inputs.approvalSeconds > 0 ? ["the approval is given at once"] : []),
        ...leftOut,
      ],
    };
  } finally {
    process.off("exit", kill);
    await simulation.stop();
    await rm(prepared.dataFolder, { recursive: true, force: true });
  }
}

interface Performance {
  simulation: Simulation;
  observer: Observer;
  clock: Clock;
  revisions: Record<VersionName, Revision>;
  settings: ControllerSettings;
  /** Seconds of the stack after which a deployment that does not end is given up. */
  limitSeconds: number;
  signal?: AbortSignal;
}

/** Real time between two looks at the service. */
const TICK_MS = 15;

/** Asks the controller again and again what is next, and does it. */
async function performDeployment(performance: Performance): Promise<
  Pick<Rehearsal, "outcome" | "cause" | "seconds" | "firstTrafficAt" | "rollbackAt"> & {
    startedAt: number;
  }
> {
  const { simulation, observer, clock, revisions, settings, signal } = performance;
  const now = (): number => clock.now() / 1000;
  const startedAt = now();
  let state = begin(settings, startedAt, observer.firing(startedAt));
  observer.begins();
  announce(observer, settings, state);
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
      if (state.stage === "CLEAN_UP") simulation.stopOld();
      if (state.stage === "ROLLBACK") simulation.rollBack(revisions.old, state.cause ?? "");
      if (state.stage !== before.stage || state.step !== before.step)
        announce(observer, settings, state);
    }
    const percent = simulation.shifting ? state.percent : servedByNew(snapshot);
    if (percent > 0) moments.firstTrafficAt ??= at - startedAt;
    if (state.stage === "ROLLBACK") moments.rollbackAt ??= at - startedAt;
    const [old, fresh] = [snapshot.old.all, snapshot.fresh.all];
    observer.mark({ stage: state.stage, percent, old, fresh });
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

/** In a rolling deployment the share of the healthy tasks is the share of the requests. */
function servedByNew({ old, fresh }: Snapshot): number {
  const healthy = old.healthy + fresh.healthy;
  return healthy === 0 ? 0 : (100 * fresh.healthy) / healthy;
}

function announce(
  observer: Observer,
  { desiredCount: count }: ControllerSettings,
  { stage, percent, cause = "", outcome }: ControllerState,
): void {
  const texts: Record<ControllerState["stage"], Pick<Happening, "kind" | "text">> = {
    SCALE_UP: { kind: "stage", text: `${count} new tasks start beside ${count} old ones` },
    PRODUCTION_TRAFFIC_SHIFT: {
      kind: "traffic",
      text: `${percent} % of the requests to the new version`,
    },
    ROLLING: { kind: "stage", text: `${count} old tasks are replaced by new ones` },
    ALARM_BAKE: { kind: "stage", text: "all tasks are new; the alarms are watched on" },
    CLEAN_UP: { kind: "stage", text: "the old tasks drain and stop" },
    ROLLBACK: { kind: "rollback", text: `rollback: ${cause}` },
    DONE: {
      kind: "end",
      text: outcome === "completed" ? "completed" : "rolled back, all tasks are old",
    },
  };
  const { kind, text } = texts[stage];
  observer.happened(kind, text);
}

/** The stages of a plan's deployment with their times, for the controller. */
export function controllerSettings(inputs: RolloutInputs): ControllerSettings {
  const rolling = inputs.strategy === "rolling";
  return {
    desiredCount: inputs.desiredCount,
    shifts: shifts(inputs),
    alarmBakeSeconds: rolling ? rollingAlarmBakeSeconds(inputs) : 0,
    failedTaskLimit:
      rolling && !inputs.circuitBreaker ? Infinity : failureThreshold(inputs.desiredCount),
    countedBy: rolling ? "circuit breaker" : "verification",
  };
}

/** As the verification of `pulumi up` computes it from the live service. */
function verificationDeadline(inputs: RolloutInputs): number {
  return deadlineSeconds({
    strategy: ECS_STRATEGIES[inputs.strategy],
    desired: inputs.desiredCount,
    bakeMinutes: inputs.bakeSeconds / 60,
    canaryBakeMinutes: inputs.canaryBakeSeconds / 60,
    stepPercent: inputs.stepPercent,
    stepBakeMinutes: inputs.stepBakeSeconds / 60,
    alarms: inputs.alarms.length > 0,
    healthCheckGraceSeconds: inputs.healthCheckGraceSeconds,
    healthCheckIntervalSeconds: inputs.check.intervalSeconds,
    healthyThreshold: 2,
    unhealthyThreshold: inputs.check.unhealthyThreshold,
    deregistrationDelaySeconds: inputs.deregistrationDelaySeconds,
    stopTimeoutSeconds: inputs.stopTimeoutSeconds,
  });
}

/** Seconds of the stack after which a rehearsal that does not end is given up. */
function limit(inputs: RolloutInputs): number {
  const settings = controllerSettings(inputs);
  const baked = settings.shifts.reduce((sum, { seconds }) => sum + seconds, 0);
  return 2 * verificationDeadline(inputs) + baked + settings.alarmBakeSeconds;
}

/** Half as slow again as the alarm on the answer time allows; a second where there is none. */
function slowDelayMs(alarms: ReturnType<typeof rehearsedAlarms>["alarms"]): number {
  const thresholds = alarms
    .filter(({ metrics }) => metrics.some(({ metric }) => metric === "TargetResponseTime"))
    .map(({ threshold }) => threshold);
  return 1500 * (thresholds.length === 0 ? 2 / 3 : Math.max(...thresholds));
}

/** Requests that the good version refuses would show nothing about the bad one. */
async function refuseRefused(
  url: URL,
  requests: readonly Example[],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  for (const example of requests) {
    const status = await send(url, undefined, example, headers);
    const name = example.method === undefined ? example.path : `${example.method} ${example.path}`;
    if (status === undefined || status >= 400)
      throw new LocalRunError(
        `The old version answers ${name} with ${status ?? "nothing"}, so a rehearsal with it would show nothing: name another path with --path.`,
      );
  }
}
