import { EventEmitter } from "node:events";
import type { HealthChange } from "./balancer/target-group.ts";
import { freePort } from "./free-port.ts";
import { failureThreshold, restartDelayMs, SETTLED_MS } from "../ecs/restart-policy.ts";
import { rolloutStep, type TaskSummary } from "../ecs/rollout-step.ts";
import {
  exitReason,
  type Deployment,
  type DeployOptions,
  type DeploymentOutcome,
  type ServiceEvents,
  type ServiceOptions,
  type ServiceTask,
} from "./service-types.ts";
import type { Revision, TaskExit } from "./task.ts";

/** Lines of output kept of each task for messages about its end. */
const KEPT_LINES = 20;

/**
 * Keeps the desired number of tasks of one revision running behind a target group, as the ECS
 * service scheduler does: starts what is missing, restarts what ends, and replaces tasks within
 * the minimum and maximum percent. Emits `task`, `line` and `deployment`.
 */
export class LocalService extends EventEmitter<ServiceEvents> {
  readonly #options: ServiceOptions;
  readonly #tasks: ServiceTask[] = [];
  /** Tasks that wait for their port. */
  readonly #pending = new Map<number, Deployment>();
  readonly #ended = new AbortController();
  #current: Deployment | undefined;
  /** The last deployment that completed: where a failed one goes back to. */
  #stable: Deployment | undefined;
  #threshold = 3;
  #settle: (outcome: DeploymentOutcome) => void = () => undefined;
  #lastTask = 0;
  #lastDeployment = 0;
  #failedStarts = 0;
  #nextStartAt = 0;
  #waiting = false;

  constructor(options: ServiceOptions) {
    super();
    this.#options = options;
    options.group.on("health", (change) => {
      this.#healthChanged(change);
    });
  }

  get tasks(): readonly ServiceTask[] {
    return this.#tasks;
  }

  /** The revision that is being deployed or serves. */
  get revision(): Revision | undefined {
    return this.#current?.revision;
  }

  get deploying(): boolean {
    return this.#current?.status === "in-progress";
  }

  /**
   * Replaces all tasks by tasks of `revision` (the same one included, as a forced deployment does).
   * Resolves when the last old task has ended, or when the deployment was given up; never rejects.
   */
  deploy(revision: Revision, options: DeployOptions = {}): Promise<DeploymentOutcome> {
    this.#finish("superseded");
    this.#lastDeployment += 1;
    const id = this.#lastDeployment;
    this.#current = { id, revision, status: "in-progress", failedTasks: 0 };
    this.#threshold =
      options.failureThreshold ?? failureThreshold(this.#options.deployment.desiredCount);
    this.#failedStarts = 0;
    this.#nextStartAt = 0;
    const { promise, resolve } = Promise.withResolvers<DeploymentOutcome>();
    this.#settle = resolve;
    this.#reconcile();
    return promise;
  }

  /**
   * Gives up the deployment in progress, as failed tasks would: the tasks of the revision before serve on, and missing
   * ones start. False when no deployment is in progress.
   */
  rollBack(reason: string): boolean {
    if (!this.deploying) return false;
    this.#giveUp(reason, []);
    this.#reconcile();
    return true;
  }

  /** Drains and stops every task; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#finish("superseded");
    this.#ended.abort();
    this.#current = undefined;
    this.#pending.clear();
    const ends = this.#tasks.map((task) => task.gone);
    for (const task of this.#tasks) if (task.condition !== "stopping") void this.#stopTask(task);
    await Promise.all(ends);
  }

  /** SIGKILL for every task, now. */
  kill(): void {
    this.#ended.abort();
    this.#current = undefined;
    for (const { running } of this.#tasks) running.kill();
  }

  #reconcile(): void {
    const current = this.#current;
    if (current === undefined) return;
    const { deployment, batch } = this.#options;
    const limits = { ...deployment, ...(batch === undefined ? {} : { batch }) };
    const { start, stop } = rolloutStep(limits, this.#summaries(current));
    for (const task of this.#tasks) if (stop.includes(task.id)) void this.#stopTask(task);
    if (start > 0 && this.#mayStart()) for (let n = 0; n < start; n += 1) void this.#start(current);
    this.#completeWhenReplaced(current);
  }

  #summaries(current: Deployment): TaskSummary[] {
    const pending = [...this.#pending].map(([id, deployment]): TaskSummary => {
      return { id, current: deployment === current, condition: "starting" };
    });
    const tasks = this.#tasks.map((task): TaskSummary => {
      return { id: task.id, current: task.deployment === current, condition: task.condition };
    });
    return [...tasks, ...pending];
  }

  #completeWhenReplaced(current: Deployment): void {
    if (current.status !== "in-progress") return;
    const replaced =
      this.#tasks.length === this.#options.deployment.desiredCount &&
      this.#tasks.every((task) => task.deployment === current && task.condition === "healthy");
    if (!replaced) return;
    this.#stable = current;
    this.#finish("completed");
  }

  #mayStart(): boolean {
    const { clock } = this.#options;
    const waitMs = this.#nextStartAt - clock.now();
    if (waitMs <= 0) return true;
    if (this.#waiting) return false;
    this.#waiting = true;
    const failedStarts = this.#failedStarts;
    this.emit("task", { kind: "delayed", seconds: waitMs / 1000, failedStarts });
    void clock.sleep(waitMs, this.#ended.signal).then(() => {
      this.#waiting = false;
      this.#reconcile();
    });
    return false;
  }

  async #start(deployment: Deployment): Promise<void> {
    this.#lastTask += 1;
    const id = this.#lastTask;
    this.#pending.set(id, deployment);
    const port = await freePort();
    // A stop or a newer deployment in the meantime has no use for this one.
    if (!this.#pending.delete(id)) return;
    if (deployment !== this.#current) {
      this.#reconcile();
      return;
    }
    const { group, clock } = this.#options;
    const lastLines: string[] = [];
    const running = deployment.revision.launch({
      id,
      port,
      onLine: (line, stream) => {
        lastLines.push(line);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        this.emit("line", { task: id, line, stream });
      },
    });
    const task: ServiceTask = {
      id,
      revision: deployment.revision,
      deployment,
      running,
      target: group.register(running, (this.#options.taskName ?? taskName)(id)),
      condition: "starting",
      startedAt: clock.now(),
      lastLines,
      gone: Promise.resolve(),
    };
    this.#tasks.push(task);
    this.emit("task", { kind: "started", task });
    task.gone = running.exited.then((exit) => this.#taskEnded(task, exit));
    await task.gone;
  }

  async #stopTask(task: ServiceTask): Promise<void> {
    task.condition = "stopping";
    this.emit("task", { kind: "draining", task });
    await this.#options.group.deregister(task.target);
    await task.running.stop(this.#options.clock.patience(this.#options.stopTimeoutSeconds * 1000));
  }

  async #taskEnded(task: ServiceTask, exit: TaskExit): Promise<void> {
    const { group, clock } = this.#options;
    const wanted = task.condition === "stopping";
    task.condition = "stopping";
    // First of all: no request may be sent to a process that is gone.
    group.remove(task.target);
    await task.running.outputEnded;
    this.#tasks.splice(this.#tasks.indexOf(task), 1);
    const reason = exitReason(exit);
    this.emit("task", { kind: "stopped", task, exit, wanted, reason });
    if (!wanted) {
      const settled = task.healthyAt !== undefined && clock.now() - task.healthyAt >= SETTLED_MS;
      this.#failedStarts = settled ? 0 : this.#failedStarts + 1;
      this.#nextStartAt = clock.now() + restartDelayMs(this.#failedStarts);
      this.#countFailure(task, `${task.target.label} ${verb(exit)}${reason}`);
    }
    this.#reconcile();
  }

  #healthChanged(change: HealthChange): void {
    const task = this.#tasks.find(({ target }) => target === change.target);
    if (task === undefined || task.condition === "stopping") return;
    if (change.to === "healthy") {
      const { clock } = this.#options;
      task.condition = "healthy";
      task.healthyAt ??= clock.now();
      const seconds = (clock.now() - task.startedAt) / 1000;
      this.emit("task", { kind: "healthy", task, seconds });
      this.#reconcile();
    }
    if (change.to === "unhealthy") void this.#unhealthy(task, change.reason);
  }

  /** ECS ignores failing health checks during the grace period after the start of a task. */
  async #unhealthy(task: ServiceTask, reason: string): Promise<void> {
    const { clock, deployment } = this.#options;
    this.emit("task", { kind: "unhealthy", task, reason });
    const graceEnd = task.startedAt + deployment.healthCheckGraceSeconds * 1000;
    await clock.sleep(graceEnd - clock.now(), this.#ended.signal);
    if (task.target.state !== "unhealthy" || task.condition === "stopping") return;
    task.condition = "unhealthy";
    const { path } = this.#options.group.settings.healthCheck;
    this.#countFailure(
      task,
      `${task.target.label} is not healthy: GET ${path} ${task.target.lastCheck}`,
    );
    this.#reconcile();
  }

  #countFailure(task: ServiceTask, reason: string): void {
    this.emit("task", { kind: "failed", task, reason });
    const { deployment } = task;
    if (deployment.status !== "in-progress" || deployment !== this.#current) return;
    deployment.failedTasks += 1;
    if (deployment.failedTasks >= this.#threshold) this.#giveUp(reason, task.lastLines);
  }

  #giveUp(reason: string, lastLines: readonly string[]): void {
    const stable = this.#stable;
    this.#finish(stable === undefined ? "failed" : "rolled-back", { reason, lastLines });
    this.#current = stable;
    this.#failedStarts = 0;
    this.#nextStartAt = 0;
    if (stable === undefined) {
      for (const other of this.#tasks) {
        if (other.condition !== "stopping") void this.#stopTask(other);
      }
    }
  }

  #finish(
    status: DeploymentOutcome["status"],
    failure?: { reason: string; lastLines: readonly string[] },
  ): void {
    const deployment = this.#current;
    if (deployment?.status !== "in-progress") return;
    deployment.status = status === "rolled-back" ? "failed" : status;
    const outcome: DeploymentOutcome = {
      status,
      revision: deployment.revision.name,
      failedTasks: deployment.failedTasks,
      ...(failure === undefined ? {} : { reason: failure.reason }),
      lastLines: failure === undefined ? [] : [...failure.lastLines],
    };
    this.emit("deployment", outcome);
    this.#settle(outcome);
  }
}

function taskName(id: number): string {
  return `task ${id}`;
}

function verb(exit: TaskExit): string {
  return exit.startError === undefined && exit.signal === null ? "ended with " : "";
}
