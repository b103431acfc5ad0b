import { expect } from "chai";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, one, planOf } from "./helpers/plans.ts";
import { Reach } from "./helpers/reach.ts";

const ISOLATED = {
  taskSubnets: "private",
  natStrategy: "none",
  interfaceEndpoints: ["ecr.api", "ecr.dkr", "logs"],
};
/** What a task needs to start, and to do its work. */
const SERVICES = ["ecr.api", "ecr.dkr", "s3", "logs", "dynamodb"];

function routes(plan: Plan): Record<string, unknown> {
  const reach = new Reach(plan);
  return Object.fromEntries(
    SERVICES.map((service) => [service, reach.toService(reach.tasks(), service)]),
  );
}

/** A copy of a plan without these resources, and with some inputs replaced. */
function damaged(
  plan: Plan,
  without: (type: string, name: string) => boolean,
  inputs: Record<string, Record<string, Json>> = {},
): Plan {
  return {
    ...plan,
    resources: plan.resources
      .filter(({ type, name }) => !without(type, name))
      .map((resource) => ({
        ...resource,
        inputs: { ...resource.inputs, ...inputs[resource.name] },
      })),
  };
}
const keep = (): boolean => false;

describe("reachability: security groups, routes, endpoints and ACLs together", () => {
  const stacks: [string, string, Record<string, unknown>, Record<string, string>, string][] = [
    [
      "dev",
      "dev",
      {},
      {
        "ecr.api": "internet",
        "ecr.dkr": "internet",
        s3: "gateway endpoint",
        logs: "internet",
        dynamodb: "gateway endpoint",
      },
      "internet",
    ],
    [
      "prod",
      "prod",
      {},
      {
        "ecr.api": "interface endpoint",
        "ecr.dkr": "interface endpoint",
        s3: "gateway endpoint",
        logs: "interface endpoint",
        dynamodb: "gateway endpoint",
      },
      "NAT",
    ],
    [
      "prod with one NAT gateway and no endpoints",
      "prod",
      { natStrategy: "single", interfaceEndpoints: [] },
      {
        "ecr.api": "NAT",
        "ecr.dkr": "NAT",
        s3: "gateway endpoint",
        logs: "NAT",
        dynamodb: "gateway endpoint",
      },
      "NAT",
    ],
  ];
  for (const [name, stack, overrides, expected, internet] of stacks) {
    it(`${name}: tasks reach all that they need`, async () => {
      const plan = await planOf(stack, overrides);
      const reach = new Reach(plan);

      expect(routes(plan)).to.deep.equal(
        Object.fromEntries(Object.entries(expected).map(([service, route]) => [service, [route]])),
      );
      expect(reach.toInternet(reach.tasks(), 443)).to.deep.equal([internet]);
      expect(reach.toInternet(reach.tasks(), 80)).to.deep.equal([undefined]);
    });
  }

  for (const stack of ["dev", "prod"]) {
    it(`private tasks of ${stack} without NAT reach all that they need over endpoints, and nothing else`, async () => {
      const plan = await planOf(stack, ISOLATED);
      const reach = new Reach(plan);

      expect(routes(plan)).to.deep.equal({
        "ecr.api": ["interface endpoint"],
        "ecr.dkr": ["interface endpoint"],
        s3: ["gateway endpoint"],
        logs: ["interface endpoint"],
        dynamodb: ["gateway endpoint"],
      });
      expect(reach.toInternet(reach.tasks(), 443)).to.deep.equal([undefined]);
      expect(reach.toService(reach.tasks(), "secretsmanager")).to.deep.equal([undefined]);
    });
  }

  for (const [stack, overrides, open] of [
    ["dev", {}, [80]],
    ["prod", {}, [80, 443]],
    ["dev", ISOLATED, [80]],
    [
      "prod",
      {
        deploymentStrategy: "canary",
        testListenerPort: 8443,
        testIngressCidrs: ["203.0.113.0/24"],
      },
      [80, 443, 8443],
    ],
  ] as const) {
    it(`${stack} ${JSON.stringify(overrides)}: callers reach the load balancer on ${open.join(", ")}, it the tasks, and nobody else does`, async () => {
      const reach = new Reach(await planOf(stack, overrides));
      const [tasks, balancer] = [reach.tasks(), reach.loadBalancer()];
      const ports = [22, 80, 443, 1024, 8080, 8443, 32768, 65535];

      expect(ports.filter((port) => reach.fromInternet(balancer, port))).to.deep.equal(open);
      expect(ports.filter((port) => reach.fromInternet(tasks, port))).to.deep.equal([]);
      expect(ports.filter((port) => reach.between(balancer, tasks, port))).to.deep.equal(
        ports.filter((port) => port >= 1024),
      );
      expect(ports.filter((port) => reach.between(tasks, tasks, port))).to.deep.equal([]);
    });
  }

  it("prod: each zone leaves through its own NAT gateway", async () => {
    const plan = await planOf("prod");
    const zoneOf = (name: string): string | undefined => /\d$/.exec(name)?.[0];
    const gateways = new Map(
      all(plan, "NatGateway").map(({ name, outputs }) => [outputs["id"], zoneOf(name)]),
    );
    const pairs = all(plan, "ec2/route:Route")
      .filter(({ inputs }) => inputs["natGatewayId"] !== undefined)
      .map(({ name, inputs }) => [zoneOf(name), gateways.get(inputs["natGatewayId"] ?? "")]);

    expect(pairs).to.have.deep.members([
      ["1", "1"],
      ["2", "2"],
      ["3", "3"],
    ]);
  });

  describe("notices what cuts tasks off", () => {
    const cuts: [string, (plan: Plan) => Plan, string][] = [
      [
        "no egress rule",
        (plan) => damaged(plan, (_, name) => name === "api-tasks-egress-443"),
        "s3",
      ],
      [
        "no gateway endpoint",
        (plan) => damaged(plan, (_, name) => name === "com.amazonaws.eu-west-1.s3"),
        "s3",
      ],
      [
        "an endpoint that shuts the tasks out",
        (plan) => damaged(plan, (_, name) => name === "com.amazonaws.eu-west-1.logs-ingress"),
        "logs",
      ],
      [
        "an endpoint without private DNS",
        (plan) =>
          damaged(plan, keep, {
            "com.amazonaws.eu-west-1.ecr.api": { privateDnsEnabled: false },
          }),
        "ecr.api",
      ],
      [
        "an ACL without ephemeral ports",
        (plan) => {
          const { inputs } = one(plan, "NetworkAcl", "network-private");
          const ingress = (inputs["ingress"] as { fromPort: number }[]).filter(
            ({ fromPort }) => fromPort !== 1024,
          );
          return damaged(plan, keep, { "network-private": { ingress } });
        },
        "dynamodb",
      ],
    ];
    for (const [what, cut, service] of cuts) {
      it(what, async () => {
        const reach = new Reach(cut(await planOf("prod", ISOLATED)));

        expect(reach.toService(reach.tasks(), service)).to.deep.equal([undefined]);
      });
    }

    it("public tasks without an address of their own", async () => {
      const reach = new Reach(await planOf("dev"));

      expect(reach.toInternet({ ...reach.tasks(), publicIp: false }, 443)).to.deep.equal([
        undefined,
      ]);
    });
  });
});
