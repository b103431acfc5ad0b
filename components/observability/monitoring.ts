import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ALARMS, filled, type AlarmSpec } from "./alarms.ts";
import { appAlarms } from "./app-metrics.ts";
import type { ObservabilityArgs } from "./observability.ts";
import { described, metricAlarm, type Dimensions } from "./metric-alarm.ts";
import { burnAlarms, harmRule } from "./slo.ts";

export interface MonitoringArgs extends Pick<
  ObservabilityArgs,
  | "topics"
  | "loadBalancerArnSuffix"
  | "services"
  | "insights"
  | "natGatewayIds"
  | "apps"
  | "metricsNamespace"
> {
  /** Begins names that the provider does not give, and is the namespace of what the trail shows. */
  stackName: string;
  /** Second contact. @default - nobody else is called */
  escalationTopicArn?: pulumi.Input<string> | undefined;
  escalateAfterMinutes: number;
  /** Of the requests, those that have to succeed: `99.9`. */
  availabilityObjectivePercent: string;
  /** Alarms on answer times, of every service: slow answers are harm by themselves. */
  latencyAlarmNames: readonly pulumi.Input<string>[];
  clusterArn: pulumi.Input<string>;
  /** Whether it runs all week: what is learned of a stack that sleeps would be its sleep. */
  awake: boolean;
  /** Empty for plain HTTP. */
  certificateArn: pulumi.Input<string>;
  /** ECR repositories, also the same several times. */
  repositoryArns: readonly pulumi.Input<string>[];
  threatDetection: "none" | "guardduty";
  /** @default - the stack has no trail */
  trailLogGroupName?: pulumi.Input<string> | undefined;
}

/**
 * What prod is watched for and dev does without: the objective and who is called when it is lost, what AWS tells of the stack, what
 * goes on in the account, and what is not as in other weeks.
 * Cost: with a certificate, a trail and three NAT gateways about 5 USD a month; threat detection by what passes.
 */
export class Monitoring extends pulumi.ComponentResource {
  /** Of the dashboard: what is promised, and the ARN of the alarm that pages. */
  readonly objective: { percent: string; alarmArn: pulumi.Output<string> };

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Monitoring", name, {}, opts);

    const watch: Watch = (specs, dimensions, whose = "") =>
      specs.map((spec) => {
        const role = `${name}-${whose}${spec.name}`;
        return metricAlarm(role, spec, [dimensions], args.topics, { parent: this }).name;
      });
    const percent = args.availabilityObjectivePercent;
    this.objective = { percent, alarmArn: this.serviceLevel(name, args, watch) };
    if (args.awake) watch(ALARMS.traffic, { LoadBalancer: args.loadBalancerArnSuffix });
    const whose = (other: string, index: number): string => (index === 0 ? "" : `${other}-`);
    args.services.forEach(
      ({ name: of, clusterName: ClusterName, serviceName: ServiceName }, index) => {
        if (args.insights && ServiceName !== undefined)
          watch(ALARMS.insights, { ClusterName, ServiceName }, whose(of, index));
      },
    );
    args.natGatewayIds.forEach((NatGatewayId, index) => {
      watch(ALARMS.natGateway, { NatGatewayId }, whose(`zone-${index + 1}`, index));
    });
    const { certificateArn: CertificateArn } = args;
    if (CertificateArn !== "") watch(ALARMS.certificate, { CertificateArn });
    args.apps.forEach(({ service, metrics }, index) => {
      const specs = appAlarms(args.metricsNamespace, metrics, args.awake);
      watch(specs, { service }, whose(service, index));
    });
    this.account(name, args, watch);
    this.registerOutputs({ objective: this.objective });
  }

  /**
   * The one alarm that pages: callers are harmed. And a second one for it, which reaches the second contact when the harm goes on.
   *
   * An alarm does nothing while it stays as it is, so the second one is made to wait: a composite alarm waits so long for its
   * suppressor before it acts. The suppressor is what a person says who is on it, for an hour; then the wait is over.
   * Source: Amazon CloudWatch API Reference, PutCompositeAlarm, ActionsSuppressorWaitPeriod. Assumed: of harm that ends within the
   * wait the second contact hears nothing but the end.
   */
  private serviceLevel(name: string, args: MonitoringArgs, watch: Watch): pulumi.Output<string> {
    const { stackName, topics, availabilityObjectivePercent: objective } = args;
    const balancer = { LoadBalancer: args.loadBalancerArnSuffix };
    const burns = watch(burnAlarms(Number(objective)), balancer);
    const composite = (
      role: string,
      topicArn: pulumi.Input<string>,
      description: string,
      settings: Pick<aws.cloudwatch.CompositeAlarmArgs, "alarmRule" | "actionsSuppressor">,
    ): aws.cloudwatch.CompositeAlarm =>
      new aws.cloudwatch.CompositeAlarm(
        `${name}-${role}`,
        {
          alarmName: `${stackName}-${role}`,
          alarmDescription: described(role, description),
          alarmActions: [topicArn],
          okActions: [topicArn],
          ...settings,
        },
        { parent: this },
      );
    const harm = composite(
      "harm",
      topics.page,
      `Callers are harmed: so many requests fail that the objective of ${objective} % is lost, or answers are slow. Look at the dashboard, from its top down.`,
      {
        alarmRule: pulumi
          .all([pulumi.all(burns), pulumi.all([...args.latencyAlarmNames])])
          .apply((names) => harmRule(...names)),
      },
    );
    if (args.escalationTopicArn !== undefined) {
      const [alarm = ""] = watch(filled(ALARMS.escalation, { namespace: stackName }), {});
      composite(
        "escalation",
        args.escalationTopicArn,
        `Callers are harmed for ${args.escalateAfterMinutes} minutes, and nobody said that they are on it. Look who is on call.`,
        {
          alarmRule: pulumi.interpolate`ALARM("${harm.alarmName}")`,
          actionsSuppressor: {
            alarm,
            waitPeriod: args.escalateAfterMinutes * 60,
            extensionPeriod: 60,
          },
        },
      );
    }
    return harm.arn;
  }

  /** A rule has no target: how often it matches is a metric, as with scheduled tasks. */
  private account(name: string, args: MonitoringArgs, watch: Watch): void {
    const threats = args.threatDetection === "guardduty";
    if (threats) new aws.guardduty.Detector(`${name}-threats`, {}, { parent: this });
    const scope = pulumi.all([args.clusterArn, pulumi.all([...args.repositoryArns])]);
    const ofScope = scope.apply(([clusterArn, arns]) => ({
      clusterArn,
      servicesOfCluster: `${clusterArn.replace(":cluster/", ":service/")}/`,
      repositories: [...new Set(arns.map((arn) => arn.replace(/^.*:repository\//, "")))],
    }));
    for (const { pattern, ...spec } of ALARMS.events) {
      if (spec.name === "threat" && !threats) continue;
      const rule = new aws.cloudwatch.EventRule(
        `${name}-${spec.name}`,
        {
          description: spec.description,
          eventPattern: ofScope.apply((values) => JSON.stringify(filled(pattern, values))),
        },
        { parent: this },
      );
      watch([spec], { RuleName: rule.name });
    }
    const { stackName: namespace, trailLogGroupName: logGroupName } = args;
    if (logGroupName === undefined) return;
    for (const { pattern, ...spec } of ALARMS.trail) {
      const metricTransformation = { namespace, name: spec.name, value: "1" };
      new aws.cloudwatch.LogMetricFilter(
        `${name}-${spec.name}`,
        { logGroupName, pattern, metricTransformation },
        { parent: this },
      );
      watch(filled([spec], { namespace }), {});
    }
  }
}

type Watch = (
  specs: readonly AlarmSpec[],
  dimensions: Dimensions,
  whose?: string,
) => pulumi.Output<string>[];
