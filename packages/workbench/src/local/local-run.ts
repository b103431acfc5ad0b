import { Balancer } from "./balancer/balancer.ts";
import type { Router } from "./balancer/router.ts";
import { ruleRouter } from "./rule-router.ts";
import type { TargetGroup, TargetGroupOptions } from "./balancer/target-group.ts";
import { createClock, type Clock } from "./clock.ts";
import { LocalService } from "./service.ts";
import type { OtherSpec, ServiceSpec } from "./spec-types.ts";

export interface LocalRunOptions {
  /** Port of the load balancer; 0 takes a free one. */
  port: number;
  /** Default: the stack's desired count. */
  desiredCount?: number;
  /** Default: real time. */
  clock?: Clock;
  /** Default: everything to the production target group. */
  router?: Router;
  /** Default: checks a starting task ten times a second, so that it serves as soon as it can. */
  targetGroup?: TargetGroupOptions;
  /** Services whose rules come before the main one's. Default: none. */
  others?: readonly OtherSpec[];
  /** Most tasks that a replacement starts at a time. Default 1; `Infinity` for as many as ECS would. */
  batch?: number;
}

/** A load balancer with one service behind it. Nothing runs until a revision is deployed. */
export interface LocalRun {
  /** Base URL of the load balancer. */
  url: URL;
  balancer: Balancer;
  group: TargetGroup;
  service: LocalService;
  /** Stops accepting, finishes what is in progress, stops every task. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

/**
 * Puts the load balancer and the service of `spec` up on 127.0.0.1.
 *
 * @throws LocalRunError when the port is taken.
 */
export async function startLocalRun(
  spec: ServiceSpec,
  options: LocalRunOptions,
): Promise<LocalRun> {
  const clock = options.clock ?? createClock();
  const { idleTimeoutSeconds } = spec;
  const { others = [], batch = 1 } = options;
  const targets = others.flatMap(({ target }) => target ?? []);
  const router =
    options.router ??
    (targets.length === 0
      ? undefined
      : ruleRouter(
          spec.targetGroups[0].name,
          targets.map(({ group: { name }, rule }) => ({ group: name, rule })),
        ));
  const balancer = new Balancer({
    idleTimeoutSeconds,
    clock,
    ...(router === undefined ? {} : { router }),
  });
  const group = balancer.addGroup(
    spec.targetGroups[0],
    options.targetGroup ?? { initialIntervalSeconds: 0.1 },
  );
  for (const target of targets) balancer.addGroup(target.group, { initialIntervalSeconds: 0.1 });
  const service = new LocalService({
    group,
    clock,
    stopTimeoutSeconds: spec.container.stopTimeoutSeconds,
    deployment: {
      ...spec.deployment,
      desiredCount: options.desiredCount ?? spec.deployment.desiredCount,
    },
    batch,
  });
  const url = await balancer.listen(options.port);
  return {
    url,
    balancer,
    group,
    service,
    stop: async () => {
      const closed = balancer.close();
      await service.stop();
      // What is open now has nothing in progress, such as a browser's spare connection.
      balancer.destroy();
      await closed;
    },
    kill: () => {
      service.kill();
      balancer.destroy();
    },
  };
}
