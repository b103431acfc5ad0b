import { expect } from "chai";
import { comparePlans } from "../../../src/review/diff/compare.ts";
import { UNKNOWN } from "../../../src/review/diff/types.ts";
import type { PlannedResource } from "../../../src/plan/types.ts";
import { plan, planned, urnOf } from "./change.ts";

const GROUP = "aws:lb/targetGroup:TargetGroup";
const SERVICE = "aws:ecs/service:Service";

function group(port: number, rest: Partial<PlannedResource> = {}): PlannedResource {
  return planned(GROUP, "blue", {
    inputs: { port, tags: {} },
    outputs: { port, arn: "arn:aws:elb:targetgroup/blue-1234567", region: "eu-west-1" },
    ...rest,
  });
}

function service(rest: Partial<PlannedResource> = {}): PlannedResource {
  return planned(SERVICE, "api", {
    inputs: {
      loadBalancers: [{ targetGroupArn: "arn:aws:elb:targetgroup/blue-1234567" }],
      desiredCount: 1,
    },
    propertyDependencies: { loadBalancers: [urnOf(GROUP, "blue")] },
    options: { ignoreChanges: ["desiredCount"] },
    ...rest,
  });
}

const brief = (found: ReturnType<typeof comparePlans>): unknown[] =>
  found.resources.map(({ operation, name, properties }) => [operation, name, properties]);

describe("comparePlans", () => {
  it("finds nothing between a plan and itself", () => {
    const found = comparePlans(plan([group(1), service()]), plan([group(1), service()]));
    expect([found.resources, found.unchanged, found.source]).to.deep.equal([[], 2, "plan"]);
  });

  it("a task definition is replaced by any change but one of what its provider keeps for itself", () => {
    const TASK = "aws:ecs/taskDefinition:TaskDefinition";
    const operation = (input: string): string | undefined => {
      const task = (value: string) => plan([planned(TASK, "api", { inputs: { [input]: value } })]);
      return comparePlans(task("1"), task("2")).resources[0]?.operation;
    };
    expect(["cpu", "family", "tags", "skipDestroy", "trackLatest"].map(operation)).to.deep.equal([
      "replace",
      "replace",
      "update",
      "update",
      "update",
    ]);
  });

  it("tells new and deleted resources, with what becomes of a deleted one", () => {
    const kept = group(1, { options: { protect: true, retainOnDelete: true } });
    const found = comparePlans(plan([kept]), plan([service()]));
    expect(
      found.resources.map((change) => [
        change.operation,
        change.name,
        change.protected,
        change.retained,
      ]),
    ).to.deep.equal([
      ["create", "api", false, false],
      ["delete", "blue", true, true],
    ]);
    expect(found.unchanged).to.equal(0);
  });

  it("replaces where the provider cannot change in place, and what refers to it changes too", () => {
    const found = comparePlans(plan([group(1), service()]), plan([group(2), service()]));
    expect(brief(found)).to.deep.equal([
      [
        "update",
        "api",
        [
          {
            path: "loadBalancers[0].targetGroupArn",
            before: "arn:aws:elb:targetgroup/blue-1234567",
            after: UNKNOWN,
            replaces: false,
          },
        ],
      ],
      ["replace", "blue", [{ path: "port", before: 1, after: 2, replaces: true }]],
    ]);
  });

  it("updates where the provider can, and leaves what refers to it alone", () => {
    const found = comparePlans(
      plan([group(1), service()]),
      plan([group(1, { inputs: { port: 1, tags: { a: "b" } } }), service()]),
    );
    expect(brief(found)).to.deep.equal([
      ["update", "blue", [{ path: "tags.a", after: "b", replaces: false }]],
    ]);
  });

  it("a block that is left out and that the provider then keeps is no change; one that is switched off is", () => {
    const on = { enable: true, rollback: true };
    const before = service({
      inputs: { deploymentCircuitBreaker: on, healthCheckGracePeriodSeconds: 1 },
    });
    const changes = (inputs: PlannedResource["inputs"]): unknown[] =>
      brief(comparePlans(plan([before]), plan([service({ inputs })])));
    const grace = { healthCheckGracePeriodSeconds: 1 };

    expect(changes(grace)).to.deep.equal([]);
    expect(
      changes({ ...grace, deploymentCircuitBreaker: { ...on, enable: false } }),
    ).to.have.length(1);
    // What no provider keeps is gone.
    expect(changes({ deploymentCircuitBreaker: on })).to.have.length(1);
  });

  it("heeds ignoreChanges and replaceOnChanges", () => {
    const ignored = service({ inputs: { ...service().inputs, desiredCount: 5 } });
    expect(comparePlans(plan([service()]), plan([ignored])).resources).to.deep.equal([]);

    const forced = group(1, {
      inputs: { port: 1, tags: { a: "b" } },
      options: { replaceOnChanges: ["tags"] },
    });
    expect(brief(comparePlans(plan([group(1)]), plan([forced])))).to.deep.equal([
      ["replace", "blue", [{ path: "tags.a", after: "b", replaces: true }]],
    ]);
  });

  it("takes a renamed resource with an alias for the same, and its new ids for the old ones", () => {
    const arn = "arn:aws:elb:targetgroup/renamed-7654321";
    const renamed = planned(GROUP, "renamed", {
      inputs: group(1).inputs,
      outputs: { ...group(1).outputs, arn },
      options: { aliases: ["name=blue"] },
    });
    const refers = service({
      inputs: { loadBalancers: [{ targetGroupArn: arn }], desiredCount: 1 },
      propertyDependencies: { loadBalancers: [renamed.urn] },
    });
    const found = comparePlans(plan([group(1), service()]), plan([renamed, refers]));
    expect([found.resources, found.unchanged]).to.deep.equal([[], 2]);
  });

  it("says where protection goes", () => {
    const [found] = comparePlans(
      plan([group(1, { options: { protect: true } })]),
      plan([group(1)]),
    ).resources;
    expect([found?.operation, found?.unprotected, found?.properties]).to.deep.equal([
      "update",
      true,
      [{ path: "protect", before: true, after: false, replaces: false }],
    ]);
  });

  it("leaves components and providers out, and tells changed configuration", () => {
    const component = planned("koa-fargate:service:FargateService", "api", { custom: false });
    const provider = planned("pulumi:providers:aws", "default");
    const found = comparePlans(
      plan([], { a: 1, b: [1] }),
      plan([component, provider], { a: 2, b: [1] }),
    );
    expect(found.resources).to.deep.equal([]);
    expect(found.config).to.deep.equal([{ path: "a", before: 1, after: 2, replaces: false }]);
  });
});
