import { expect } from "chai";
import { pipelineBoundary } from "../../../src/pipeline/permissions/boundary.ts";
import { serviceGraph } from "../../../src/pipeline/permissions/graph.ts";
import { writing } from "../../../src/pipeline/permissions/permission.ts";
import { matches, policy, type PolicyDocument } from "../../../src/pipeline/permissions/policy.ts";
import {
  readStatements,
  writeStatements,
} from "../../../src/pipeline/permissions/service-statements.ts";
import { named } from "../../../src/pipeline/permissions/scopes.ts";
import { PERMISSIONS } from "../../../src/pipeline/permissions/table.ts";
import { UNSCOPED } from "../../../src/pipeline/permissions/unscoped.ts";
import type { Plan, PlannedResource } from "../../../src/plan/types.ts";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { allows } from "./iam.ts";
import { couldBe } from "./reference/arn.ts";
import { serviceReference } from "./reference/reference.ts";

const HERE = { partition: "aws", accountId: "123456789012" };
const PIPELINE = {
  ...HERE,
  path: `/${PROJECT}-ci/`,
  stateBucketArn: "arn:aws:s3:::state",
  keyArns: ["arn:aws:kms:eu-west-1:123456789012:key/state"],
};
const REFERENCE = serviceReference();
/** Everything that has a row, as far as one stack can have it. */
const ALL = {
  deploymentStrategy: "canary",
  serviceDiscovery: "connect",
  taskCpu: "512",
  taskMemoryMiB: "1024",
  onDemandBase: "1",
  encryption: "customer-managed",
  auditTrail: "account",
  flowLogs: "all",
  natStrategy: "single",
  taskSubnets: "private",
  interfaceEndpoints: ["ecr.api"],
  awakeHours: "always",
  routing: "weighted",
  hostedZone: "example.com",
  domainName: "api.example.com",
  waf: "standard",
};
/** What is there in place of some of it. */
const DISTRIBUTED = { ...ALL, edge: "cloudfront", routing: "simple", certificateArn: "" };
const others = { deletionProtection: "false" };

interface Owned {
  arn: string;
  tags: Record<string, string>;
  type: string;
}

/** What a stack has, by its ARNs, and what AWS makes below it. */
function owned({ resources }: Plan): Owned[] {
  const below = (arn: string, { type }: PlannedResource): string[] => {
    if (type === "aws:s3/bucket:Bucket") return [`${arn}/key`];
    if (type === "aws:ecs/cluster:Cluster") return [arn.replace(":cluster/", ":task/") + "/1"];
    if (type === "aws:cloudwatch/logGroup:LogGroup") return [`${arn}:log-stream:1`];
    return [];
  };
  return resources.flatMap((resource) => {
    const arn = resource.outputs["arn"] ?? resource.outputs["dashboardArn"];
    // A component has what it is asked for; the resource below it has it in AWS.
    if (typeof arn !== "string" || !resource.custom || resource.type === "aws:iam/role:Role")
      return [];
    const tags = (resource.outputs["tagsAll"] ?? {}) as Record<string, string>;
    return [arn, ...below(arn, resource)].map((one) => ({ arn: one, tags, type: resource.type }));
  });
}

const context = (prefix: "RequestTag" | "ResourceTag", tags: Record<string, string>) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${prefix}/${key}`, value]));

const serviceOf = (name: string): string => name.split(":")[0] ?? "";

/** What the deploy role of a stack is. */
function deploy(plan: Plan): { policies: PolicyDocument[]; boundary: PolicyDocument } {
  const graph = serviceGraph(plan);
  return {
    policies: [policy([...readStatements(graph), ...writeStatements(graph, HERE)])],
    boundary: policy(pipelineBoundary(graph, PIPELINE)),
  };
}

const WRITES = [...new Set(Object.values(PERMISSIONS).flatMap(writing))].filter(
  (action) => UNSCOPED[action] === undefined && !action.startsWith("iam:"),
);
/** They make something that is not there yet. */
const MAKING = new Set(
  Object.values(PERMISSIONS).flatMap(({ write }) =>
    write.flatMap(({ on, actions }) => (on.by === "new" ? actions : [])),
  ),
);

/**
 * Where requests that name what is there meet no refusal at all: each names something of the stack's own besides, which is
 * checked too.
 */
const BESIDES = [
  "ec2:AuthorizeSecurityGroupEgress security-group-rule",
  "ec2:AuthorizeSecurityGroupIngress security-group-rule",
  "ec2:ModifySecurityGroupRules security-group-rule",
  "ec2:ReplaceNetworkAclAssociation network-acl",
  "kms:CreateAlias key",
];

describe("The deploy role of a stack", function () {
  let own: Plan;
  before(async () => {
    own = await planFrozen({ stack: "dev", overrides: { ...ALL, ...others } });
  });

  /** Writes that go through, by action and kind of resource. */
  function reached(role: Plan, victims: readonly Owned[]): string[] {
    const identity = deploy(role);
    const tags = context("RequestTag", { project: PROJECT, stack: role.stack });
    const found = victims.flatMap((victim) => {
      const service = victim.arn.split(":")[2] ?? "";
      return WRITES.filter((action) => serviceOf(action) === service).flatMap((action) => {
        const request = {
          action,
          resource: victim.arn,
          context: {
            "aws:RequestedRegion": "eu-west-1",
            ...context("ResourceTag", victim.tags),
            // Whoever asks may say that it is to be the stack's.
            ...(MAKING.has(action) ? {} : tags),
          },
        };
        return allows(identity, request)
          ? [`${action} ${victim.arn.split(":").slice(5).join(":").split(/[/:]/)[0] ?? ""}`]
          : [];
      });
    });
    return [...new Set(found)].sort();
  }

  it("writes nothing of a second stack of the project", async () => {
    const second = await planFrozen({ stack: "prod", overrides: ALL });
    expect(owned(second).length).to.be.above(80);
    expect(reached(own, owned(second))).to.deep.equal([]);
    const later = await planFrozen({ stack: "dev", overrides: { ...ALL, ...others } });
    // Its name begins as the stack's does.
    const beside = owned(later).map(({ arn, tags, ...rest }) => ({
      ...rest,
      arn: arn
        .replaceAll(`${PROJECT}-dev`, `${PROJECT}-dev-eu`)
        .replaceAll(/-0([0-9a-f])/g, "-1$1"),
      tags: { ...tags, stack: "dev-eu" },
    }));
    expect(reached(own, beside)).to.deep.equal([]);
  });

  it("writes nothing of another project in the account", () => {
    const theirs = owned(own).map(({ arn, tags, ...rest }) => ({
      ...rest,
      arn: arn.replaceAll(PROJECT, "payroll"),
      tags: { ...tags, project: "payroll" },
    }));
    expect(reached(own, theirs)).to.deep.equal(BESIDES);
    // Nor what has no tags at all, but where the tags alone tell whose it is and a new one has none.
    const bare = theirs.map((one) => ({ ...one, tags: {} }));
    expect(reached(own, bare)).to.deep.equal(
      [
        ...BESIDES,
        "acm:AddTagsToCertificate certificate",
        "ec2:CreateTags security-group",
        "ec2:CreateTags security-group-rule",
        "kms:TagResource key",
      ].sort(),
    );
  });

  it("writes all that is the stack's, as far as AWS checks it", async () => {
    const identity = deploy(own);
    const graph = serviceGraph(own);
    const refused: string[] = [];
    for (const { type, arn, tags } of owned(own)) {
      const row = PERMISSIONS[type];
      if (row === undefined) continue;
      for (const { on, actions } of [...row.write, ...row.remove])
        for (const action of on.by === "name" || on.by === "tags" ? actions : []) {
          const known = await REFERENCE.actionsOf(serviceOf(action));
          const checked =
            known.find(({ name }) => name.toLowerCase() === action.toLowerCase())?.resourceTypes ??
            [];
          if (!checked.some((one) => couldBe(arn, one.arn))) continue;
          if (on.by === "name" && !named(graph, on).some((form) => matches(form, arn))) continue;
          const keys = { "aws:RequestedRegion": "eu-west-1", ...context("ResourceTag", tags) };
          if (!MAKING.has(action) && !allows(identity, { action, resource: arn, context: keys }))
            refused.push(`${action} ${arn}`);
        }
    }
    expect(refused).to.deep.equal([]);
  });

  it("makes with the stack's tags alone what has tags alone to tell whose it is", () => {
    const identity = deploy(own);
    const made = (action: string, resource: string, tags: Record<string, string>): boolean =>
      allows(identity, {
        action,
        resource,
        context: { "aws:RequestedRegion": "eu-west-1", ...context("RequestTag", tags) },
      });
    const mine = { project: PROJECT, stack: "dev" };
    const subnet = "arn:aws:ec2:eu-west-1:123456789012:subnet/*";
    for (const [action, resource] of [
      ["ec2:CreateSubnet", subnet],
      ["ec2:CreateVpc", "arn:aws:ec2:eu-west-1:123456789012:vpc/*"],
      ["kms:CreateKey", "*"],
      ["acm:RequestCertificate", "*"],
      ["servicediscovery:CreateHttpNamespace", "*"],
      [
        "application-autoscaling:RegisterScalableTarget",
        "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/*",
      ],
    ] as const) {
      expect(made(action, resource, mine), action).to.equal(true);
      expect(made(action, resource, { ...mine, stack: "prod" }), action).to.equal(false);
      expect(made(action, resource, {}), action).to.equal(false);
    }
    // The tags of a new resource are given within the request that makes it.
    const tagging = (CreateAction: string): boolean =>
      allows(identity, {
        action: "ec2:CreateTags",
        resource: subnet,
        context: { ...context("RequestTag", mine), "ec2:CreateAction": CreateAction },
      });
    expect(tagging("CreateSubnet")).to.equal(true);
    expect(tagging("RunInstances")).to.equal(false);
  });

  it("changes the records of the stack's names, and no others of a zone that it shares", () => {
    const identity = deploy(own);
    const change = (...names: string[]): boolean =>
      allows(identity, {
        action: "route53:ChangeResourceRecordSets",
        resource: "arn:aws:route53:::hostedzone/Z1",
        context: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names.join() },
      });
    expect(change("api.example.com")).to.equal(true);
    expect(change("_0123456789abcdef0123456789abcdef.api.example.com")).to.equal(true);
    expect(change("example.com")).to.equal(false);
    expect(change("payroll.example.com")).to.equal(false);
    expect(change("api.example.com", "example.com")).to.equal(false);
  });

  it("deletes nothing that deletionProtection keeps", async () => {
    const plans = async (more: object): Promise<Plan[]> => [
      await planFrozen({ stack: "prod", overrides: { ...ALL, ...more } }),
      await planFrozen({ stack: "prod", overrides: { ...DISTRIBUTED, ...more } }),
    ];
    const [kept, free] = [await plans({}), await plans(others)];
    const removing = Object.entries(PERMISSIONS).flatMap(([type, { remove }]) =>
      remove.flatMap(({ on, actions }) =>
        on.by === "nothing" ? [] : actions.map((action) => ({ type, action })),
      ),
    );
    const may = (plan: Plan): string[] => {
      const identity = deploy(plan);
      const all = owned(plan);
      return [
        ...new Set(
          removing.flatMap(({ type, action }) =>
            all
              .filter((one) => one.type === type)
              .filter(({ arn, tags }) =>
                allows(identity, {
                  action,
                  resource: arn,
                  context: {
                    "aws:RequestedRegion": arn.includes(":cloudfront:") ? "us-east-1" : "eu-west-1",
                    ...context("ResourceTag", tags),
                  },
                }),
              )
              .map(() => action),
          ),
        ),
      ].sort();
    };
    expect(kept.flatMap(may)).to.deep.equal([]);
    expect([...new Set(free.flatMap(may))].sort()).to.deep.equal(
      [...new Set(removing.map(({ action }) => action))].sort(),
    );
  });
});
