import { expect } from "chai";
import { diagram } from "../../../src/review/diagram/graph.ts";
import { mermaid } from "../../../src/review/diagram/mermaid.ts";
import type { Plan, PlannedResource } from "../../../src/plan/types.ts";
import { plan, planned } from "../diff/change.ts";

const urn = (box: string, type: string, name: string): string =>
  `urn:pulumi:dev::koa-fargate::koa-fargate:${box}:Box$${type}::${name}`;

function resource(
  box: string,
  type: string,
  name: string,
  rest: Partial<PlannedResource> = {},
): PlannedResource[] {
  const component = `urn:pulumi:dev::koa-fargate::koa-fargate:${box}:Box::${box}`;
  return [
    planned(`koa-fargate:${box}:Box`, box, { urn: component, custom: false }),
    planned(type, name, { urn: urn(box, type, name), parent: component, ...rest }),
  ];
}

const SUBNET = urn("network", "aws:ec2/subnet:Subnet", "public");
const KEY = urn("security", "aws:kms/key:Key", "key");
const GROUP = urn("load-balancer", "aws:lb/targetGroup:TargetGroup", "blue");

/** A network with a load balancer and a service in it, a key, and a box that nobody knows. */
const SMALL: Plan = plan(
  [
    ...resource("network", "aws:ec2/subnet:Subnet", "public"),
    ...resource("security", "aws:kms/key:Key", "key"),
    ...resource("end", "aws:sqs/queue:Queue", '"]; click', {
      propertyDependencies: { kmsMasterKeyId: [KEY] },
    }),
    ...resource("load-balancer", "aws:lb/loadBalancer:LoadBalancer", "balancer", {
      inputs: { subnets: ["subnet-1"] },
      propertyDependencies: { subnets: [SUBNET] },
    }),
    ...resource("load-balancer", "aws:lb/targetGroup:TargetGroup", "blue"),
    ...resource("load-balancer", "aws:lb/listener:Listener", "http", {
      inputs: { protocol: "HTTP" },
    }),
    ...resource(
      "load-balancer",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "in",
      { inputs: { cidrIpv4: "10.0.0.0/8" } },
    ),
    ...resource("service", "aws:ecs/service:Service", "api", {
      inputs: { networkConfiguration: { subnets: ["subnet-1"] } },
      propertyDependencies: { loadBalancers: [GROUP], networkConfiguration: [SUBNET] },
    }),
  ].filter((one, index, all) => all.findIndex((other) => other.urn === one.urn) === index),
  { "aws:region": "eu-west-1" },
);

describe("diagram", () => {
  it("has a box for each component, and an arrow for each reference that means something", () => {
    const { boxes, edges, container, entry, count, region } = diagram(SMALL);
    expect(
      boxes.map(({ name, count: resources, inside }) => [name, resources, inside]),
    ).to.deep.equal([
      ["network", 1, false],
      ["load-balancer", 4, true],
      ["service", 1, true],
      ["security", 1, false],
      ["end", 1, false],
    ]);
    expect(edges).to.deep.equal([
      { from: "load-balancer", to: "service", label: "requests", kind: "flow" },
    ]);
    expect(boxes.at(-1)?.facts).to.deep.equal(["Queue", "encrypted with the stack's key"]);
    expect([container, entry, count, region]).to.deep.equal([
      "network",
      { to: "load-balancer", from: "10.0.0.0/8", label: "HTTP" },
      8,
      "eu-west-1",
    ]);
  });

  it("is drawn in Mermaid, what runs in the network inside of it", () => {
    const lines = mermaid(SMALL).split("\n");
    expect(
      lines.filter((line) => !line.includes("<b>") && !line.includes("subgraph")),
    ).to.deep.equal([
      "flowchart LR",
      '  callers(["10.0.0.0/8"])',
      "    direction LR",
      "  end",
      '  callers ==>|"HTTP"| b1',
      '  b1 -->|"requests"| b2',
    ]);
    expect(
      lines
        .filter((line) => line.includes("<b>"))
        .map((line) => /^ *b\d\["<b>[a-z-]+<\/b>/.exec(line)?.[0]),
    ).to.deep.equal([
      '    b1["<b>load-balancer</b>',
      '    b2["<b>service</b>',
      '  b3["<b>security</b>',
      '  b4["<b>end</b>',
    ]);
  });
});
