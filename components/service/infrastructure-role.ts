import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { trust } from "../service-role.ts";

export interface InfrastructureRoleArgs {
  partition: string;
}

/** The role by which ECS moves traffic between target groups. Source: AWS, "Amazon ECS infrastructure IAM role for load balancers". */
export class InfrastructureRole extends pulumi.ComponentResource {
  /** Known once the policy is attached: a deployment that starts before it would fail. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: InfrastructureRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:InfrastructureRole", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        description: "Lets ECS move the traffic of deployments",
        // The trust as AWS documents it: whether ECS names a source account here is not said, and a role cannot be
        // passed to it from another account.
        assumeRolePolicy: trust("ecs.amazonaws.com"),
      },
      { parent: this },
    );
    const attachment = new aws.iam.RolePolicyAttachment(
      `${name}-policy`,
      {
        role: role.name,
        policyArn: `arn:${args.partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers`,
      },
      { parent: this },
    );
    this.arn = pulumi.all([role.arn, attachment.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
