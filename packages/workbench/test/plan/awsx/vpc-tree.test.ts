import { expect } from "chai";
import { Reference } from "../../../src/plan/awsx/expansion.ts";
import { expandVpc } from "../../../src/plan/awsx/vpc.ts";
import { inputs, kind, readable } from "./vpc-inputs.ts";

describe("expandVpc, resource by resource", () => {
  it("names, parents, inputs and dependencies are those of awsx", () => {
    const { resources } = expandVpc("net", inputs(1, "OnePerAz", { tags: { team: "x" } }));
    const shown = resources.map((resource) => [
      `${kind(resource)} ${resource.name}`,
      resource.parent === undefined ? "" : readable(new Reference(resource.parent)),
      readable(resource.inputs),
      resource.dependsOn.map((key) => readable(new Reference(key))),
    ]);
    const tags = { Name: "net", team: "x" };
    const subnetTags = (name: string, SubnetType: string) => ({
      Name: name,
      team: "x",
      SubnetType,
    });
    const routes = (name: string, target: Record<string, string>) => [
      [
        `RouteTable ${name}`,
        `Subnet ${name}`,
        {
          vpcId: "Vpc net.id",
          tags: subnetTags(name, name.includes("public") ? "Public" : "Private"),
        },
        [`Subnet ${name}`],
      ],
      [
        `RouteTableAssociation ${name}`,
        `RouteTable ${name}`,
        { routeTableId: `RouteTable ${name}.id`, subnetId: `Subnet ${name}.id` },
        [`RouteTable ${name}`],
      ],
      [
        `Route ${name}`,
        `RouteTable ${name}`,
        { routeTableId: `RouteTable ${name}.id`, ...target, destinationCidrBlock: "0.0.0.0/0" },
        [`RouteTable ${name}`],
      ],
      ...(name.includes("public")
        ? [
            [
              "Eip net-1",
              "Subnet net-public-1",
              { tags: { team: "x", Name: "net-1" } },
              ["Subnet net-public-1"],
            ],
            [
              "NatGateway net-1",
              "Subnet net-public-1",
              {
                subnetId: "Subnet net-public-1.id",
                allocationId: "Eip net-1.allocationId",
                tags: { team: "x", Name: "net-1" },
              },
              ["Subnet net-public-1"],
            ],
          ]
        : []),
    ];
    expect(shown).to.deep.equal([
      [
        "Vpc net",
        "",
        { enableDnsHostnames: true, enableDnsSupport: true, cidrBlock: "10.0.0.0/16", tags },
        [],
      ],
      ["InternetGateway net", "Vpc net", { vpcId: "Vpc net.id", tags }, ["Vpc net"]],
      [
        "Subnet net-public-1",
        "Vpc net",
        {
          vpcId: "Vpc net.id",
          availabilityZone: "us-east-1a",
          mapPublicIpOnLaunch: true,
          cidrBlock: "10.0.16.0/24",
          assignIpv6AddressOnCreation: false,
          tags: subnetTags("net-public-1", "Public"),
        },
        ["Vpc net"],
      ],
      ...routes("net-public-1", { gatewayId: "InternetGateway net.id" }),
      [
        "Subnet net-private-1",
        "Vpc net",
        {
          vpcId: "Vpc net.id",
          availabilityZone: "us-east-1a",
          mapPublicIpOnLaunch: false,
          cidrBlock: "10.0.0.0/20",
          assignIpv6AddressOnCreation: false,
          tags: subnetTags("net-private-1", "Private"),
        },
        ["Vpc net"],
      ],
      ...routes("net-private-1", { natGatewayId: "NatGateway net-1.id" }),
      [
        "VpcEndpoint com.amazonaws.us-east-1.s3",
        "Vpc net",
        {
          routeTableIds: ["RouteTable net-public-1.id", "RouteTable net-private-1.id"],
          serviceName: "com.amazonaws.us-east-1.s3",
          tags,
          vpcId: "Vpc net.id",
        },
        ["Vpc net"],
      ],
      [
        "SecurityGroup com.amazonaws.us-east-1.logs-sg",
        "Vpc net",
        // The SDK inside awsx says it of a group that says nothing.
        { description: "Managed by Pulumi", vpcId: "Vpc net.id", tags },
        ["Vpc net"],
      ],
      [
        "SecurityGroupRule com.amazonaws.us-east-1.logs-ingress",
        "Vpc net",
        {
          type: "ingress",
          securityGroupId: "SecurityGroup com.amazonaws.us-east-1.logs-sg.id",
          protocol: "tcp",
          fromPort: 443,
          toPort: 443,
          cidrBlocks: ["Vpc net.cidrBlock"],
        },
        ["SecurityGroup com.amazonaws.us-east-1.logs-sg"],
      ],
      [
        "VpcEndpoint com.amazonaws.us-east-1.logs",
        "Vpc net",
        {
          privateDnsEnabled: true,
          subnetIds: ["Subnet net-private-1.id"],
          securityGroupIds: ["SecurityGroup com.amazonaws.us-east-1.logs-sg.id"],
          serviceName: "com.amazonaws.us-east-1.logs",
          vpcEndpointType: "Interface",
          tags,
          vpcId: "Vpc net.id",
        },
        ["Vpc net"],
      ],
    ]);
  });

  it("outputs of the component are those of its children", () => {
    const { outputs } = expandVpc("net", inputs(2, "Single"));
    expect(readable(outputs)).to.deep.equal({
      eips: ["Eip net-1"],
      internetGateway: "InternetGateway net",
      isolatedSubnetIds: [],
      isolatedSubnets: [],
      natGateways: ["NatGateway net-1"],
      privateSubnetIds: ["Subnet net-private-1.id", "Subnet net-private-2.id"],
      privateSubnets: ["Subnet net-private-1", "Subnet net-private-2"],
      publicSubnetIds: ["Subnet net-public-1.id", "Subnet net-public-2.id"],
      publicSubnets: ["Subnet net-public-1", "Subnet net-public-2"],
      routeTableAssociations: ["public-1", "private-1", "public-2", "private-2"].map(
        (n) => `RouteTableAssociation net-${n}`,
      ),
      routeTables: ["public-1", "private-1", "public-2", "private-2"].map(
        (n) => `RouteTable net-${n}`,
      ),
      routes: ["public-1", "private-1", "public-2", "private-2"].map((n) => `Route net-${n}`),
      subnetLayout: [
        { type: "Private", cidrMask: 20 },
        { type: "Public", cidrMask: 24 },
      ],
      subnets: ["public-1", "private-1", "public-2", "private-2"].map((n) => `Subnet net-${n}`),
      vpc: "Vpc net",
      vpcEndpoints: [
        "VpcEndpoint com.amazonaws.us-east-1.s3",
        "VpcEndpoint com.amazonaws.us-east-1.logs",
      ],
      vpcId: "Vpc net.id",
    });
  });
});
