import { Standing } from "./refusals.ts";

/** The little of AWS that outlives a run of the program: services with their deployments, and listener rules. */

export type Outcome = "succeeds" | "rolls-back";

export interface Revision {
  arn: string;
  taskDefinition: string;
  /** Empty where no load balancer sends it requests. */
  targetGroup: string;
  containerPort: number;
}

export interface LiveDeployment {
  arn: string;
  status: "SUCCESSFUL" | "ROLLBACK_SUCCESSFUL";
  /** Seconds since 1970. */
  createdAt: number;
  /** Seconds since 1970: long before anybody looks, so that nobody waits to see whether it stays up. */
  finishedAt: number;
  strategy: string;
  target: Revision;
  source?: Revision;
}

export interface LiveService {
  name: string;
  cluster: string;
  desired: number;
  /** What serves. */
  live: Revision;
  deployment: LiveDeployment;
  productionRule?: string;
  /** Target groups that were asked for. */
  groups: string;
  /** What an update leaves out stays. */
  lifecycleHooks: object[];
}

export interface LiveListener {
  arn: string;
  balancer: string;
  port: number;
}

export interface LiveRule {
  arn: string;
  listener: string;
  priority: number;
  /** What a request has to be like, as text. */
  conditions: string;
  groups: { arn: string; weight: number }[];
}

/** The inputs of an `aws.ecs.Service` that decide what a deployment does. */
export interface ServiceRequest {
  name: string;
  cluster: string;
  desired: number;
  taskDefinition: string;
  targetGroup: string;
  alternate?: string;
  productionRule?: string;
  strategy: string;
  containerPort: number;
  /** Absent, as the provider sends it, where there are none. */
  lifecycleHooks?: object[];
}

export class World {
  readonly listeners = new Map<string, LiveListener>();
  /** Port ranges that the load balancer may call at the tasks, by the id of the rule. */
  readonly open = new Map<string, readonly [number, number]>();
  /** What happened last each time that callers could reach no task of a service that had been reached. */
  readonly outages: string[] = [];
  readonly services = new Map<string, LiveService>();
  /** Services of which somebody asked what became of their deployments. */
  readonly verified = new Set<string>();
  readonly rules = new Map<string, LiveRule>();
  readonly standing = new Standing();
  /** What the next deployment does. */
  outcome: Outcome = "succeeds";
  /** Whether the schedule has put every service to sleep. */
  asleep = false;
  private counter = 0;
  private revisions = 0;

  /** @throws as AWS does where another listener holds the port */
  listen(arn: string, loadBalancer: string, port: number): void {
    for (const other of this.listeners.values())
      if (other.arn !== arn && other.balancer === loadBalancer && other.port === port)
        throw new Error(
          `DuplicateListener: A listener already exists on this port for this load balancer '${loadBalancer}'`,
        );
    this.listeners.set(arn, { arn, balancer: loadBalancer, port });
  }

  /** Writes down an outage that `event` began: a log of the load balancer as callers would read it. */
  observe(event: string): void {
    if (this.services.size > 0 && !this.serves()) this.outages.push(event);
  }

  /** Whether the tasks of each service that callers reach are behind a rule that takes requests, on one of the ports that they know. */
  private serves(): boolean {
    return [...this.services.values()]
      .filter(({ live }) => live.targetGroup !== "")
      .every(({ live }) =>
        [...this.listeners.values()]
          .filter(({ port }) => port === 80 || port === 443)
          .some(({ arn }) => this.leadsTo(live, arn)),
      );
  }

  private leadsTo(live: Revision, listener: string): boolean {
    const rules = [...this.rules.values()]
      .filter((rule) => rule.listener === listener)
      .sort((a, b) => a.priority - b.priority);
    // Of two that take the same requests the first one gets them.
    const taking = rules.filter(
      ({ conditions }, index) =>
        rules.findIndex((rule) => rule.conditions === conditions) === index,
    );
    const open = [...this.open.values()].some(
      ([from, to]) => from <= live.containerPort && live.containerPort <= to,
    );
    return taking.some(({ groups }) => {
      const weighed = groups.filter(({ weight }) => weight > 0);
      return weighed.length > 0 && weighed.every(({ arn }) => arn === live.targetGroup) && open;
    });
  }

  nextRevision(): number {
    this.revisions += 1;
    return this.revisions;
  }

  /** Deploys as ECS does: a new revision takes over, by the weights of the rule where traffic shifts, or is rolled back. */
  deploy(request: ServiceRequest): void {
    const before = this.services.get(request.name);
    const lifecycleHooks = request.lifecycleHooks ?? before?.lifecycleHooks ?? [];
    const groups = `${request.targetGroup} ${request.alternate ?? ""}`;
    if (
      before?.live.taskDefinition === request.taskDefinition &&
      before.deployment.strategy === request.strategy &&
      // Other groups take other tasks. Source: AWS, UpdateService, `loadBalancers`, Amazon ECS API Reference.
      before.groups === groups &&
      before.productionRule === request.productionRule
    ) {
      before.lifecycleHooks = lifecycleHooks;
      return;
    }
    this.counter += 1;
    const target: Revision = {
      arn: `arn:aws:ecs:eu-west-1:123456789012:service-revision/${request.cluster}/${request.name}/${this.counter}`,
      taskDefinition: request.taskDefinition,
      targetGroup: this.targetGroup(request, before),
      containerPort: request.containerPort,
    };
    const succeeds = this.outcome === "succeeds" || before === undefined;
    const service: LiveService = {
      name: request.name,
      cluster: request.cluster,
      desired: request.desired,
      groups,
      lifecycleHooks,
      live: succeeds ? target : before.live,
      deployment: {
        arn: `arn:aws:ecs:eu-west-1:123456789012:service-deployment/${request.cluster}/${request.name}/${this.counter}`,
        status: succeeds ? "SUCCESSFUL" : "ROLLBACK_SUCCESSFUL",
        createdAt: 1_700_000_000 + this.counter,
        finishedAt: 1_700_000_000 + this.counter,
        strategy: request.strategy,
        target,
        ...(before === undefined ? {} : { source: before.live }),
      },
      ...(request.productionRule === undefined ? {} : { productionRule: request.productionRule }),
    };
    this.services.set(request.name, service);
    this.outcome = "succeeds";
    if (succeeds) this.moveTraffic(service);
  }

  /** With traffic shifting the new revision goes to the group that does not serve. */
  private targetGroup(request: ServiceRequest, before: LiveService | undefined): string {
    const shifts = before?.productionRule !== undefined;
    return shifts && before.live.targetGroup === request.targetGroup
      ? (request.alternate ?? request.targetGroup)
      : request.targetGroup;
  }

  private moveTraffic({ productionRule, live }: LiveService): void {
    const rule = this.rules.get(productionRule ?? "");
    for (const group of rule?.groups ?? []) group.weight = group.arn === live.targetGroup ? 1 : 0;
  }
}
