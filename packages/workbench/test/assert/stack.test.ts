import { expect } from "chai";
import { match, PlannedStack, planStack } from "../../src/assert/index.ts";
import type { Json, PlannedOptions, PlannedResource } from "../../src/plan/types.ts";

function resource(
  type: string,
  name: string,
  inputs: Record<string, Json>,
  options: PlannedOptions = {},
): PlannedResource {
  return {
    urn: `urn:pulumi:dev::shop::${type}::${name}`,
    type,
    name,
    custom: true,
    inputs,
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    options,
    secretPaths: [],
    expanded: false,
  };
}

const SERVICE = "aws:ecs/service:Service";
const stack = new PlannedStack({
  project: "shop",
  stack: "dev",
  config: {},
  resources: [
    resource(
      SERVICE,
      "api",
      { desiredCount: 2, loadBalancers: [{ containerPort: 80 }] },
      { protect: true },
    ),
    resource(SERVICE, "worker", { desiredCount: 1 }),
  ],
  invokes: [],
  outputs: { url: "https://example.com" },
  warnings: [],
});

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("assertions on a plan", () => {
  it("find and count by type, inputs and what else is known of a resource", () => {
    expect(stack.hasResource(SERVICE, { desiredCount: 2 }).name).to.equal("api");
    expect(stack.hasResource(SERVICE, {}, { name: "worker" }).inputs).to.deep.equal({
      desiredCount: 1,
    });
    expect(
      stack.findResources(SERVICE, { loadBalancers: undefined }).map(({ name }) => name),
    ).to.deep.equal(["worker"]);
    expect([
      stack.count(SERVICE),
      stack.count(SERVICE, {}, { options: { protect: true } }),
      stack.count("aws:sqs/queue:Queue"),
    ]).to.deep.equal([2, 1, 0]);
    stack.resourceCountIs(SERVICE, 2);
    stack.allResources(SERVICE, { desiredCount: match.any() });
    stack.hasOutput("url", match.stringMatching(/^https:/));
  });

  it("say what comes closest and how it differs", () => {
    expect(
      message(() =>
        stack.hasResource(
          SERVICE,
          { desiredCount: 3, loadBalancers: [{ containerPort: 80 }] },
          { options: { protect: false } },
        ),
      ),
    ).to.equal(
      `No aws:ecs/service:Service of shop/dev fits. The closest of 2 is "api":\n  desiredCount: expected 3, is 2\n  options.protect: expected false, is true`,
    );
    expect(message(() => stack.hasResource("aws:ecs/Service"))).to.equal(
      "shop/dev has no aws:ecs/Service. It has aws:ecs/service:Service.",
    );
    expect(
      message(() => {
        stack.allResources(SERVICE, { loadBalancers: match.any() });
      }),
    ).to.equal(
      `aws:ecs/service:Service "worker" of shop/dev does not fit:\n  loadBalancers: expected any value, is nothing`,
    );
    expect(
      message(() => {
        stack.allResources("aws:sqs/queue:Queue", {});
      }),
    ).to.equal("shop/dev has no aws:sqs/queue:Queue.");
    expect(
      message(() => {
        stack.resourceCountIs(SERVICE, 1);
      }),
    ).to.equal("shop/dev has 2 aws:ecs/service:Service that fit, not 1: api, worker.");
    expect(
      message(() => {
        stack.hasOutput("url", "http://example.com");
      }),
    ).to.equal(
      `Output url of shop/dev does not fit:\n  url: expected "http://example.com", is "https://example.com"`,
    );
  });

  it("plan a stack of the project around the working directory, with other configuration", async () => {
    const config = { desiredCount: 3, minCapacity: 1, maxCapacity: 4 };
    const dev = await planStack("dev", { config });
    expect(dev.hasResource(SERVICE, { desiredCount: 3 }).name).to.equal("api");
  });
});
