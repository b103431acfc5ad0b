import { expect } from "chai";
import fc from "fast-check";
import { resolveReferences } from "../../../src/plan/awsx/expansion.ts";
import { expandVpc } from "../../../src/plan/awsx/vpc.ts";
import type { Json } from "../../../src/plan/types.ts";

import { counts, inputs, kind, readable, SPECS, without } from "./vpc-inputs.ts";

describe("expandVpc", () => {
  it("two zones without NAT, a gateway and an interface endpoint: 20 resources", () => {
    const { resources, warnings } = expandVpc("net", inputs(2, "None"));
    expect(resources.length).to.equal(20);
    expect(counts(resources)).to.deep.equal({
      Vpc: 1,
      InternetGateway: 1,
      Subnet: 4,
      RouteTable: 4,
      RouteTableAssociation: 4,
      Route: 2,
      VpcEndpoint: 2,
      SecurityGroup: 1,
      SecurityGroupRule: 1,
    });
    expect(warnings).to.deep.equal([]);
  });

  it("three zones with NAT in each and the same endpoints: 36 resources", () => {
    const { resources } = expandVpc("net", inputs(3, "OnePerAz"));
    expect(resources.length).to.equal(36);
    expect(counts(resources)).to.deep.equal({
      Vpc: 1,
      InternetGateway: 1,
      Subnet: 6,
      RouteTable: 6,
      RouteTableAssociation: 6,
      Route: 6,
      Eip: 3,
      NatGateway: 3,
      VpcEndpoint: 2,
      SecurityGroup: 1,
      SecurityGroupRule: 1,
    });
  });

  it("a single NAT gateway stands in the first zone and serves all", () => {
    const { resources } = expandVpc("net", inputs(3, "Single"));
    const nats = resources.filter((resource) => kind(resource) === "NatGateway");
    expect(nats.map(({ name, inputs }) => [name, readable(inputs)])).to.deep.equal([
      [
        "net-1",
        {
          subnetId: "Subnet net-public-1.id",
          allocationId: "Eip net-1.allocationId",
          tags: { Name: "net-1" },
        },
      ],
    ]);
    const routes = resources.filter(
      (r) => kind(r) === "Route" && r.name.startsWith("net-private-"),
    );
    expect(routes.map(({ inputs }) => readable(inputs["natGatewayId"] ?? null))).to.deep.equal(
      Array(3).fill("NatGateway net-1.id"),
    );
  });

  const layouts: [number, [string, string][]][] = [
    [
      2,
      [
        ["net-public-1", "10.0.16.0/24"],
        ["net-private-1", "10.0.0.0/20"],
        ["net-public-2", "10.0.144.0/24"],
        ["net-private-2", "10.0.128.0/20"],
      ],
    ],
    [
      3,
      [
        ["net-public-1", "10.0.16.0/24"],
        ["net-private-1", "10.0.0.0/20"],
        ["net-public-2", "10.0.80.0/24"],
        ["net-private-2", "10.0.64.0/20"],
        ["net-public-3", "10.0.144.0/24"],
        ["net-private-3", "10.0.128.0/20"],
      ],
    ],
  ];
  for (const [zones, layout] of layouts)
    it(`${zones} zones of a /16: the measured addresses`, () => {
      const { resources } = expandVpc("net", inputs(zones, "None"));
      const subnets = resources.filter((resource) => kind(resource) === "Subnet");
      expect(subnets.map(({ name, inputs }) => [name, inputs["cidrBlock"]])).to.deep.equal(layout);
    });

  it("without specs a private and a public subnet take half and a quarter of each zone", () => {
    const { resources } = expandVpc("net", without("subnetSpecs", inputs(2, "None")));
    const subnets = resources.filter((resource) => kind(resource) === "Subnet");
    expect(subnets.map(({ inputs }) => inputs["cidrBlock"])).to.deep.equal([
      "10.0.64.0/19",
      "10.0.0.0/18",
      "10.0.192.0/19",
      "10.0.128.0/18",
    ]);
  });

  it("endpoints without the strategy Auto are as specified, with awsx's own warnings", () => {
    const { resources, warnings } = expandVpc(
      "net",
      inputs(1, "None", { vpcEndpointStrategy: "Legacy" }),
    );
    const endpoints = resources.filter((resource) => kind(resource) === "VpcEndpoint");
    expect(endpoints.map(({ inputs }) => Object.keys(inputs).sort())).to.deep.equal([
      ["serviceName", "tags", "vpcId"],
      ["serviceName", "tags", "vpcEndpointType", "vpcId"],
    ]);
    expect(warnings).to.deep.equal([
      'VPC endpoint "com.amazonaws.us-east-1.s3" is a Gateway endpoint without routeTableIds. Specify vpcEndpointStrategy: "Auto" to use generated VPC route tables.',
      'VPC endpoint "com.amazonaws.us-east-1.logs" is an Interface endpoint without subnetIds or subnetConfigurations. Specify vpcEndpointStrategy: "Auto" to use generated VPC subnets.',
    ]);
  });

  it("zones come from the region where none are named", () => {
    const rest = without("availabilityZoneNames", inputs(2, "None"));
    const { resources } = expandVpc("net", { ...rest, numberOfAvailabilityZones: 2 }, [
      "x",
      "y",
      "z",
    ]);
    const subnets = resources.filter((resource) => kind(resource) === "Subnet");
    expect(subnets.map(({ inputs }) => inputs["availabilityZone"])).to.deep.equal([
      "x",
      "x",
      "y",
      "y",
    ]);
  });

  const refused: [string, Record<string, Json>, string][] = [
    [
      "another strategy",
      { subnetStrategy: "Exact" },
      'The plan knows what awsx.ec2.Vpc net creates with subnetStrategy "Auto" alone, not with "Exact".',
    ],
    [
      "IPv6",
      { assignGeneratedIpv6CidrBlock: true },
      "The plan does not know what awsx.ec2.Vpc net creates with assignGeneratedIpv6CidrBlock: leave it out.",
    ],
    [
      "NAT without public subnets",
      { subnetSpecs: [{ type: "Private", cidrMask: 20 }] },
      "If NAT Gateway strategy is 'OnePerAz' or 'Single', public subnets must be declared to host the NAT Gateway resource, along with private or isolated subnets to route through it.",
    ],
    [
      "an unknown NAT strategy",
      { natGateways: { strategy: "Some" } },
      "Unknown NatGatewayStrategy 'some'",
    ],
    [
      "an unknown subnet type",
      { subnetSpecs: [{ type: "Hidden" }] },
      "The plan does not know the subnet type Hidden of awsx.ec2.Vpc.",
    ],
    [
      "no DNS names for private DNS",
      { enableDnsHostnames: false },
      'vpcEndpointStrategy "Auto" requires enableDnsHostnames to be true when Interface endpoint private DNS is enabled.',
    ],
  ];
  for (const [what, more, message] of refused)
    it(`${what} is refused`, () => {
      expect(() => expandVpc("net", inputs(2, "OnePerAz", more))).to.throw(Error, message);
    });

  it("each resource comes after all that it refers to, and keys are unique", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom("None", "Single", "OnePerAz"),
        fc.boolean(),
        (zones, strategy, isolated) => {
          const specs = isolated ? [...SPECS, { type: "Isolated", cidrMask: 24 }] : SPECS;
          const { resources } = expandVpc("net", inputs(zones, strategy, { subnetSpecs: specs }));
          const known = new Set<string>();
          for (const resource of resources) {
            const needed = [
              ...resource.dependsOn,
              ...(resource.parent === undefined ? [] : [resource.parent]),
            ];
            resolveReferences(resource.inputs, ({ resource: key }) => needed.push(key));
            expect(needed.filter((key) => !known.has(key))).to.deep.equal([]);
            expect(known.has(resource.key)).to.equal(false);
            known.add(resource.key);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
