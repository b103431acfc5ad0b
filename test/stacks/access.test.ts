import { expect } from "chai";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, byName, one, planOf, show } from "./helpers/plans.ts";

const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/** Every ingress rule of the plan, wherever it stands, as `group: source port`. */
function ingress(plan: Plan): string[] {
  const groups = new Map(
    all(plan, "SecurityGroup").map(({ name, outputs }) => [outputs["id"], name]),
  );
  const group = (id: Json | undefined): string => groups.get(id) ?? show(id);
  const ports = (rule: Json | undefined): string =>
    [at(rule, "fromPort"), at(rule, "toPort")].map(show).join("-");
  const own = all(plan, "SecurityGroupIngressRule").map(({ inputs }) => {
    const source = inputs["cidrIpv4"] ?? group(inputs["referencedSecurityGroupId"]);
    return `${group(inputs["securityGroupId"])}: ${show(source)} ${show(inputs["ipProtocol"])} ${ports(inputs)}`;
  });
  const classic = all(plan, "SecurityGroupRule")
    .filter(({ inputs }) => inputs["type"] === "ingress")
    .map(
      ({ inputs }) =>
        `${group(inputs["securityGroupId"])}: ${show(at(inputs, "cidrBlocks", 0))} ${show(inputs["protocol"])} ${ports(inputs)}`,
    );
  return [...own, ...classic].sort();
}

function egress(plan: Plan): string[] {
  const groups = new Map(
    all(plan, "SecurityGroup").map(({ name, outputs }) => [outputs["id"], name]),
  );
  return all(plan, "SecurityGroupEgressRule")
    .map(({ inputs }) => {
      const target = inputs["cidrIpv4"] ?? groups.get(inputs["referencedSecurityGroupId"] ?? "");
      return `${show(groups.get(inputs["securityGroupId"] ?? ""))}: ${show(target)} ${show(inputs["ipProtocol"])} ${show(inputs["fromPort"])}-${show(inputs["toPort"])}`;
    })
    .sort();
}

const taskIngress = "api-tasks: load-balancer tcp 1024-65535";
const endpoint = (service: string): string =>
  `com.amazonaws.eu-west-1.${service}-sg: 10.0.0.0/16 tcp 443-443`;

describe("who may reach what", () => {
  it("dev: the world reaches the load balancer on 80, and the load balancer alone the tasks", async () => {
    expect(ingress(await planOf("dev"))).to.deep.equal([
      taskIngress,
      "load-balancer: 0.0.0.0/0 tcp 80-80",
    ]);
  });

  it("prod: the world reaches the load balancer on 80 and 443, the VPC its endpoints", async () => {
    expect(ingress(await planOf("prod"))).to.deep.equal([
      taskIngress,
      endpoint("ecr.api"),
      endpoint("ecr.dkr"),
      endpoint("logs"),
      "load-balancer: 0.0.0.0/0 tcp 443-443",
      "load-balancer: 0.0.0.0/0 tcp 80-80",
    ]);
  });

  it("callers can be narrowed to ranges", async () => {
    const plan = await planOf("dev", { ingressCidrs: ["203.0.113.0/24", "198.51.100.7/32"] });

    expect(ingress(plan)).to.deep.equal([
      taskIngress,
      "load-balancer: 198.51.100.7/32 tcp 80-80",
      "load-balancer: 203.0.113.0/24 tcp 80-80",
    ]);
  });

  for (const stack of ["dev", "prod"]) {
    it(`${stack}: the load balancer calls the tasks alone, tasks call HTTPS alone`, async () => {
      expect(egress(await planOf(stack))).to.deep.equal([
        "api-tasks: 0.0.0.0/0 tcp 443-443",
        "load-balancer: api-tasks tcp 1024-65535",
      ]);
    });

    it(`${stack}: no security group holds rules of its own, which would undo those beside it`, async () => {
      const inline = byName(await planOf(stack), "SecurityGroup", ({ inputs }) => [
        inputs["ingress"],
        inputs["egress"],
      ]);

      expect([...new Set(Object.values(inline).flat())]).to.deep.equal([undefined]);
    });

    it(`${stack}: the default security group is closed`, async () => {
      const { inputs, propertyDependencies } = one(await planOf(stack), "DefaultSecurityGroup");

      expect([inputs["ingress"], inputs["egress"]]).to.deep.equal([[], []]);
      expect(Object.keys(propertyDependencies)).to.deep.equal(["vpcId"]);
    });

    it(`${stack}: every security group and rule of ours says what it is for`, async () => {
      const plan = await planOf(stack);
      const ours = ["SecurityGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule"]
        .flatMap((type) => all(plan, type))
        .filter(({ expanded }) => !expanded);

      expect(ours).to.have.length(stack === "dev" ? 6 : 7);
      for (const { inputs } of ours) expect(inputs["description"]).to.match(/^[A-Z].+/);
    });

    it(`${stack}: no subnet hands out public addresses`, async () => {
      const given = byName(
        await planOf(stack),
        "Subnet",
        ({ inputs }) => inputs["mapPublicIpOnLaunch"],
      );

      expect(new Set(Object.values(given))).to.deep.equal(new Set([false]));
    });

    it(`${stack}: the service starts once the rules of its tasks stand`, async () => {
      const { propertyDependencies } = one(await planOf(stack), "ecs/service:Service");
      const rules = propertyDependencies["networkConfiguration"]
        ?.map((urn) => urn.split("::").at(-1))
        .filter((name) => name?.startsWith("api-tasks"));

      expect(rules?.sort()).to.deep.equal([
        "api-tasks",
        "api-tasks-egress-443",
        "api-tasks-from-load-balancer",
        "api-tasks-load-balancer-egress",
      ]);
    });
    it(`${stack}: the service starts once awsx's VPC is complete, NAT routes and endpoints included`, async () => {
      const plan = await planOf(stack);
      const { propertyDependencies } = one(plan, "ecs/service:Service");
      const vpc = plan.resources.filter(({ type }) => type === "awsx:ec2:Vpc");

      expect(vpc).to.have.length(1);
      expect(propertyDependencies["networkConfiguration"]).to.include(vpc[0]?.urn);
    });
  }

  it("another container port changes the service alone: what routes to the running tasks stays", async () => {
    const plan = await planOf("dev", { containerPort: 3000 });
    const before = await planOf("dev");

    expect([ingress(plan), egress(plan)]).to.deep.equal([ingress(before), egress(before)]);
    expect(one(plan, "TargetGroup").inputs).to.deep.equal(one(before, "TargetGroup").inputs);
    expect(
      at(one(plan, "ecs/service:Service").inputs, "loadBalancers", 0, "containerPort"),
    ).to.equal(3000);
  });

  it("a database's port is opened to the outside, not to the inside", async () => {
    const plan = await planOf("dev", { egressPorts: ["443", "5432"] });

    expect(egress(plan)).to.deep.equal([
      "api-tasks: 0.0.0.0/0 tcp 443-443",
      "api-tasks: 0.0.0.0/0 tcp 5432-5432",
      "load-balancer: api-tasks tcp 1024-65535",
    ]);
    expect(ingress(plan)).to.deep.equal(ingress(await planOf("dev")));
  });

  it("a test listener is open to its own ranges alone", async () => {
    const plan = await planOf("prod", {
      deploymentStrategy: "blue-green",
      testListenerPort: 8443,
      testIngressCidrs: ["203.0.113.0/24"],
    });
    const open = ingress(plan).filter((rule) => EVERYWHERE.some((range) => rule.includes(range)));

    expect(open).to.deep.equal([
      "load-balancer: 0.0.0.0/0 tcp 443-443",
      "load-balancer: 0.0.0.0/0 tcp 80-80",
    ]);
    expect(ingress(plan)).to.include("load-balancer: 203.0.113.0/24 tcp 8443-8443");
  });
});
