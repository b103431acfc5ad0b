import { expect } from "chai";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { ROOT } from "../../helpers/app.ts";
import { PROJECT } from "../../helpers/project.ts";
import { names } from "./plans.ts";

const FOLDERS = readdirSync(path.join(ROOT, "components"));

const parentOf = (plan: Plan, resource: PlannedResource): PlannedResource | undefined =>
  plan.resources.find(({ urn }) => urn === resource.parent);

/** awsx names an endpoint and what belongs to it by the service. */
const isEndpoint = ({ name, expanded }: PlannedResource): boolean =>
  expanded && name.startsWith("com.amazonaws.");

/** A record is named by the host that it is of. */
const isRecord = ({ type }: PlannedResource): boolean => type === "aws:route53/record:Record";

/** What holds for every stack of the program, whatever its owner sets and adds. */
export function invariants(stack: string, planned: () => Promise<Plan>): void {
  it("every resource but the stack has a parent, and only components and awsx's VPC are parents", async () => {
    const plan = await planned();
    const orphans = plan.resources.filter((resource) => parentOf(plan, resource) === undefined);
    const parents = new Set(plan.resources.map((resource) => parentOf(plan, resource)));
    const strange = [...parents].filter(
      (parent) => parent !== undefined && parent.custom && !isOfAwsx(plan, parent),
    );

    expect(names(orphans)).to.deep.equal([`${PROJECT}-${stack}`]);
    expect(strange).to.deep.equal([]);
  });

  it("only components stand directly below the stack", async () => {
    const plan = await planned();
    const direct = plan.resources.filter(
      (resource) => parentOf(plan, resource)?.type === "pulumi:pulumi:Stack",
    );

    expect(direct.filter(({ type }) => !type.startsWith("koa-fargate:"))).to.deep.equal([]);
  });

  it("a child's name is its component's, or begins with it", async () => {
    const plan = await planned();
    const others = plan.resources.filter((resource) => {
      const own = nearestComponent(plan, resource);
      return (
        own !== undefined && resource.name !== own.name && !resource.name.startsWith(`${own.name}-`)
      );
    });

    expect(names(others.filter((resource) => !isEndpoint(resource)))).to.deep.equal([]);
  });

  it("names are roles in kebab-case", async () => {
    const plan = await planned();
    const others = plan.resources.filter(
      (resource) =>
        !isEndpoint(resource) &&
        !isRecord(resource) &&
        !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(resource.name),
    );

    expect(names(others)).to.deep.equal([]);
  });

  it("names that AWS caps at 32 characters leave 8 for auto-naming", async () => {
    const plan = await planned();
    const capped = plan.resources.filter(({ type }) =>
      ["aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"].includes(type),
    );

    expect(capped).not.to.deep.equal([]);
    for (const { name } of capped) expect(name.length).to.be.at.most(24);
  });

  it("components carry tokens of their folder", async () => {
    const plan = await planned();
    const components = plan.resources.filter(
      ({ custom, type }) => !custom && type !== "pulumi:pulumi:Stack" && type !== "awsx:ec2:Vpc",
    );

    for (const { type } of components) {
      expect(type).to.match(/^koa-fargate:[a-z-]+:[A-Z][A-Za-z]+$/);
      expect(FOLDERS).to.include(type.split(":")[1]);
    }
  });

  it("names each resource once by type and id", async () => {
    const { resources } = await planned();
    const ids = resources
      .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
      .map(({ type, outputs }) => `${type} ${outputs["id"] as string}`);

    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).to.deep.equal([]);
  });

  it("shows no secret", async () => {
    const { resources, outputs } = await planned();
    const text = JSON.stringify([resources, outputs]);

    expect(text).not.to.match(/\[secret [^\]]/);
    expect(text).not.to.include("password of the registry");
  });
}

/** The component of ours whose constructor makes the resource, or hands it to awsx. */
function nearestComponent(plan: Plan, resource: PlannedResource): PlannedResource | undefined {
  const parent = parentOf(plan, resource);
  return parent === undefined || parent.type.startsWith("koa-fargate:")
    ? parent
    : nearestComponent(plan, parent);
}

function isOfAwsx(plan: Plan, resource: PlannedResource): boolean {
  const parent = parentOf(plan, resource);
  return parent !== undefined && (parent.type === "awsx:ec2:Vpc" || isOfAwsx(plan, parent));
}
