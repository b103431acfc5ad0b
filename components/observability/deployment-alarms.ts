import * as pulumi from "@pulumi/pulumi";
import { firstShare, type DeploymentArgs } from "@koa-fargate/workbench/ecs";
import { balancerAlarm, deploymentAlarms, type AlarmSpec, type Limits } from "./alarms.ts";
import { controlAlarms } from "./control-group.ts";
import { metricAlarm, type Dimensions, type Topics } from "./metric-alarm.ts";

export interface DeploymentAlarmsArgs
  extends Limits, Pick<DeploymentArgs, "deploymentStrategy" | "canaryPercent" | "stepPercent"> {
  topics: Topics;
  loadBalancerArnSuffix: pulumi.Input<string>;
  targetGroups: readonly { color: string; arnSuffix: pulumi.Input<string> }[];
  /** Refuses what a live service does not survive; before that no alarm changes. */
  productionRule: pulumi.Resource;
  /** The load balancer's own alarm, of the service that made it. @default - one is made */
  balancerAlarmName?: pulumi.Output<string> | undefined;
}

/**
 * Alarms on what callers see: errors, latency and health of each target group, the load balancer's own errors, and a canary
 * against the old version. They stand before the service, which rolls back on them.
 * Cost: about 1 USD a month, with two target groups 2 USD, with a canary 3 USD.
 */
export class DeploymentAlarms extends pulumi.ComponentResource {
  readonly alarmNames: readonly pulumi.Output<string>[];
  /** Of them, those on answer times. */
  readonly latencyAlarmNames: readonly pulumi.Output<string>[];
  readonly balancerAlarmName: pulumi.Output<string>;

  constructor(name: string, args: DeploymentAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:DeploymentAlarms", name, {}, opts);

    const balancer = { LoadBalancer: args.loadBalancerArnSuffix };
    const groups = args.targetGroups.map(({ color, arnSuffix }) => ({
      color,
      dimensions: { ...balancer, TargetGroup: arnSuffix },
    }));
    const alarm = (role: string, spec: AlarmSpec, ...dimensions: Dimensions[]) =>
      metricAlarm(`${name}-${role}`, spec, dimensions, args.topics, {
        parent: this,
        dependsOn: args.productionRule,
      }).name;

    const ofGroups = groups.flatMap(({ color, dimensions }) =>
      deploymentAlarms(args).map((spec) => {
        return { role: spec.name, alarm: alarm(`${color}-${spec.name}`, spec, dimensions) };
      }),
    );
    this.latencyAlarmNames = ofGroups.flatMap((of) => (of.role === "latency" ? of.alarm : []));
    const control =
      args.deploymentStrategy === "canary" ? controlAlarms(args, args.canaryPercent) : [];
    const ofBoth = control.map((spec) =>
      alarm(spec.name, spec, ...groups.map(({ dimensions }) => dimensions)),
    );
    const own = balancerAlarm(args, firstShare(args));
    this.balancerAlarmName = args.balancerAlarmName ?? alarm(own.name, own, balancer);
    this.alarmNames = [...ofGroups.map((of) => of.alarm), ...ofBoth, this.balancerAlarmName];
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
