import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import { expect } from "chai";
import { COMPONENTS } from "../../../src/plan/awsx/components.ts";
import { scalar } from "../../../src/plan/plan-reader.ts";
import { type Reference, resolveReferences } from "../../../src/plan/awsx/expansion.ts";
import { planStack } from "../../../src/plan/evaluate.ts";
import type { Json, Plan, PlannedResource } from "../../../src/plan/types.ts";
import { projectFolder, type ProjectFolder } from "../project-folder.ts";

const one = (plan: Plan, type: string, name: string): PlannedResource => {
  const found = plan.resources.find((resource) => resource.type === type && resource.name === name);
  if (found === undefined) throw new Error(`no ${type} ${name}`);
  return found;
};

/** Resources of an expansion: type and name -> inputs, references as `key.output`. */
function expand(type: string, inputs: Record<string, Json>): Record<string, unknown> {
  const expansion = COMPONENTS[type]?.({
    name: "Web",
    inputs,
    stack: "dev",
    region: "eu-west-1",
    secret: false,
    vpcOf: (subnet) => `vpc of ${scalar(subnet)}`,
    invent: (text) => text.slice(0, text.indexOf("-")),
  });
  const said = ({ resource, output }: Reference) =>
    `${resource.split(":").at(-3) ?? ""} ${resource.split("::").at(-1) ?? ""}.${output ?? ""}`;
  return Object.fromEntries(
    (expansion?.resources ?? []).map((own) => [
      `${own.type.split(":").at(-1) ?? ""} ${own.name}`,
      resolveReferences(own.inputs, said),
    ]),
  );
}

describe("awsx's components for containers in a plan", function () {
  let folder: ProjectFolder;
  let plan: Plan;

  before(async () => {
    folder = await projectFolder();
    plan = await planStack({
      stack: "dev",
      root: folder.path,
      program: () => {
        const balancer = new awsx.lb.ApplicationLoadBalancer("web");
        const repository = new awsx.ecr.Repository("Images", { forceDelete: true });
        const image = new awsx.ecr.Image("image", {
          repositoryUrl: repository.url,
          context: "./app",
          platform: "linux/arm64",
        });
        const cluster = new aws.ecs.Cluster("cluster");
        const service = new awsx.ecs.FargateService("api", {
          cluster: cluster.arn,
          assignPublicIp: true,
          taskDefinitionArgs: {
            container: {
              name: "app",
              image: image.imageUri,
              cpu: 512,
              memory: 128,
              portMappings: [{ containerPort: 80, targetGroup: balancer.defaultTargetGroup }],
            },
          },
        });
        return { service: service.service.name, host: balancer.loadBalancer.dnsName };
      },
    });
  });
  after(() => folder.remove());

  it("are followed by what they create, nested components among it", () => {
    const found = plan.resources
      .filter(({ expanded }) => expanded)
      .map(({ urn }) => urn.split("::").slice(2).join("  "));
    const task = "awsx:ecs:FargateService$awsx:ecs:FargateTaskDefinition";
    expect(found).to.deep.equal(
      [
        "awsx:ecr:Image$docker-build:index:Image  12fda807-container",
        "awsx:ecr:Repository$aws:ecr/lifecyclePolicy:LifecyclePolicy  images",
        "awsx:ecr:Repository$aws:ecr/repository:Repository  images",
        "awsx:ecs:FargateService$aws:ec2/securityGroup:SecurityGroup  api-sg",
        "awsx:ecs:FargateService$aws:ecs/service:Service  api",
        `${task}$aws:cloudwatch/logGroup:LogGroup  api`,
        `${task}$aws:ecs/taskDefinition:TaskDefinition  api`,
        `${task}$aws:iam/role:Role  api-execution`,
        `${task}$aws:iam/role:Role  api-task`,
        `${task}$aws:iam/rolePolicyAttachment:RolePolicyAttachment  api-execution-9a42f520`,
        `${task}  api`,
        "awsx:lb:ApplicationLoadBalancer$aws:ec2/securityGroup:SecurityGroup  web",
        "awsx:lb:ApplicationLoadBalancer$aws:lb/listener:Listener  web-0",
        "awsx:lb:ApplicationLoadBalancer$aws:lb/loadBalancer:LoadBalancer  web",
        "awsx:lb:ApplicationLoadBalancer$aws:lb/targetGroup:TargetGroup  web",
      ].sort((a, b) => (a.replace("  ", "::") < b.replace("  ", "::") ? -1 : 1)),
    );
  });

  it("pass on what they are given: image, target group and their own resources", () => {
    const image = one(plan, "docker-build:index:Image", "12fda807-container");
    const group = one(plan, "aws:lb/targetGroup:TargetGroup", "web");
    const task = one(plan, "aws:ecs/taskDefinition:TaskDefinition", "api");
    const service = one(plan, "aws:ecs/service:Service", "api");
    const repository = one(plan, "aws:ecr/repository:Repository", "images").outputs[
      "repositoryUrl"
    ];
    expect(JSON.parse(scalar(task.inputs["containerDefinitions"]))).to.deep.equal([
      {
        name: "app",
        image: `${scalar(repository)}@${scalar(image.outputs["digest"])}`,
        cpu: 512,
        memory: 128,
        portMappings: [{ containerPort: 80, hostPort: 80 }],
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": one(plan, "aws:cloudwatch/logGroup:LogGroup", "api").outputs["name"],
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "app",
          },
        },
      },
    ]);
    expect([task.inputs["cpu"], task.inputs["memory"]]).to.deep.equal(["512", "1024"]);
    expect(task.propertyDependencies["containerDefinitions"]).to.include(image.urn);
    expect(service.inputs["loadBalancers"]).to.deep.equal([
      { containerName: "app", containerPort: 80, targetGroupArn: group.outputs["arn"] },
    ]);
    expect(service.propertyDependencies["loadBalancers"]).to.deep.equal([group.urn]);
    expect(plan.outputs).to.deep.equal({
      service: service.outputs["name"],
      host: one(plan, "aws:lb/loadBalancer:LoadBalancer", "web").outputs["dnsName"],
    });
    expect(image.secretPaths).to.deep.equal(["registries[0].password"]);
  });

  it("a repository: rules in order, the one for any image last, or none", () => {
    const rules = [
      { tagStatus: "any", maximumAgeLimit: 30 },
      {
        tagStatus: "tagged",
        tagPrefixList: ["v"],
        maximumNumberOfImages: 3,
        description: "versions",
      },
    ];
    expect(expand("awsx:ecr:Repository", { lifecyclePolicy: { rules } })).to.deep.equal({
      "Repository web": {},
      "LifecyclePolicy web": {
        repository: "Repository web.name",
        policy: {
          rules: [
            {
              rulePriority: 1,
              description: "versions",
              selection: {
                tagStatus: "tagged",
                tagPrefixList: ["v"],
                countType: "imageCountMoreThan",
                countNumber: 3,
              },
              action: { type: "expire" },
            },
            {
              rulePriority: 2,
              selection: {
                tagStatus: "any",
                countType: "sinceImagePushed",
                countNumber: 30,
                countUnit: "days",
              },
              action: { type: "expire" },
            },
          ],
        },
      },
    });
    expect(
      Object.keys(expand("awsx:ecr:Repository", { lifecyclePolicy: { skip: true } })),
    ).to.deep.equal(["Repository web"]);
  });

  it("a load balancer: in subnets that it is given, HTTPS by port, a security group of one's own", () => {
    expect(
      expand("awsx:lb:ApplicationLoadBalancer", {
        subnetIds: ["subnet-1", "subnet-2"],
        defaultSecurityGroup: { securityGroupId: "sg-1" },
        listener: { port: 443, certificateArn: "arn:cert" },
        internal: true,
      }),
    ).to.deep.equal({
      "LoadBalancer Web": {
        internal: true,
        subnets: ["subnet-1", "subnet-2"],
        securityGroups: ["sg-1"],
        loadBalancerType: "application",
      },
      "TargetGroup Web": {
        vpcId: "vpc of subnet-1",
        targetType: "ip",
        port: 443,
        protocol: "HTTPS",
      },
      "Listener Web-0": {
        defaultActions: [{ type: "forward", targetGroupArn: "TargetGroup Web.arn" }],
        loadBalancerArn: "LoadBalancer Web.arn",
        port: 443,
        protocol: "HTTPS",
        certificateArn: "arn:cert",
      },
    });
  });

  it("a task definition: existing logs and role, the smallest size that fits, two containers by name", () => {
    const found = expand("awsx:ecs:FargateTaskDefinition", {
      containers: { web: { image: "w", cpu: 256, memory: 3000 }, log: { image: "l", cpu: 10 } },
      logGroup: { existing: { arn: "arn:aws:logs:us-east-1:123456789012:log-group:/team/app" } },
      taskRole: { roleArn: "arn:role" },
      executionRole: { skip: true },
    });
    expect(Object.keys(found)).to.deep.equal(["TaskDefinition Web"]);
    const { containerDefinitions, family, ...task } = found["TaskDefinition Web"] as Record<
      string,
      string
    >;
    expect(task).to.deep.equal({
      cpu: "512",
      memory: "3072",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      taskRoleArn: "arn:role",
    });
    expect(family).to.match(/^Web-[0-9a-f]{8}$/);
    const logs = (name: string) => ({
      logDriver: "awslogs",
      options: {
        "awslogs-group": "/team/app",
        "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": name,
      },
    });
    expect(JSON.parse(containerDefinitions ?? "")).to.deep.equal([
      { image: "l", cpu: 10, name: "log", logConfiguration: logs("log") },
      { image: "w", cpu: 256, memory: 3000, name: "web", logConfiguration: logs("web") },
    ]);
  });
});
