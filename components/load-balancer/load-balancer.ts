import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { https, NOT_FOUND, openPorts, TO_HTTPS } from "./listeners.ts";
import { forwardWeights, targetGroupNames } from "./traffic.ts";
import { guardTraffic } from "./traffic-guard.ts";

export interface LoadBalancerArgs {
  region: string;
  /** Profile of the AWS configuration files. @default - the SDK's own order */
  profile?: string | undefined;
  /** Whether it is planned offline: AWS is not asked what carries the traffic. */
  offline: boolean;
  vpcId: pulumi.Input<string>;
  /** Public subnets in at least two zones. */
  subnetIds: pulumi.Input<string[]>;
  /** Bucket that takes the logs; has to allow their delivery already. */
  logBucket: pulumi.Input<string>;
  /** ACM certificate; empty for plain HTTP. */
  certificateArn: string;
  /** Host name of callers; empty for the load balancer's own. */
  domainName: string;
  /** IPv4 ranges that may call. */
  ingressCidrs: readonly string[];
  idleTimeoutSeconds: number;
  healthPath: string;
  healthCheckIntervalSeconds: number;
  healthCheckTimeoutSeconds: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  deregistrationDelaySeconds: number;
  /** Whether deployments shift traffic between two target groups. */
  trafficShifting: boolean;
  /** With traffic shifting, a port that reaches the new version before callers do; 0 for none. */
  testListenerPort: number;
  /** IPv4 ranges that may call that port. */
  testIngressCidrs: readonly string[];
  deletionProtection: boolean;
}

/**
 * A target group has a port, but ECS registers each task with the port of its container. A constant one: the provider
 * replaces the group when it changes, and the new one is empty until the next tasks are healthy. Source: Terraform AWS
 * provider, internal/service/elbv2/target_group.go; AWS, RegisterTargets, Elastic Load Balancing API Reference.
 */
const TARGET_GROUP_PORT = 80;

/** A target group and what alarms name it by. */
export interface TargetGroup {
  /** `blue` or `green`. */
  readonly color: string;
  readonly arn: pulumi.Output<string>;
  readonly arnSuffix: pulumi.Output<string>;
}

/**
 * Application Load Balancer with its security group, listeners, target groups and logs.
 * With a certificate it serves HTTPS and redirects HTTP to it.
 * Cost: about 16 USD a month, plus capacity units with traffic and a public IPv4 address in each zone.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly dnsName: pulumi.Output<string>;
  readonly zoneId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly arnSuffix: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Where callers reach the service. */
  readonly url: pulumi.Output<string>;
  /** Blue alone, or blue and green with traffic shifting. */
  readonly targetGroups: readonly TargetGroup[];
  /** The listener rule that carries production traffic. */
  readonly productionRule: aws.lb.ListenerRule;
  /** The rule of the test listener, where there is one. */
  readonly testRule: aws.lb.ListenerRule | undefined;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:load-balancer:LoadBalancer", name, {}, opts);

    const securityGroup = this.securityGroup(name, args);
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        loadBalancerType: "application",
        subnets: args.subnetIds,
        securityGroups: [securityGroup.id],
        idleTimeout: args.idleTimeoutSeconds,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        enableDeletionProtection: args.deletionProtection,
        accessLogs: { bucket: args.logBucket, prefix: "access", enabled: true },
        connectionLogs: { bucket: args.logBucket, prefix: "connection", enabled: true },
      },
      { parent: this, protect: args.deletionProtection },
    );
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.securityGroupId = securityGroup.id;
    this.targetGroups = targetGroupNames(args.trafficShifting).map((color) => {
      const group = this.targetGroup(`${name}-${color}`, args);
      return { color, arn: group.arn, arnSuffix: group.arnSuffix };
    });
    this.productionRule = this.rule(name, this.listener(name, balancer, args), args, !args.offline);
    this.testRule =
      args.testListenerPort === 0
        ? undefined
        : this.rule(`${name}-test`, this.testListener(`${name}-test`, balancer, args), args);
    const scheme = args.certificateArn === "" ? "http" : "https";
    this.url = pulumi.interpolate`${scheme}://${args.domainName === "" ? balancer.dnsName : args.domainName}`;
    this.registerOutputs({ url: this.url, dnsName: this.dnsName });
  }

  private securityGroup(name: string, args: LoadBalancerArgs): aws.ec2.SecurityGroup {
    // Rules are resources of their own, so that the service adds the one to its tasks. Neither list may be set here too.
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: args.vpcId, description: "Callers to the load balancer" },
      { parent: this },
    );
    for (const { port, description, cidrs } of openPorts(args)) {
      cidrs.forEach((cidrIpv4, index) => {
        new aws.vpc.SecurityGroupIngressRule(
          `${name}-${port}-${index + 1}`,
          {
            securityGroupId: group.id,
            description,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            cidrIpv4,
          },
          { parent: this },
        );
      });
    }
    return group;
  }

  private targetGroup(name: string, args: LoadBalancerArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      // AWS allows 32 characters, of which auto-naming takes 8: a longer logical name would be refused at deployment.
      name,
      {
        vpcId: args.vpcId,
        targetType: "ip",
        protocol: "HTTP",
        port: TARGET_GROUP_PORT,
        deregistrationDelay: args.deregistrationDelaySeconds,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        healthCheck: {
          path: args.healthPath,
          matcher: "200",
          interval: args.healthCheckIntervalSeconds,
          timeout: args.healthCheckTimeoutSeconds,
          healthyThreshold: args.healthyThreshold,
          unhealthyThreshold: args.unhealthyThreshold,
        },
      },
      // Groups from before had the container's port: kept as it is, none is replaced.
      { parent: this, ignoreChanges: ["port"] },
    );
  }

  /**
   * The listener that serves; with a certificate, port 80's redirects to it. A port takes one listener, so port 80's is
   * the same resource either way, and its action changes in place.
   */
  private listener(
    name: string,
    balancer: aws.lb.LoadBalancer,
    args: LoadBalancerArgs,
  ): aws.lb.Listener {
    const encrypted = args.certificateArn !== "";
    const http = new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [encrypted ? TO_HTTPS : NOT_FOUND],
      },
      // With a certificate it had a name of its own: stacks from then keep their listener.
      { parent: this, aliases: [{ name: `${name}-redirect` }] },
    );
    if (!encrypted) return http;
    return new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        ...https(args.certificateArn),
        defaultActions: [NOT_FOUND],
      },
      { parent: this },
    );
  }

  private testListener(
    name: string,
    balancer: aws.lb.LoadBalancer,
    args: LoadBalancerArgs,
  ): aws.lb.Listener {
    return new aws.lb.Listener(
      name,
      {
        loadBalancerArn: balancer.arn,
        port: args.testListenerPort,
        ...(args.certificateArn === "" ? { protocol: "HTTP" } : https(args.certificateArn)),
        defaultActions: [NOT_FOUND],
      },
      { parent: this },
    );
  }

  private rule(
    name: string,
    listener: aws.lb.Listener,
    args: LoadBalancerArgs,
    guarded = false,
  ): aws.lb.ListenerRule {
    const weights = forwardWeights(args.trafficShifting);
    const priority = args.trafficShifting ? 100 : 200;
    const kept = this.targetGroups.map(({ arn }) => arn);
    const targetGroups = kept.map((arn, index) => ({ arn, weight: weights[index] ?? 0 }));
    return new aws.lb.ListenerRule(
      // A rule of its own for each way of forwarding: what is ignored below must not swallow the second group when the
      // strategy changes. The priorities differ so that both may stand for a moment.
      args.trafficShifting ? `${name}-shifting` : `${name}-forward`,
      {
        listenerArn: listener.arn,
        // Guarded by an input that is updated in place: while a guard does not know its answer, a preview shows a change.
        priority: guarded ? guardTraffic(args, this.arn, kept, priority) : priority,
        conditions: [{ pathPattern: { values: ["/*"] } }],
        actions: [{ type: "forward", forward: { targetGroups } }],
      },
      {
        parent: this,
        // ECS moves the weights during a deployment; writing ours back would send traffic to the wrong version. The groups
        // are a set in the provider, so the whole set is ignored: an index holds only while their order does.
        ignoreChanges: args.trafficShifting ? ["actions[0].forward.targetGroups"] : [],
      },
    );
  }
}
