import { expect } from "chai";
import { EXPOSURE_SECTION, fronts } from "../../src/review/exposure.ts";
import type { Json, Plan, PlannedResource } from "../../src/plan/types.ts";
import { planFrozen } from "../../../../test/helpers/frozen.ts";

const planOf = (stack: string, overrides: Record<string, unknown> = {}): Promise<Plan> =>
  planFrozen({ stack, overrides });

/** What the internet reaches, as `noun name on ports`. */
const reached = (plan: Plan): string[] =>
  fronts(plan)
    .filter(({ walls }) => walls.length === 0)
    .map(({ noun, resource, ports }) => `${noun} ${resource.name} on ${ports.join()}`);

/** What keeps the internet off the load balancer of this name, or the tasks of a service. */
const walls = (plan: Plan, name: string): string[] =>
  fronts(plan).find(({ resource }) => resource.name === name)?.walls ?? [];

const DISTRIBUTION = "distribution distribution on 80,443";
const CLOUDFRONT = { edge: "cloudfront" };

/** The plan with other inputs of what fits, and with more resources. */
function changed(
  plan: Plan,
  fits: (resource: PlannedResource) => boolean,
  inputs: Record<string, Json>,
  more: PlannedResource[] = [],
): Plan {
  const found = plan.resources.filter(fits);
  expect(found).not.to.deep.equal([]);
  return {
    ...plan,
    resources: plan.resources
      .map((each) => (fits(each) ? { ...each, inputs: { ...each.inputs, ...inputs } } : each))
      .concat(more),
  };
}

const named =
  (type: string, name?: string) =>
  (resource: PlannedResource): boolean =>
    resource.type.endsWith(`:${type}`) && (name === undefined || resource.name === name);

describe("what the internet reaches, computed from the graph", () => {
  const stacks: [string, Record<string, unknown>, string[]][] = [
    ["dev", {}, ["load balancer load-balancer on 80"]],
    ["prod", {}, ["load balancer load-balancer on 80,443"]],
    ["dev", { ingressCidrs: ["10.1.0.0/16"] }, []],
    ["dev", { ingressCidrs: ["10.1.0.0/16", "198.51.100.0/24"] }, ["load balancer load-balancer on 80"]], // prettier-ignore
    [
      "prod",
      { testListenerPort: 8443, testIngressCidrs: ["203.0.113.0/24"] },
      ["load balancer load-balancer on 80,443,8443"],
    ],
    ["dev", CLOUDFRONT, [DISTRIBUTION]],
    [
      "prod",
      {
        ...CLOUDFRONT,
        hostedZone: "example.com",
        domainName: "api.example.com",
        certificateArn: "",
      },
      [DISTRIBUTION],
    ],
  ];
  for (const [stack, overrides, expected] of stacks)
    it(`${stack} ${JSON.stringify(overrides)}: ${expected.join("; ") || "nothing"}`, async () => {
      expect(reached(await planOf(stack, overrides))).to.deep.equal(expected);
    });

  it("is a line of the plan, with what keeps the internet off the rest, and one with what callers wait for", async () => {
    const lines = async (stack: string, overrides = {}) =>
      EXPOSURE_SECTION.lines(await planOf(stack, overrides));

    expect(await lines("dev", CLOUDFRONT)).to.deep.equal([
      "the internet reaches distribution distribution on 80 and 443; out of reach are load balancer internal-balancer (private address, no open port, no route), tasks of api (no open port)",
      "a first answer takes 2 round trips to CloudFront nearby, and 1 to eu-west-1",
    ]);
    expect((await lines("dev"))[1]).to.equal("a first answer takes 2 round trips to eu-west-1");
    expect(await lines("prod")).to.deep.equal([
      "the internet reaches load balancer load-balancer on 80 and 443; out of reach are tasks of api (private address, no open port, no route)",
      "a first answer takes 3 round trips to eu-west-1",
    ]);
    expect(EXPOSURE_SECTION.lines({ ...(await planOf("dev")), resources: [] })).to.deep.equal([]);
  });

  describe("with CloudFront three walls keep the internet off the load balancer, and each is missed", () => {
    const open = { cidrIpv4: "0.0.0.0/0" };
    const balancer = named("LoadBalancer", "internal-balancer");
    const rule = named("SecurityGroupIngressRule", "internal-balancer-80");
    const routed = (plan: Plan, subnet: string): PlannedResource => {
      const tables = plan.resources.filter(named("RouteTable", subnet));
      const route = plan.resources.find(named("Route"));
      if (route === undefined) throw new Error("There is no route.");
      const routeTableId = tables[0]?.outputs["id"] ?? "";
      return { ...route, inputs: { ...route.inputs, routeTableId } };
    };
    const publicly = (plan: Plan): Plan => changed(plan, balancer, { internal: false });
    const opened = (plan: Plan): Plan => changed(plan, rule, open);
    const led = (plan: Plan): Plan =>
      changed(plan, balancer, {}, [routed(plan, "network-private-1")]);

    const one: [string, (plan: Plan) => Plan, string[]][] = [
      ["private address", publicly, ["no open port", "no route"]],
      ["no open port", opened, ["private address", "no route"]],
      ["no route", led, ["private address", "no open port"]],
    ];
    for (const [what, change, left] of one)
      it(what, async () => {
        const plan = change(await planOf("dev", CLOUDFRONT));

        expect(walls(plan, "internal-balancer")).to.deep.equal(left);
        expect(reached(plan)).to.deep.equal([DISTRIBUTION]);
      });

    it("all three expose the load balancer, and any range of the internet opens a group", async () => {
      const plan = await planOf("dev", CLOUDFRONT);

      expect(reached(led(opened(publicly(plan))))).to.deep.equal([
        DISTRIBUTION,
        "load balancer internal-balancer on 80",
      ]);
      for (const range of [{ cidrIpv4: "128.0.0.0/1" }, { cidrIpv6: "::/0" }])
        expect(reached(led(changed(publicly(plan), rule, range)))).to.include(
          "load balancer internal-balancer on 80",
        );
      for (const range of [{ cidrIpv4: "10.0.0.0/16" }, { cidrIpv6: "fd00::/8" }])
        expect(reached(led(changed(publicly(plan), rule, range)))).to.deep.equal([DISTRIBUTION]);
    });

    it("another load balancer in public subnets", async () => {
      const plan = await planOf("dev", CLOUDFRONT);
      const own = plan.resources.find(balancer);
      const subnets = plan.resources
        .filter(({ type, name }) => type.endsWith(":Subnet") && name.includes("public"))
        .map(({ outputs }) => outputs["id"] ?? "");
      if (own === undefined) throw new Error("There is no load balancer.");
      const second = {
        ...own,
        ...{ urn: `${own.urn}-2`, name: "round" },
        inputs: { ...own.inputs, subnets, internal: false },
      };

      expect(reached(changed(plan, rule, open, [second]))).to.deep.equal([
        DISTRIBUTION,
        "load balancer round on 80",
      ]);
    });

    it("tasks, public ones, that more than the load balancer may call", async () => {
      const plan = await planOf("dev", CLOUDFRONT);
      const tasks = named("SecurityGroupIngressRule", "api-tasks-from-load-balancer");

      expect(reached(changed(plan, tasks, { ...open, referencedSecurityGroupId: "" })))
        .to.deep // prettier-ignore
        .equal([DISTRIBUTION, "tasks of api on 1024-65535"]);
    });

    it("a rule inside of a group, or of the older kind", async () => {
      const plan = await planOf("dev");
      const without = changed(plan, named("SecurityGroupIngressRule", "load-balancer-80-1"), {
        cidrIpv4: "10.0.0.0/16",
      });
      const ingress = [{ fromPort: 8443, toPort: 8443, cidrBlocks: ["0.0.0.0/0"] }];
      const group = plan.resources.find(named("SecurityGroup", "load-balancer"));

      expect(reached(without)).to.deep.equal([]);
      expect(
        reached(changed(without, named("SecurityGroup", "load-balancer"), { ingress })),
      ).to.deep.equal(["load balancer load-balancer on 8443"]);
      const older = {
        type: "ingress",
        securityGroupId: group?.outputs["id"] ?? "",
        ...(ingress[0] ?? {}),
      };
      if (group === undefined) throw new Error("There is no group.");
      const one: PlannedResource = {
        ...group,
        type: "aws:ec2/securityGroupRule:SecurityGroupRule",
        name: "older",
        inputs: older,
      };
      expect(reached(changed(without, named("SecurityGroup"), {}, [one]))).to.deep.equal([
        "load balancer load-balancer on 8443",
      ]);
    });
  });
});
