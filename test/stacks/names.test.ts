import { expect } from "chai";
import { SAVED_QUERIES } from "../../components/observability/queries.ts";
import type { Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { planOf, show } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

/** Inputs by which a resource gets a name of ours in the account; without one the engine adds a random suffix. */
const NAMES = [
  ...["name", "namePrefix", "bucketPrefix", "dashboardName", "family", "identifier"],
  "policyName",
];

/** Everything that a stack can have at once. */
const EVERYTHING = {
  rolling: {
    deploymentStrategy: "rolling",
    serviceDiscovery: "dns",
    auditTrail: "account",
    waf: "standard",
  },
  connect: { serviceDiscovery: "connect", taskCpu: 512, taskMemoryMiB: 1024 },
};

/** Logical name -> the name that the program itself gives, in every variant. */
async function physicalNames(stack: string): Promise<Record<string, string>> {
  const plans = await Promise.all(
    Object.values(EVERYTHING).map((overrides) =>
      planOf(stack, { ...overrides, encryption: "customer-managed", flowLogs: "all" }),
    ),
  );
  return Object.fromEntries(plans.flatMap(named));
}

function named(plan: Plan): [string, string][] {
  return plan.resources
    .filter(({ custom, type }) => custom && type !== "docker:index/image:Image")
    .flatMap(({ type, name, inputs }) => {
      const key = nameKeys(type).find((input) => inputs[input] !== undefined);
      return key === undefined
        ? []
        : [[`${type.split(":").at(-1) ?? ""} ${name}`, show(inputs[key])] as [string, string]];
    });
}

/** A bucket's `bucket` is its own name; that of a policy names the bucket that it belongs to. */
const nameKeys = (type: PlannedResource["type"]): string[] =>
  type === "aws:s3/bucket:Bucket" ? [...NAMES, "bucket"] : NAMES;

describe("names in an account that holds several stacks", () => {
  for (const stack of ["dev", "prod"])
    it(`${stack}: only these are the program's own, and all carry the stack's name`, async () => {
      expect(await physicalNames(stack)).to.deep.equal({
        "Dashboard observability": `${PROJECT}-${stack}`,
        ...Object.fromEntries(
          SAVED_QUERIES.map(({ name }) => [
            `QueryDefinition observability-${name}`,
            `${PROJECT}-${stack}/${name}`,
          ]),
        ),
        "LogGroup web-acl": `aws-waf-logs-${PROJECT}-${stack}-`,
        "LogResourcePolicy web-acl": `${PROJECT}-${stack}-web-acl`,
        "HttpNamespace api-discovery": `${PROJECT}-${stack}.internal`,
        "PrivateDnsNamespace api-discovery": `${PROJECT}-${stack}.internal`,
        // Inside its namespace.
        "Service api-discovery-registry": "api",
        "TaskDefinition api": `${PROJECT}-${stack}`,
        "Trail audit": `${PROJECT}-${stack}`,
      });
    });

  for (const stack of ["dev", "prod"])
    it(`${stack}: those that the engine makes up begin with the project and the stack`, async () => {
      const { resources } = await planOf(stack, {
        ...{ deploymentStrategy: "canary", onDemandBase: 1, waf: "standard", flowLogs: "all" },
      });
      const made = resources
        .filter(({ custom }) => custom)
        .flatMap(({ type, inputs, outputs }) =>
          ["name", "bucket"]
            .filter((key) => inputs[key] === undefined && inputs[`${key}Prefix`] === undefined)
            .flatMap((key) =>
              outputs[key] === undefined ? [] : [`${type} ${show(outputs[key])}`],
            ),
        );

      expect(made).to.have.length.above(20);
      expect(
        made.filter(
          (name) => !name.split(" ")[1]?.replace("alias/", "").startsWith(`${PROJECT}-${stack}-`),
        ),
      ).to.deep.equal(["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup default"]);
    });

  it("fit AWS's lengths with the longest prefix that is taken", async () => {
    const namePrefix = "a".repeat(24 - "-prod".length);
    const plan = await planOf("prod", { namePrefix });
    const [balancer] = plan.resources.filter(({ type }) => type.endsWith(":LoadBalancer"));

    expect(show(balancer?.outputs["name"])).to.match(/^a{19}-prod-[0-9a-f]{7}$/);
  });

  it("no name of dev is one of prod but inside a namespace", async () => {
    const [dev, prod] = await Promise.all([physicalNames("dev"), physicalNames("prod")]);
    const shared = Object.entries(dev).filter(([, name]) => Object.values(prod).includes(name));

    expect(shared).to.deep.equal([["Service api-discovery-registry", "api"]]);
  });
});
