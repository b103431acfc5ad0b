import { expect } from "chai";
import { planFrozen } from "../../../../test/helpers/frozen.ts";
import { countable } from "../../src/review/groups.ts";
import type { Plan } from "../../src/plan/types.ts";
import { PROJECT } from "../../../../test/helpers/project.ts";

describe("the committed stacks, planned", () => {
  let plans: Plan[];
  before(async () => {
    plans = await Promise.all([planFrozen({ stack: "dev" }), planFrozen({ stack: "prod" })]);
  });

  it("both evaluate at once in one process, each on its own", () => {
    expect(plans.map(({ project, stack }) => `${project}/${stack}`)).to.deep.equal([
      `${PROJECT}/dev`,
      `${PROJECT}/prod`,
    ]);
    for (const { stack, resources } of plans)
      expect(
        resources.filter(({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::${PROJECT}::`)),
      ).to.deep.equal([]);
  });

  it("have unique identities by type", () => {
    // Settings of a resource share its identity: a bucket's policy has the bucket's name.
    for (const { resources } of plans) {
      const seen = new Map<string, string>();
      for (const { urn, type, outputs } of countable(resources)) {
        const id = `${type} ${outputs["id"] as string}`;
        expect(seen.get(id), id).to.equal(undefined);
        seen.set(id, urn);
      }
    }
  });

  it("every dependency and parent is a resource of the plan", () => {
    for (const { resources } of plans) {
      const urns = new Set(resources.map(({ urn }) => urn));
      for (const { urn, parent, dependencies, propertyDependencies } of resources)
        for (const other of [
          parent ?? urn,
          ...dependencies,
          ...Object.values(propertyDependencies).flat(),
        ])
          expect(urns.has(other), `${urn} -> ${other}`).to.equal(true);
    }
  });

  it("no stand-in of a secret shows up", () => {
    expect(JSON.stringify(plans)).not.to.match(/\[secret [^\]]/);
  });

  it("the registry's password is secret", () => {
    for (const { resources } of plans) {
      const image = resources.find(({ type }) => type === "docker:index/image:Image");
      expect(image?.secretPaths).to.include("registry.password");
    }
  });
});
