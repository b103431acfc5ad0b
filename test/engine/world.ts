/** The little of AWS that outlives a run of the program: services with their deployments, and listener rules. */

export type Outcome = "succeeds" | "rolls-back";

export interface Revision {
  arn: string;
  taskDefinition: string;
  targetGroup: string;
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
}

export interface LiveRule {
  arn: string;
  listener: string;
  priority: number;
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
}

export class World {
  /** What each listener holds, by its ARN: a port of a load balancer. */
  readonly listeners = new Map<string, string>();
  readonly services = new Map<string, LiveService>();
  readonly rules = new Map<string, LiveRule>();
  /** What the next deployment does. */
  outcome: Outcome = "succeeds";
  /** Whether the schedule has put every service to sleep. */
  asleep = false;
  private counter = 0;
  private revisions = 0;

  /** @throws as AWS does where another listener holds the port */
  listen(arn: string, loadBalancer: string, port: number): void {
    const place = `${loadBalancer}:${port}`;
    for (const [other, taken] of this.listeners)
      if (other !== arn && taken === place)
        throw new Error(
          `DuplicateListener: A listener already exists on this port for this load balancer '${loadBalancer}'`,
        );
    this.listeners.set(arn, place);
  }

  nextRevision(): number {
    this.revisions += 1;
    return this.revisions;
  }

  /** Deploys as ECS does: a new revision takes over, by the weights of the rule where traffic shifts, or is rolled back. */
  deploy(request: ServiceRequest): void {
    const before = this.services.get(request.name);
    if (
      before?.live.taskDefinition === request.taskDefinition &&
      before.deployment.strategy === request.strategy
    )
      return;
    this.counter += 1;
    const target: Revision = {
      arn: `arn:aws:ecs:eu-west-1:123456789012:service-revision/${request.cluster}/${request.name}/${this.counter}`,
      taskDefinition: request.taskDefinition,
      targetGroup: this.targetGroup(request, before),
    };
    const succeeds = this.outcome === "succeeds" || before === undefined;
    const service: LiveService = {
      name: request.name,
      cluster: request.cluster,
      desired: request.desired,
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
