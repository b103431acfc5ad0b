import { Balancer } from "./balancer/balancer.ts";
import { ruleRouter } from "./rule-router.ts";
import type { TargetGroup } from "./balancer/target-group.ts";
import { LocalService } from "./service.ts";
import type { OtherSpec, ServiceSpec } from "./spec-types.ts";

export interface LocalRunOptions {
  /** Port of the load balancer; 0 takes a free one. */
  port: number;
  /** Default: the stack's desired count. */
  desiredCount?: number;
  /** Services whose rules come before the main one's. Default: none. */
  others?: readonly OtherSpec[];
}

/** A starting task is checked ten times a second, so that it serves as soon as it can. */
const SOON = { initialIntervalSeconds: 0.1 };

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
  const { idleTimeoutSeconds } = spec;
  const targets = (options.others ?? []).flatMap(({ target }) => target ?? []);
  const router = ruleRouter(
    spec.targetGroups[0].name,
    targets.map(({ group: { name }, rule }) => ({ group: name, rule })),
  );
  const balancer = new Balancer({ idleTimeoutSeconds, router });
  const group = balancer.addGroup(spec.targetGroups[0], SOON);
  for (const target of targets) balancer.addGroup(target.group, SOON);
  const service = new LocalService({
    group,
    clock: balancer.clock,
    stopTimeoutSeconds: spec.container.stopTimeoutSeconds,
    deployment: {
      ...spec.deployment,
      desiredCount: options.desiredCount ?? spec.deployment.desiredCount,
    },
    batch: 1,
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
