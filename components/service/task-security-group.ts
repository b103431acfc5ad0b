import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FIRST_CONTAINER_PORT } from "./container.ts";
import type { PlacementArgs } from "./fargate-service-args.ts";

/** Of the ports that tasks may call, 443 reaches AWS's services and HTTPS APIs. */
export interface TaskSecurityGroupArgs extends Pick<PlacementArgs, "vpcId" | "egressPorts"> {
  /** Security group of the load balancer that calls the tasks. @default - nobody calls them */
  loadBalancerSecurityGroupId?: pulumi.Input<string> | undefined;
}

/** Security group of the tasks: in comes the load balancer alone, or nobody, also where tasks have public addresses. */
export class TaskSecurityGroup extends pulumi.ComponentResource {
  /** Known once the rules stand: a task that starts before them could not pull its image. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: TaskSecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:TaskSecurityGroup", name, {}, opts);

    const group = new aws.ec2.SecurityGroup(
      name,
      {
        vpcId: args.vpcId,
        description:
          args.loadBalancerSecurityGroupId === undefined
            ? "Tasks that nobody calls"
            : "Load balancer to tasks",
      },
      { parent: this },
    );
    const fromLoadBalancer =
      args.loadBalancerSecurityGroupId === undefined
        ? []
        : this.fromLoadBalancer(name, group, args.loadBalancerSecurityGroupId);
    const egress = args.egressPorts.map(
      (egressPort) =>
        new aws.vpc.SecurityGroupEgressRule(
          `${name}-egress-${egressPort}`,
          {
            securityGroupId: group.id,
            description: egressPort === "443" ? "AWS services and HTTPS APIs" : "Configured egress",
            ipProtocol: "tcp",
            fromPort: Number(egressPort),
            toPort: Number(egressPort),
            cidrIpv4: "0.0.0.0/0",
          },
          { parent: this },
        ),
    );
    const rules = [...fromLoadBalancer, ...egress].map(({ id }) => id);
    // Known once its rules stand: a task that starts before them reaches nothing.
    this.id = pulumi.all([group.id, pulumi.all(rules)]).apply(([id]) => id);
    this.registerOutputs({ id: this.id });
  }

  /** Requests and health checks, in at the tasks and out at the load balancer. */
  private fromLoadBalancer(
    name: string,
    group: aws.ec2.SecurityGroup,
    loadBalancerSecurityGroupId: pulumi.Input<string>,
  ): pulumi.CustomResource[] {
    // Not the container's port alone: another one would shut out the running tasks before the next are healthy, and again
    // those that a rollback brings back. The load balancer calls nothing but its targets, each on the port of its container.
    const port = { ipProtocol: "tcp", fromPort: FIRST_CONTAINER_PORT, toPort: 65535 };
    return [
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-load-balancer`,
        {
          securityGroupId: group.id,
          referencedSecurityGroupId: loadBalancerSecurityGroupId,
          description: "Requests and health checks of the load balancer",
          ...port,
        },
        // Another load balancer gets a rule of its own: the one before is let in as long as it serves.
        { parent: this, replaceOnChanges: ["referencedSecurityGroupId"] },
      ),
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-load-balancer-egress`,
        {
          securityGroupId: loadBalancerSecurityGroupId,
          referencedSecurityGroupId: group.id,
          description: "Requests and health checks to the tasks",
          ...port,
        },
        { parent: this },
      ),
    ];
  }
}
