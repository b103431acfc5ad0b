import { EventEmitter } from "node:events";
import type { Clock } from "../clock.ts";
import type { TargetGroupSpec } from "../spec-types.ts";
import { afterCheck, check, type Address, type Health, type TargetState } from "./health.ts";
import { Target } from "./target.ts";

export interface HealthChange {
  group: string;
  target: Target;
  from: TargetState;
  to: TargetState;
  /** The last check in words, such as `answered 503`. */
  reason: string;
  /** Milliseconds of stack time. */
  at: number;
}

export interface TargetGroupOptions {
  /**
   * Seconds between the checks of a target that was never healthy. A failure still counts only
   * once an interval. Default: the target group's own interval.
   */
  initialIntervalSeconds?: number;
  /**
   * Default false: deregistering ends as soon as nothing is in flight. True: it takes the whole
   * delay, as ECS sees it, because the target's status stays `draining` until the delay is over
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html).
   */
  holdWholeDelay?: boolean;
  /**
   * Default false. True: a target is not checked before it listens for the first time. With compressed time the start
   * of a process, which takes its real time, would otherwise look longer than any grace period.
   */
  checkOnceListening?: boolean;
}

/** Real time between two looks at a process that starts. */
const STARTING_PAUSE_MS = 25;

/** Targets behind one set of health-check settings. Emits `health` at every change of state. */
export class TargetGroup extends EventEmitter<{ health: [HealthChange] }> {
  readonly name: string;
  readonly settings: TargetGroupSpec;
  readonly #clock: Clock;
  readonly #options: TargetGroupOptions;
  readonly #targets: Target[] = [];
  #turn = 0;

  constructor(settings: TargetGroupSpec, clock: Clock, options: TargetGroupOptions = {}) {
    super();
    this.name = settings.name;
    this.settings = settings;
    this.#clock = clock;
    this.#options = options;
  }

  get targets(): readonly Target[] {
    return this.#targets;
  }

  register(address: Address, label: string): Target {
    const target = new Target(address, label);
    this.#targets.push(target);
    void this.#checkUntilEnd(target);
    return target;
  }

  /**
   * Sends no new request to the target, waits for those in flight up to the deregistration delay,
   * then closes what is left of its connections.
   */
  async deregister(target: Target): Promise<void> {
    if (!this.#targets.includes(target)) return;
    this.#change(target, { ...target.health, state: "draining" }, "deregistered");
    target.ended.abort();
    const delayMs = this.settings.deregistrationDelaySeconds * 1000;
    const early = new AbortController();
    const delay = this.#clock.sleep(delayMs, early.signal);
    if (this.#options.holdWholeDelay === true) {
      await delay;
      // Requests take their real time, which compressed time would cut short.
      const graceMs = this.#clock.patience(delayMs) * this.#clock.factor - delayMs;
      await Promise.race([target.whenIdle(), this.#clock.sleep(graceMs, early.signal)]);
    } else await Promise.race([target.whenIdle(), delay]);
    early.abort();
    this.remove(target);
  }

  /** Drops the target at once: its process is gone, or its time to drain is over. */
  remove(target: Target): void {
    const index = this.#targets.indexOf(target);
    if (index < 0) return;
    this.#targets.splice(index, 1);
    target.ended.abort();
    this.#change(target, { ...target.health, state: "unused" }, "removed");
    target.disconnect();
  }

  /**
   * The next target in turn. Healthy ones only; when every checked target is unhealthy, all of
   * them ("the load balancer fails open"). Undefined when no target may take a request: none is
   * registered, or each of them is draining or waits for its first passing check.
   */
  next(): Target | undefined {
    const healthy = this.#targets.filter((target) => target.state === "healthy");
    const usable =
      healthy.length > 0 ? healthy : this.#targets.filter(({ state }) => state === "unhealthy");
    const now = performance.now();
    const answering = usable.filter((target) => target.asideUntil <= now);
    const candidates = answering.length > 0 ? answering : usable;
    this.#turn += 1;
    return candidates[this.#turn % candidates.length];
  }

  /** Prefers other targets for `realMs`: a connection broke, and its process may be gone. */
  setAside(target: Target, realMs: number): void {
    target.asideUntil = performance.now() + realMs;
  }

  async #checkUntilEnd(target: Target): Promise<void> {
    const { signal } = target.ended;
    const { intervalSeconds, timeoutSeconds } = this.settings.healthCheck;
    const intervalMs = intervalSeconds * 1000;
    const initialMs = (this.#options.initialIntervalSeconds ?? intervalSeconds) * 1000;
    const timeoutMs = this.#clock.patience(timeoutSeconds * 1000);
    // A task that has just started gets an interval before its first failure counts.
    let countedAt = this.#clock.now();
    let starting = this.#options.checkOnceListening === true;
    while (!signal.aborted) {
      const startedAt = this.#clock.now();
      const result = await check(target.address, this.settings.healthCheck, timeoutMs, signal);
      // Deregistering during the check leaves its result without meaning.
      if (target.ended.signal.aborted) return;
      starting &&= result.refused === true;
      if (starting) {
        target.lastCheck = result.reason;
        await this.#clock.sleep(STARTING_PAUSE_MS * this.#clock.factor, signal);
        continue;
      }
      const due = this.#clock.now() - countedAt >= intervalMs - initialMs / 2;
      if (result.passed || target.state !== "initial" || due) {
        countedAt = startedAt;
        const health = afterCheck(target.health, result.passed, this.settings.healthCheck);
        this.#change(target, health, result.reason);
      }
      target.lastCheck = result.reason;
      const pause = target.state === "initial" ? initialMs : intervalMs;
      await this.#clock.sleep(pause - (this.#clock.now() - startedAt), signal);
    }
  }

  #change(target: Target, health: Health, reason: string): void {
    const from = target.state;
    target.health = health;
    if (from === health.state) return;
    const at = this.#clock.now();
    this.emit("health", { group: this.name, target, from, to: health.state, reason, at });
  }
}
