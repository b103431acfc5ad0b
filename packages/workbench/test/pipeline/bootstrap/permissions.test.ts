import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  inAccount,
  serviceGraph,
  type ServiceGraph,
} from "../../../src/pipeline/permissions/graph.ts";
import { serviceBoundary } from "../../../src/pipeline/permissions/boundary.ts";
import { writing } from "../../../src/pipeline/permissions/permission.ts";
import { pack, policy, sizeOf, type Statement } from "../../../src/pipeline/permissions/policy.ts";
import {
  readStatements,
  UnknownPermission,
  writeStatements,
} from "../../../src/pipeline/permissions/service-statements.ts";
import { LOG_LINES, PERMISSIONS } from "../../../src/pipeline/permissions/table.ts";
import { loadWorkbenchConfig } from "../../../src/project/workbench-config.ts";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { allows } from "./iam.ts";
import { variants } from "./variants.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../../../../..");
const ACCOUNT = "123456789012";
const HERE = { partition: "aws", accountId: ACCOUNT };
const PIPELINE = {
  ...HERE,
  path: `/${PROJECT}-ci/`,
  stateBucketArn: "arn:aws:s3:::state",
  keyArns: ["arn:aws:kms:eu-west-1:123456789012:key/state"],
};
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;

describe("Permissions of the pipeline", function () {
  for (const stack of ["dev", "prod"])
    it(`know every resource type and function of ${stack}, however it is configured`, async () => {
      const unknown = new Set<string>();
      for (const plan of await variants(stack)) {
        const graph = serviceGraph(plan);
        for (const type of graph.types) if (PERMISSIONS[type] === undefined) unknown.add(type);
        expect(readStatements({ ...graph, types: [] })).to.have.lengthOf(1);
      }
      expect([...unknown]).to.deep.equal([]);
    });

  it("have a row for each type that the program can make, in any configuration, and no other", async () => {
    const made = new Set(["docker:index/image:Image"]);
    for (const file of globSync("{components,examples}/**/*.ts", { cwd: REPOSITORY })) {
      const source = readFileSync(path.join(REPOSITORY, file), "utf8");
      for (const [, module = "", name = ""] of source.matchAll(/\bnew aws\.(\w+)\.(\w+)\(/g))
        made.add(tokenOf(module, name));
    }
    // What awsx makes of a network.
    for (const file of globSync("packages/workbench/src/plan/awsx/vpc*.ts", { cwd: REPOSITORY })) {
      const source = readFileSync(path.join(REPOSITORY, file), "utf8");
      for (const [, token = ""] of source.matchAll(/"(aws:\w+\/\w+:\w+)"/g)) made.add(token);
    }
    // Those of components that its owner added.
    const { permissions = {} } = await loadWorkbenchConfig(REPOSITORY);
    const rows = new Set([...Object.keys(PERMISSIONS), ...Object.keys(permissions)]);
    expect([...rows].sort()).to.deep.equal([...made].sort());
  });

  it("say in each row which source of the provider was read", () => {
    for (const [type, { source = "" }] of Object.entries(PERMISSIONS)) {
      if (!type.startsWith("aws:")) continue;
      expect(source, type).to.match(/^[a-z0-9]+\/[a-z0-9_]+\.go$/);
    }
  });

  it("refuse a type without a row", () => {
    const graph = { ...EMPTY, types: ["aws:new/thing:Thing"] };
    expect(() => readStatements(graph)).to.throw(
      UnknownPermission,
      "Stack dev: the pipeline's role has no permission row for aws:new/thing:Thing: add one under permissions in workbench.config.ts, then run npm run bootstrap",
    );
  });

  it("refuse a function without a row", () => {
    expect(() => readStatements({ ...EMPTY, functions: ["aws:new/getThing:getThing"] })).to.throw(
      UnknownPermission,
      "the pipeline's role has no permission row for aws:new/getThing:getThing",
    );
  });

  it("read settings, and neither data nor secret values", () => {
    const reading = /:(Describe|Get|List|View)[A-Z]/;
    const dataOf =
      /:(GetSecretValue|BatchGetSecretValue|GetParameters?|GetObject|GetItem|BatchGetItem|GetLogEvents|GetLogRecord|GetQueryResults|GetRecords|GetDownloadUrlForLayer)$/;
    const actions = Object.values(PERMISSIONS).flatMap(({ read, list }) => [
      ...read,
      ...(list?.actions ?? []),
    ]);
    // The image alone may be pulled: the nightly scan reads what runs, and its content is that of the repository; and static files.
    expect(actions.filter((action) => !reading.test(action) || dataOf.test(action))).to.deep.equal([
      "ecr:BatchGetImage",
      "ecr:GetDownloadUrlForLayer",
      "s3:GetObject",
    ]);
    expect(PERMISSIONS["aws:s3/bucketObjectv2:BucketObjectv2"]?.list?.on.forms).to.deep.equal([
      "$&/assets/*",
    ]);
  });

  it("name actions one by one", () => {
    const actions = Object.values(PERMISSIONS).flatMap((row) => [...row.read, ...writing(row)]);
    expect(
      [...actions, ...LOG_LINES].filter((action) => !/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/.test(action)),
    ).to.deep.equal([]);
  });

  it("are taken from the plan: names with a pattern in place of what Pulumi makes up", async () => {
    const graph = serviceGraph(await planFrozen({ stack: "dev" }));
    expect(graph.arns["aws:ecr/repository:Repository"]).to.deep.equal([
      arn("ecr", `repository/${PROJECT}-dev-registry-???????`),
    ]);
    expect(graph.arns["aws:ecs/service:Service"]).to.deep.equal([
      arn("ecs", `service/${PROJECT}-dev-api-???????/${PROJECT}-dev-api-???????`),
    ]);
    expect(graph.arns["aws:dynamodb/table:Table"]).to.deep.equal([
      arn("dynamodb", `table/${PROJECT}-dev-storage-table-???????`),
    ]);
    expect(graph.arns["aws:ecs/taskDefinition:TaskDefinition"]).to.deep.equal([
      arn("ecs", `task-definition/${PROJECT}-dev:*`),
    ]);
    expect(graph.tags).to.deep.equal({ project: PROJECT, stack: "dev" });
    expect(graph.region).to.equal("eu-west-1");
  });

  it("hand each role to the services that it trusts, and to no other", async () => {
    const graph = serviceGraph(
      await planFrozen({ stack: "prod", overrides: { deploymentStrategy: "canary" } }),
    );
    const passed = writeStatements(graph, HERE)
      .filter(({ Action }) => Action.includes("iam:PassRole"))
      .map(({ Resource, Condition }) => [
        Resource.map((role) => role.split("/").at(-1)).join(),
        Condition?.["StringEquals"]?.["iam:PassedToService"],
      ]);
    expect(Object.fromEntries(passed)).to.deep.equal({
      "*api-infrastructure-*": ["ecs.amazonaws.com"],
      "*audit-role-*": ["cloudtrail.amazonaws.com"],
      "*api-roles-execution-*": ["ecs-tasks.amazonaws.com"],
      "*api-roles-task-*": ["ecs-tasks.amazonaws.com"],
      "*network-flow-logs-role-*": ["vpc-flow-logs.amazonaws.com"],
    });
  });

  it("cover the calls by which the program verifies a deployment", async () => {
    const graph = serviceGraph(await planFrozen({ stack: "prod" }));
    const granted = [...readStatements(graph), ...writeStatements(graph, HERE)]
      .flatMap(({ Action }) => Action)
      .map((action) => action.split(":")[1]);
    const called = new Set<string>();
    for (const file of globSync("{components,packages/workbench/src/live/verification}/**/*.ts", {
      cwd: REPOSITORY,
    })) {
      const source = readFileSync(path.join(REPOSITORY, file), "utf8");
      for (const [, name = ""] of source.matchAll(/\b(?:ecs|elb|logs|sts|client)\.([a-z]\w+)\(/g))
        called.add(`${name.charAt(0).toUpperCase()}${name.slice(1)}`);
    }
    expect([...called]).to.include.members(["StopServiceDeployment", "DescribeAlarms"]);
    expect(called.size).to.be.above(15);
    expect([...called].filter((name) => !granted.includes(name))).to.deep.equal([]);
  });

  it("let a role of the service carry no other policy of AWS, and no role without the boundary", () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/${PROJECT}-ci/${PROJECT}-service-boundary-dev`;
    const role = { arn: arn("iam", "role/api-*"), services: ["ecs.amazonaws.com"] };
    const managedPolicies = ["arn:aws:iam::aws:policy/OnlyThis"];
    const types = ["aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"];
    const statements = writeStatements(
      { ...EMPTY, types, roles: [{ ...role, managedPolicies }] },
      HERE,
    );

    expect(statements.slice(0, 3)).to.deep.equal([
      {
        Effect: "Allow",
        Action: [
          "iam:DeleteRole",
          "iam:TagRole",
          "iam:UntagRole",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
          "iam:UpdateRoleDescription",
        ],
        Resource: [role.arn],
      },
      {
        Effect: "Allow",
        Action: ["iam:CreateRole"],
        Resource: [role.arn],
        Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
      },
      {
        Effect: "Allow",
        Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        Resource: [role.arn],
        Condition: {
          StringEquals: { "iam:PermissionsBoundary": boundary },
          ArnEquals: { "iam:PolicyARN": managedPolicies },
        },
      },
    ]);
  });

  for (const stack of ["dev", "prod"])
    it(`leave the roles of ${stack} all that the program gives them, below their boundary`, async () => {
      // With what its owner's tasks may do beyond it.
      const declared = await loadWorkbenchConfig(REPOSITORY);
      const boundary = policy(serviceBoundary({ ...EMPTY, stack, declared }, PIPELINE));
      const refused: string[] = [];
      for (const { type, name, inputs } of (await planFrozen({ stack })).resources) {
        if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
        const { Statement } = JSON.parse(inputs["policy"] as string) as {
          Statement: { Action: string | string[] }[];
        };
        for (const action of Statement.flatMap(({ Action }) => Action))
          if (!allows({ policies: [boundary], boundary }, { action, resource: "*" }))
            refused.push(`${name} ${action}`);
      }
      expect(refused).to.deep.equal([]);
    });

  /** How AWS calls what takes away again. */
  const UNDONE: Readonly<Record<string, RegExp>> = {
    Create: /^(Delete|Release|Schedule)/,
    Put: /^(Delete|Remove)/,
    Register: /^Deregister/,
    Subscribe: /^Unsubscribe/,
    Attach: /^Detach/,
    Authorize: /^Revoke/,
    Allocate: /^Release/,
    Request: /^Delete/,
    Associate: /^(Disassociate|Delete|Replace)/,
    Add: /^(Remove|Delete)/,
    Enable: /^(Disable|Delete)/,
    Tag: /^Untag/,
    Start: /^Stop/,
    Run: /^Stop/,
  };
  /** Names of actions that a row allows and whose opposite it does not; the service is the same. */
  function oneWay(actions: readonly string[]): string[] {
    return actions.filter((action) => {
      const [service = "", name = ""] = action.split(":");
      const undone = Object.entries(UNDONE).find(([verb]) => name.startsWith(verb))?.[1];
      return (
        undone !== undefined &&
        !SETTING.test(action) &&
        !actions.some((other) => {
          const [otherService = "", otherName = ""] = other.split(":");
          return otherService === service && undone.test(otherName);
        })
      );
    });
  }

  it("take away what they may make, row by row", () => {
    const stuck = Object.entries(PERMISSIONS).flatMap(([type, row]) =>
      oneWay(writing(row)).map((action) => `${type} ${action}`),
    );
    expect(stuck.sort()).to.deep.equal(KEPT);
  });

  it("put a web ACL before the load balancer, log what it blocks, and look at both without changing either", () => {
    const types = ["webAcl:WebAcl", "webAclAssociation:WebAclAssociation"]
      .concat("webAclLoggingConfiguration:WebAclLoggingConfiguration")
      .map((type) => `aws:wafv2/${type}`);
    const graph = { ...EMPTY, types };

    expect(readStatements(graph)[0]?.Action).to.deep.equal([
      "elasticloadbalancing:GetLoadBalancerWebACL",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "wafv2:GetLoggingConfiguration",
      "wafv2:GetWebACL",
      "wafv2:GetWebACLForResource",
      "wafv2:ListTagsForResource",
    ]);
    const [acl, balancer] = ["regional/webacl/shop-dev-*/*", "loadbalancer/app/shop-dev-*/*"];
    const named = {
      ...graph,
      arns: {
        "aws:wafv2/webAcl:WebAcl": [arn("wafv2", acl)],
        "aws:lb/loadBalancer:LoadBalancer": [arn("elasticloadbalancing", balancer)],
      },
    };
    const may = (action: string, resource: string): boolean =>
      allows(
        {
          policies: [policy(writeStatements(named, HERE))],
          boundary: policy([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }]),
        },
        { action, resource, context: { "aws:RequestedRegion": "eu-west-1" } },
      );
    const mine = arn("wafv2", acl.replaceAll("*", "1"));
    const theirs = arn("wafv2", "regional/webacl/payroll/1");
    for (const action of ["AssociateWebACL", "PutLoggingConfiguration", "UpdateWebACL"]) {
      expect(may(`wafv2:${action}`, mine), action).to.equal(true);
      expect(may(`wafv2:${action}`, theirs), action).to.equal(false);
    }
    for (const [name, allowed] of [
      ["shop-dev-1", true],
      ["payroll", false],
    ] as const) {
      const one = arn("elasticloadbalancing", `loadbalancer/app/${name}/1`);
      expect(may("wafv2:AssociateWebACL", one), name).to.equal(allowed);
      expect(may("elasticloadbalancing:CreateWebACLAssociation", one), name).to.equal(allowed);
    }
    expect(may("elasticloadbalancing:SetWebACL", "*")).to.equal(true);
  });

  it("let an alarm's address be taken off again, which AWS checks by its topic", () => {
    const topic = "arn:aws:sns:eu-west-1:123456789012:alarms-*";
    const statements = writeStatements(
      {
        ...EMPTY,
        types: ["aws:sns/topicSubscription:TopicSubscription"],
        arns: { "aws:sns/topic:Topic": [topic] },
      },
      HERE,
    );
    expect(statements.slice(0, 1)).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["sns:SetSubscriptionAttributes", "sns:Subscribe", "sns:Unsubscribe"],
        Resource: [topic],
      },
    ]);
  });

  it("make the roles of AWS's services in the partition of the account", () => {
    expect(
      writeStatements(EMPTY, { ...HERE, partition: "aws-cn" }).map(({ Resource }) => Resource),
    ).to.deep.equal([["arn:aws-cn:iam::*:role/aws-service-role/*"]]);
  });

  it("move to the account that the stacks are deployed to", () => {
    const graph = {
      ...EMPTY,
      arns: { t: [arn("ecs", "cluster/api-*"), "arn:aws:s3:::bucket-*"] },
    };
    expect(inAccount(graph, "aws-cn", "999999999999").arns).to.deep.equal({
      t: ["arn:aws-cn:ecs:eu-west-1:999999999999:cluster/api-*", "arn:aws-cn:s3:::bucket-*"],
    });
  });
});

describe("Policies", () => {
  const statement = (count: number): Statement => ({
    Effect: "Allow",
    Action: Array.from({ length: count }, (_, index) => `service:ActionNumber${index}`),
    Resource: ["*"],
  });

  it("are as few as AWS's limit of their size allows", () => {
    const documents = pack([statement(100), statement(100), statement(100)]);
    expect(documents.map(({ Statement }) => Statement.length)).to.deep.equal([2, 1]);
    for (const document of documents) expect(sizeOf(document)).to.be.below(6145);
  });

  it("halve a statement that is too long by itself, and lose no action", () => {
    const documents = pack([statement(600)]);
    const actions = documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    expect(actions).to.deep.equal(statement(600).Action);
    for (const document of documents) expect(sizeOf(document)).to.be.below(6145);
  });

  it("are refused where a role could not have them all", () => {
    expect(() => pack([statement(4000)])).to.throw("but AWS allows 10");
  });

  it("carry the language's version", () => {
    expect(policy([])).to.deep.equal({ Version: "2012-10-17", Statement: [] });
  });
});

/** What the provider only ever writes over, or leaves. */
const KEPT = [
  "aws:ec2/vpcEndpoint:VpcEndpoint route53:AssociateVPCWithHostedZone",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders ecs:PutClusterCapacityProviders",
  "aws:kms/key:Key kms:PutKeyPolicy",
  "docker:index/image:Image ecr:PutImage",
];
/** S3 checks the removal of a bucket's setting by the action that writes it. */
const SETTING = /^s3:Put(?!Object|BucketPolicy)/;

/** Type token of a class of the SDK. */
function tokenOf(module: string, name: string): string {
  const classes = (aws as unknown as Record<string, Record<string, { __pulumiType: string }>>)[
    module
  ];
  const token = classes?.[name]?.__pulumiType;
  if (token === undefined) throw new Error(`aws.${module}.${name} is no resource`);
  return token;
}

const EMPTY: ServiceGraph = {
  project: PROJECT,
  stack: "dev",
  region: "eu-west-1",
  types: [],
  functions: [],
  arns: {},
  roles: [],
  tags: { project: PROJECT, stack: "dev" },
};
