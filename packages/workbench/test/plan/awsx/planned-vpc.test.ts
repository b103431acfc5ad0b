import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { planStack } from "../../../src/plan/evaluate.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { failure, projectFolder, type ProjectFolder } from "../project-folder.ts";

describe("awsx.ec2.Vpc in a plan", () => {
  let folder: ProjectFolder;
  before(async () => {
    folder = await projectFolder();
  });
  after(() => folder.remove());

  const plan = (program: () => unknown) => planStack({ stack: "dev", program, root: folder.path });
  const vpc = (opts: pulumi.ComponentResourceOptions = {}, args: awsx.ec2.VpcArgs = {}) =>
    new awsx.ec2.Vpc(
      "net",
      {
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Private", cidrMask: 20 },
          { type: "Public", cidrMask: 24 },
        ],
        availabilityZoneNames: ["eu-west-1a", "eu-west-1b"],
        natGateways: { strategy: "None" },
        vpcEndpointStrategy: "Auto",
        vpcEndpointSpecs: [{ serviceName: "com.amazonaws.eu-west-1.s3" }],
        ...args,
      },
      opts,
    );
  const expanded = ({ resources }: Plan) => resources.filter((resource) => resource.expanded);

  it("is followed by the resources that it creates, under the engine's URNs", async () => {
    const planned = await plan(() => void vpc());
    const root = "urn:pulumi:dev::shop::awsx:ec2:Vpc";
    const chain = `${root}$aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet$aws:ec2/routeTable:RouteTable`;
    const route = planned.resources.find(
      ({ urn }) => urn === `${chain}$aws:ec2/route:Route::net-public-1`,
    );
    expect(expanded(planned).length).to.equal(17);
    expect(planned.resources.length).to.equal(19);
    expect(route?.parent).to.equal(`${chain}::net-public-1`);
    expect(route?.dependencies).to.deep.equal([
      `${root}$aws:ec2/vpc:Vpc$aws:ec2/internetGateway:InternetGateway::net`,
      `${chain}::net-public-1`,
    ]);
    expect(route?.propertyDependencies).to.deep.equal({
      gatewayId: [`${root}$aws:ec2/vpc:Vpc$aws:ec2/internetGateway:InternetGateway::net`],
      routeTableId: [`${chain}::net-public-1`],
    });
    expect(route?.options).to.deep.equal({});
  });

  it("gives its children's outputs, which name the children as where they came from", async () => {
    const planned = await plan(() => {
      const { vpcId, publicSubnetIds, vpc: inner, subnets } = vpc();
      new aws.ec2.SecurityGroup("group", { vpcId });
      return {
        vpcId,
        publicSubnetIds,
        arn: inner.arn,
        cidrs: subnets.apply((all) => all.map(({ cidrBlock }) => cidrBlock)),
      };
    });
    const urn = "urn:pulumi:dev::shop::awsx:ec2:Vpc$aws:ec2/vpc:Vpc::net";
    const find = (wanted: string) =>
      planned.resources.find((resource) => resource.urn === wanted)?.outputs;
    const publicSubnets = [1, 2].map((zone) =>
      find(
        `urn:pulumi:dev::shop::awsx:ec2:Vpc$aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet::net-public-${zone}`,
      ),
    );
    expect(planned.outputs).to.deep.equal({
      vpcId: find(urn)?.["id"],
      publicSubnetIds: publicSubnets.map((outputs) => outputs?.["id"]),
      arn: find(urn)?.["arn"],
      cidrs: ["10.0.16.0/24", "10.0.0.0/20", "10.0.144.0/24", "10.0.128.0/20"],
    });
    const group = planned.resources.find(({ name }) => name === "group");
    expect(group?.propertyDependencies).to.deep.equal({
      vpcId: [urn, "urn:pulumi:dev::shop::awsx:ec2:Vpc::net"],
    });
  });

  it("transforms on the component reach its children", async () => {
    const planned = await plan(
      () =>
        void vpc({
          transforms: [
            ({ type, props, opts }) =>
              type === "aws:ec2/subnet:Subnet"
                ? { props: { ...props, mapPublicIpOnLaunch: false }, opts }
                : undefined,
          ],
        }),
    );
    const subnets = expanded(planned).filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    expect(subnets.map(({ inputs }) => inputs["mapPublicIpOnLaunch"])).to.deep.equal(
      Array(4).fill(false),
    );
    expect(subnets.map(({ outputs }) => outputs["mapPublicIpOnLaunch"])).to.deep.equal(
      Array(4).fill(false),
    );
    expect(subnets[0]?.options).to.deep.equal({});
  });

  it("protection and providers reach its children", async () => {
    const planned = await plan(() => {
      const provider = new aws.Provider("main", {
        region: "eu-west-1",
        defaultTags: { tags: { a: "b" } },
      });
      vpc({ protect: true, providers: [provider] });
    });
    const children = expanded(planned);
    const provider = planned.resources.find(({ name }) => name === "main");
    const reference = `${provider?.urn ?? ""}::${provider?.outputs["id"] as string}`;
    expect(children.map(({ options }) => options)).to.deep.equal(
      Array(17).fill({ protect: true, provider: reference }),
    );
    expect(
      children.find(({ type }) => type === "aws:ec2/vpc:Vpc")?.outputs["tagsAll"],
    ).to.deep.equal({
      Name: "net",
      a: "b",
    });
  });

  it("what awsx would refuse, or the plan does not follow, is an error that names the component", async () => {
    expect(await failure(plan(() => void vpc({}, { subnetStrategy: "Legacy" })))).to.equal(
      'PlanError: dev: awsx:ec2:Vpc net: The plan knows what awsx.ec2.Vpc net creates with subnetStrategy "Auto" alone, not with "Legacy".',
    );
    expect(
      await failure(
        plan(() => {
          new awsx.lb.NetworkLoadBalancer("net");
        }),
      ),
    ).to.equal(
      "PlanError: dev: awsx:lb:NetworkLoadBalancer net: the plan does not know what this remote component creates",
    );
  });
});
