import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { https, NOT_FOUND, openPorts, TO_HTTPS, type OpenPortsArgs } from "./listeners.ts";
import { trafficGuard, type Guard, type GuardArgs } from "./traffic-guard.ts";
import { forwardRules, targetGroups, type TargetGroup, type TargetGroupArgs } from "./route.ts";

export interface LoadBalancerArgs
  extends TargetGroupArgs, OpenPortsArgs, Pick<GuardArgs, "offline" | "region" | "profile"> {
  /** Subnets in at least two zones: private ones of an internal load balancer, public ones of any other. */
  subnetIds: pulumi.Input<string[]>;
  /** AWS's list of the addresses that alone may call, by its name: the load balancer has no public address then. @default - it has */
  internalFor?: string | undefined;
  /** Bucket that takes the logs; has to allow their delivery already. */
  logBucket: pulumi.Input<string>;
  /** Host name of callers; empty for the load balancer's own. */
  domainName: string;
  idleTimeoutSeconds: number;
  deletionProtection: boolean;
}

/** Whom a rule lets in. */
type Callers = Pick<aws.vpc.SecurityGroupIngressRuleArgs, "cidrIpv4" | "prefixListId">;

/** What the main service takes, of all that no other one does. The first priority shifts traffic, the second does not. */
const EVERYTHING = [{ pathPattern: { values: ["/*"] } }];
const PRIORITIES = { shifting: 100, forward: 200 } as const;

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
  /** Of HTTPS; empty for plain HTTP. */
  readonly certificateArn: pulumi.Input<string>;
  /** Where callers reach the service. */
  readonly url: pulumi.Output<string>;
  /** Blue alone, or blue and green with traffic shifting. */
  readonly targetGroups: readonly TargetGroup[];
  readonly listenerArn: pulumi.Output<string>;
  /** The listener of the new version, where there is one. */
  readonly testListenerArn: pulumi.Output<string> | undefined;
  /** The listener rule that carries production traffic. */
  readonly productionRule: aws.lb.ListenerRule;
  /** The rule of the test listener, where there is one. */
  readonly testRule: aws.lb.ListenerRule | undefined;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:load-balancer:LoadBalancer", name, {}, opts);

    // Rules are resources of their own, so that the service adds the one to its tasks. Neither list may be set here too.
    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      { vpcId: args.vpcId, description: "Callers to the load balancer" },
      { parent: this },
    );
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        loadBalancerType: "application",
        subnets: args.subnetIds,
        // What stands before it has told the caller's address already: of a list, the app trusts the last one alone.
        // Source: AWS, "X-Forwarded-For", User Guide for Application Load Balancers.
        ...(args.internalFor && { internal: true, xffHeaderProcessingMode: "preserve" }),
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
    this.certificateArn = args.certificateArn;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.securityGroupId = securityGroup.id;
    this.targetGroups = targetGroups(name, args, this);
    // Before any of them changes: a command that ends between the first and the last would leave callers with neither.
    const guard = trafficGuard(
      { ...args, loadBalancerArn: balancer.arn, priorities: PRIORITIES },
      this.targetGroups.map(({ arn }) => arn),
    );
    this.openPorts(name, securityGroup.id, args, guard);
    const { serving, test } = this.listeners(name, balancer, args, guard);
    this.listenerArn = serving.arn;
    this.testListenerArn = test?.arn;
    const { trafficShifting } = args;
    const { listenerArn, testListenerArn } = this;
    const rules = forwardRules(
      name,
      {
        ...{ listenerArn, testListenerArn, trafficShifting },
        ...{ conditions: EVERYTHING, priorities: PRIORITIES },
      },
      guard,
      this.targetGroups,
      this,
    );
    this.productionRule = rules.production;
    this.testRule = rules.test;
    const scheme = args.certificateArn === "" ? "http" : "https";
    this.url = pulumi.interpolate`${scheme}://${args.domainName === "" ? balancer.dnsName : args.domainName}`;
    this.registerOutputs({ url: this.url, dnsName: this.dnsName });
  }

  private openPorts(
    name: string,
    securityGroupId: pulumi.Output<string>,
    args: LoadBalancerArgs,
    guard: Guard,
  ): void {
    const open = (id: string, port: number, description: string, from: Callers): void => {
      new aws.vpc.SecurityGroupIngressRule(
        id,
        {
          securityGroupId,
          description: guard(description),
          ...{ ipProtocol: "tcp", fromPort: port, toPort: port },
          ...from,
        },
        { parent: this },
      );
    };
    if (args.internalFor !== undefined) {
      const { id } = aws.ec2.getManagedPrefixListOutput(
        { name: args.internalFor },
        { parent: this },
      );
      // Of one port alone: such a list counts as 55 rules of the 60 that a group has.
      // Source: AWS, "Available AWS-managed prefix lists", Amazon VPC User Guide.
      const port = args.certificateArn === "" ? 80 : 443;
      open(`${name}-${port}`, port, "CloudFront", { prefixListId: id });
      return;
    }
    for (const { port, description, cidrs } of openPorts(args))
      cidrs.forEach((cidrIpv4, index) => {
        open(`${name}-${port}-${index + 1}`, port, description, { cidrIpv4 });
      });
  }

  /**
   * The listener that serves, and with a certificate one on port 80 that redirects to it; and that of the new version. A port
   * takes one listener, so port 80's is the same resource either way, and its action changes in place.
   */
  private listeners(
    name: string,
    balancer: aws.lb.LoadBalancer,
    { certificateArn, testListenerPort }: LoadBalancerArgs,
    guard: Guard,
  ): { serving: aws.lb.Listener; test: aws.lb.Listener | undefined } {
    const tls = certificateArn === "" ? undefined : https(certificateArn);
    const listen = (
      role: string,
      port: number,
      settings: Omit<aws.lb.ListenerArgs, "loadBalancerArn">,
      opts?: pulumi.CustomResourceOptions,
    ): aws.lb.Listener =>
      new aws.lb.Listener(
        `${name}-${role}`,
        { loadBalancerArn: balancer.arn, port, protocol: "HTTP", ...settings },
        { parent: this, ...opts },
      );
    const http = listen(
      "http",
      80,
      { defaultActions: guard([tls ? TO_HTTPS : NOT_FOUND]) },
      // With a certificate it had a name of its own: stacks from then keep their listener.
      { aliases: [{ name: `${name}-redirect` }] },
    );
    return {
      serving: tls ? listen("https", 443, { ...tls, defaultActions: guard([NOT_FOUND]) }) : http,
      test:
        testListenerPort === 0
          ? undefined
          : listen("test", testListenerPort, { ...tls, defaultActions: [NOT_FOUND] }),
    };
  }
}
