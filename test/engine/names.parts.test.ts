import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { Engine } from "./engine.ts";
import { engineIsHere } from "../helpers/parts.ts";
import { resourcesByUrn } from "./state.ts";
import { PROJECT } from "../helpers/project.ts";

/** A stack from before names carried the project and the stack, which the engine named as it does by itself. */
describe("A stack with names from before, on the real engine", function () {
  this.timeout(900_000);
  let engine: Engine;
  let former: Map<string, Record<string, unknown>>;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
    setNaming({ mode: "default" });
    await up();
    former = await state();
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("is called as it was, by logical names alone", () => {
    expect(nameOf(former, "aws:dynamodb/table:Table::storage-table")).to.match(/^storage-table-/);
    expect(nameOf(former, "aws:lb/loadBalancer:LoadBalancer::")).to.match(/^load-balancer-/);
  });

  it("is taken over with nothing to do, and every name stays", async () => {
    setNaming(undefined);
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);
    await up();
    expect(await state()).to.deep.equal(former);
  });

  it("gets new names for what is replaced, the network of awsx included, and for that alone", async () => {
    // A target group has one load balancer: with another one goes another group.
    const replaced = [...former.keys()].filter((urn) =>
      /loadBalancer:LoadBalancer::load-balancer$|:TargetGroup::|:SecurityGroup::com\.amazonaws\.|:LogGroup::api$/.test(
        urn,
      ),
    );
    await up(...replaced.flatMap((urn) => ["--replace", urn]));
    const after = await state();

    const renamed = [...former.keys()].filter(
      (urn) => former.get(urn)?.["name"] !== after.get(urn)?.["name"],
    );
    expect(renamed).to.deep.equal(replaced);
    for (const urn of replaced)
      expect(after.get(urn)?.["name"], urn).to.match(
        /:(?:LoadBalancer|TargetGroup)::/.test(urn)
          ? new RegExp(`^${PROJECT}-dev-[0-9a-f]{7}$`)
          : new RegExp(`^${PROJECT}-dev-(api|com\\.amazonaws\\..+-sg)-[0-9a-f]{7}$`),
      );
  });

  const up = (...flags: string[]): Promise<string> =>
    engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview", ...flags]);

  const state = async (): Promise<Map<string, Record<string, unknown>>> =>
    resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));

  const nameOf = (resources: typeof former, end: string): unknown =>
    [...resources].find(([urn]) => urn.includes(end))?.[1]["name"];

  function setNaming(setting: object | undefined): void {
    const file = path.join(engine.project, "Pulumi.dev.yaml");
    const document = parseDocument(readFileSync(file, "utf8"));
    if (setting === undefined) document.deleteIn(["config", "pulumi:autonaming"]);
    else document.setIn(["config", "pulumi:autonaming"], setting);
    writeFileSync(file, document.toString());
  }
});
