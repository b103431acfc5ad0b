import { expect } from "chai";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { invariants } from "./helpers/invariants.ts";
import { component, planOf } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

type Counts = Record<string, number>;

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const bucket: Counts = {
  "aws:s3/bucket:Bucket": 3,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 3,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 3,
  "aws:s3/bucketPolicy:BucketPolicy": 3,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 3,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 3,
  "aws:s3/bucketVersioning:BucketVersioning": 3,
  "koa-fargate:storage:Bucket": 3,
};
const both: Record<string, Counts> = {
  api: {
    "aws:appautoscaling/target:Target": 1,
    "aws:cloudwatch/logGroup:LogGroup": 1,
    "aws:ec2/securityGroup:SecurityGroup": 1,
    "aws:ecs/cluster:Cluster": 1,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": 1,
    "aws:ecs/service:Service": 1,
    "aws:ecs/taskDefinition:TaskDefinition": 1,
    "aws:iam/rolePolicy:RolePolicy": 2,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    "koa-fargate:service:Autoscaling": 1,
    "koa-fargate:service:FargateService": 1,
    "koa-fargate:service:Roles": 1,
    "koa-fargate:service:TaskSecurityGroup": 1,
  },
  deployment: { "koa-fargate:observability:DeploymentAlarms": 1 },
  "load-balancer": {
    "aws:ec2/securityGroup:SecurityGroup": 1,
    "aws:lb/listenerRule:ListenerRule": 1,
    "aws:lb/loadBalancer:LoadBalancer": 1,
    "koa-fargate:load-balancer:LoadBalancer": 1,
  },
  network: {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
    "aws:ec2/internetGateway:InternetGateway": 1,
    "aws:ec2/networkAcl:NetworkAcl": 2,
    "aws:ec2/vpc:Vpc": 1,
    "awsx:ec2:Vpc": 1,
    "koa-fargate:network:Network": 1,
  },
  notifications: { "aws:sns/topic:Topic": 1, "koa-fargate:observability:Notifications": 1 },
  observability: {
    "aws:cloudwatch/dashboard:Dashboard": 1,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 3,
    "koa-fargate:observability:Observability": 1,
  },
  registry: {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": 1,
    "aws:ecr/repository:Repository": 1,
    "docker:index/image:Image": 1,
    "koa-fargate:registry:Registry": 1,
  },
  storage: { ...bucket, "aws:dynamodb/table:Table": 1, "koa-fargate:storage:Storage": 1 },
};

/** What a stack has besides, or in other numbers. */
const differing: Record<string, Record<string, Counts>> = {
  dev: {
    api: {
      "aws:appautoscaling/policy:Policy": 2,
      "aws:appautoscaling/scheduledAction:ScheduledAction": 2,
      "aws:iam/role:Role": 2,
    },
    deployment: { "aws:cloudwatch/metricAlarm:MetricAlarm": 4 },
    [`${PROJECT}-dev`]: { "pulumi:pulumi:Stack": 1 },
    "load-balancer": {
      "aws:lb/listener:Listener": 1,
      "aws:lb/targetGroup:TargetGroup": 1,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    },
    network: {
      "aws:ec2/route:Route": 2,
      "aws:ec2/routeTable:RouteTable": 4,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
      "aws:ec2/subnet:Subnet": 4,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 2,
    },
  },
  prod: {
    api: {
      "aws:appautoscaling/policy:Policy": 3,
      "aws:iam/role:Role": 3,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "koa-fargate:service:InfrastructureRole": 1,
    },
    audit: {
      "aws:cloudtrail/trail:Trail": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      "koa-fargate:security:AuditTrail": 1,
    },
    deployment: { "aws:cloudwatch/metricAlarm:MetricAlarm": 9 },
    [`${PROJECT}-prod`]: { "pulumi:pulumi:Stack": 1 },
    "load-balancer": {
      "aws:lb/listener:Listener": 2,
      "aws:lb/targetGroup:TargetGroup": 2,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
    },
    network: {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/eip:Eip": 3,
      "aws:ec2/flowLog:FlowLog": 1,
      "aws:ec2/natGateway:NatGateway": 3,
      "aws:ec2/route:Route": 6,
      "aws:ec2/routeTable:RouteTable": 6,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 6,
      "aws:ec2/securityGroup:SecurityGroup": 3,
      "aws:ec2/securityGroupRule:SecurityGroupRule": 3,
      "aws:ec2/subnet:Subnet": 6,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 5,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      "koa-fargate:network:FlowLogs": 1,
    },
    notifications: { "aws:sns/topicSubscription:TopicSubscription": 1 },
    security: {
      "aws:kms/alias:Alias": 1,
      "aws:kms/key:Key": 1,
      "koa-fargate:security:EncryptionKey": 1,
    },
    "web-acl": {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
      "aws:wafv2/webAcl:WebAcl": 1,
      "aws:wafv2/webAclAssociation:WebAclAssociation": 1,
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": 1,
      "koa-fargate:load-balancer:WebAcl": 1,
    },
  },
};

function counts(plan: Plan): Record<string, Counts> {
  const found: Record<string, Counts> = {};
  for (const resource of plan.resources) {
    const types = (found[component(plan, resource)] ??= {});
    types[resource.type] = (types[resource.type] ?? 0) + 1;
  }
  return found;
}

for (const stack of ["dev", "prod"]) {
  describe(`structure of ${stack}`, () => {
    it("holds exactly these resources, and alarms that its owner adds", async () => {
      const own = differing[stack] ?? {};
      const components = [...new Set([...Object.keys(both), ...Object.keys(own)])];

      const expected: Record<string, Counts> = Object.fromEntries(
        components.map((name) => [name, { ...both[name], ...own[name] }]),
      );
      const found = counts(await planOf(stack));
      for (const [name, types] of Object.entries(found))
        if ((types[ALARM] ?? 0) > (expected[name]?.[ALARM] ?? 0))
          types[ALARM] = expected[name]?.[ALARM] ?? 0;
      expect(found).to.deep.equal(expected);
    });

    invariants(stack, () => planOf(stack));

    it("ignores changes exactly where something else decides", async () => {
      const plan = await planOf(stack);
      const ignoring = plan.resources
        .filter(({ options }) => (options.ignoreChanges ?? []).length > 0)
        .map(({ type, options }) => [type, options.ignoreChanges]);

      expect(ignoring).to.have.deep.members([
        ["docker:index/image:Image", ["skipPush", "build.args.COMMIT"]],
        ["aws:ecs/service:Service", ["desiredCount"]],
        ["aws:lb/targetGroup:TargetGroup", ["port"]],
        ...(stack === "dev"
          ? [["aws:appautoscaling/target:Target", ["minCapacity", "maxCapacity"]]]
          : [
              ["aws:lb/targetGroup:TargetGroup", ["port"]],
              ["aws:lb/listenerRule:ListenerRule", ["actions[0].forward.targetGroups"]],
            ]),
      ]);
    });
  });
}
