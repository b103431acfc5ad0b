import { Balancer } from "../balancer/balancer.ts";
import { weightedRouter, type WeightedRouter } from "../balancer/router.ts";
import type { TargetGroup } from "../balancer/target-group.ts";
import type { Clock } from "../clock.ts";
import { LocalService } from "../service.ts";
import type { TaskEvent } from "../service-types.ts";
import type { ServiceSpec } from "../spec-types.ts";
import type { Revision } from "../task.ts";
import type { Snapshot } from "./controller.ts";
import type { VersionName } from "./versions.ts";

/**
 * The service between two versions, as the stack has it: one target group whose tasks are replaced (rolling), or two
 * with a service of tasks each and weights between them. Knows no strategy; the controller says what happens.
 */
export class Simulation {
  readonly balancer: Balancer;
  readonly groups: readonly TargetGroup[];
  readonly #router: WeightedRouter;
  readonly #services: readonly LocalService[];
  readonly #versionByTarget = new Map<string, VersionName>();
  #failedTasks = 0;

  constructor(
    spec: ServiceSpec,
    clock: Clock,
    desiredCount: number,
    onTask: (event: TaskEvent, version: VersionName) => void,
    hangs = false,
  ) {
    const shifting = spec.deployment.strategy !== "rolling";
    const settings = shifting ? spec.targetGroups : [spec.targetGroups[0]];
    this.#router = weightedRouter({ [settings[0]?.name ?? ""]: 100 });
    this.balancer = new Balancer({
      // Requests take their real time, so the idle timeout that ends them is real as well, unless it is waited for.
      idleTimeoutSeconds: spec.idleTimeoutSeconds * (hangs ? 1 : clock.factor),
      clock,
      router: this.#router,
    });
    this.groups = settings.map((group) =>
      this.balancer.addGroup(group, { holdWholeDelay: true, checkOnceListening: true }),
    );
    this.#services = this.groups.map((group, index) => {
      const service = new LocalService({
        group,
        clock,
        deployment: { ...spec.deployment, desiredCount },
        stopTimeoutSeconds: spec.container.stopTimeoutSeconds,
        taskName: (id) => (shifting ? `${index === 0 ? "old" : "new"} task ${id}` : `task ${id}`),
      });
      service.on("task", (event) => {
        this.#taskEvent(event, onTask);
      });
      return service;
    });
  }

  #taskEvent(event: TaskEvent, onTask: (event: TaskEvent, version: VersionName) => void): void {
    if (event.kind === "delayed") return;
    const version = event.task.revision.name as VersionName;
    if (event.kind === "started") this.#versionByTarget.set(event.task.target.label, version);
    if (event.kind === "failed" && version === "new") this.#failedTasks += 1;
    // ECS's circuit breaker counts anew (ecs/rules.ts, breaker-threshold); the verification of a shift does not.
    if (event.kind === "healthy" && version === "new" && !this.shifting) this.#failedTasks = 0;
    onTask(event, version);
  }

  get shifting(): boolean {
    return this.#services.length > 1;
  }

  versionOf(target: string | undefined): VersionName | "none" {
    return (target === undefined ? undefined : this.#versionByTarget.get(target)) ?? "none";
  }

  /** Puts the old version up; resolves with the reason when it does not start. */
  async startOld(old: Revision): Promise<string | undefined> {
    const outcome = await this.#first.deploy(old);
    if (outcome.status === "completed") return undefined;
    return [outcome.reason ?? outcome.status, ...outcome.lastLines.slice(-3)].join("; ");
  }

  /** Starts tasks of the new version: in place of the old ones, or beside them in the second group. */
  startNew(fresh: Revision): void {
    // The controller counts failed tasks; the service itself never gives up.
    void this.#last.deploy(fresh, { failureThreshold: Infinity });
  }

  setPercent(percent: number): void {
    const [production = "", alternate] = this.groups.map(({ name }) => name);
    if (alternate !== undefined)
      this.#router.setWeights({ [production]: 100 - percent, [alternate]: percent });
  }

  /** Ends the old tasks after a shift. */
  stopOld(): void {
    void this.#first.stop();
  }

  /** Back to the old version: by ending the new tasks, and by starting old ones where they are gone. */
  rollBack(old: Revision, reason: string): void {
    if (this.shifting) void this.#last.stop();
    else if (!this.#first.rollBack(reason))
      void this.#first.deploy(old, { failureThreshold: Infinity });
  }

  snapshot(at: number, firing: readonly string[]): Snapshot {
    const tasks = this.#services.flatMap((service) => service.tasks);
    const of = (version: VersionName) => {
      const own = tasks.filter(({ revision }) => revision.name === version);
      const healthy = own.filter(({ condition }) => condition === "healthy").length;
      return { healthy, all: own.length };
    };
    return { at, old: of("old"), fresh: of("new"), failedTasks: this.#failedTasks, firing };
  }

  /** Targets of a group that fail their checks. */
  unhealthy(group: TargetGroup): number {
    return group.targets.filter(({ state }) => state === "unhealthy").length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.stop()));
    this.balancer.destroy();
  }

  kill(): void {
    for (const service of this.#services) service.kill();
    this.balancer.destroy();
  }

  get #first(): LocalService {
    const [service] = this.#services;
    if (service === undefined) throw new Error("a simulation has at least one service");
    return service;
  }

  get #last(): LocalService {
    return this.#services.at(-1) ?? this.#first;
  }
}
