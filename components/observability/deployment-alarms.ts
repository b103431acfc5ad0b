import * as pulumi from "@pulumi/pulumi";
import { deploymentAlarms, type Limits } from "./alarms.ts";
import { metricAlarm } from "./metric-alarm.ts";

export interface DeploymentAlarmsArgs extends Limits {
  topicArn: pulumi.Input<string>;
  loadBalancerArnSuffix: pulumi.Input<string>;
  targetGroups: readonly { color: string; arnSuffix: pulumi.Input<string> }[];
}

/** Alarms on errors, latency and health of each target group. They stand before the service, which rolls back on them. */
export class DeploymentAlarms extends pulumi.ComponentResource {
  readonly alarmNames: readonly pulumi.Output<string>[];

  constructor(name: string, args: DeploymentAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:DeploymentAlarms", name, {}, opts);

    this.alarmNames = args.targetGroups.flatMap(({ color, arnSuffix }) =>
      deploymentAlarms(args).map((spec) => {
        const dimensions = { LoadBalancer: args.loadBalancerArnSuffix, TargetGroup: arnSuffix };
        return metricAlarm(`${name}-${color}-${spec.name}`, spec, dimensions, args.topicArn, this)
          .name;
      }),
    );
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
