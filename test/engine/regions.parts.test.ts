import { expect } from "chai";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { engineIsHere } from "../helpers/parts.ts";
import { Engine } from "./engine.ts";

const EXAMPLE = path.resolve(import.meta.dirname, "../../examples/two-regions");
const STACKS = ["primary", "secondary"];
const RECORD = /route53\/record:Record$/;
/** What holds something that no deployment makes again. */
const STATEFUL = /:(Bucket|Table|LogGroup|Repository|Topic|HealthCheck)$/;

/** examples/two-regions: one name and one table, from the first `up` over the drill of docs/runbook.md to the end. */
describe("Two regions on the real engine", function () {
  this.timeout(900_000);
  let engine: Engine;
  const standing = new Map<string, Map<string, string>>();

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    for (const stack of STACKS) {
      copyFileSync(
        path.join(EXAMPLE, `Pulumi.${stack}.yaml`),
        path.join(engine.project, `Pulumi.${stack}.yaml`),
      );
      await engine.succeed(["stack", "init", stack]);
    }
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  for (const [stack, region, replicas] of [
    ["primary", "eu-west-1", [["eu-central-1"]]],
    ["secondary", "eu-central-1", []],
  ] as const)
    it(`a first up of ${stack}: a certificate of ${region}, records that answer as ${stack}, and the table of both`, async () => {
      if (stack === "secondary") engine.configure("tableName", await tableName(), stack);
      await up(stack);
      standing.set(stack, await engine.ids(STATEFUL, stack));
      const tables = await engine.resources(/dynamodb\/table:Table$/, stack);
      const certificates = await engine.resources(/certificate:Certificate$/, stack);

      expect(await answers(stack)).to.deep.equal(bothAs(stack));
      expect(
        certificates.map(({ outputs }) => String(outputs?.["arn"]).split(":")[3]),
      ).to.deep.equal([region]);
      expect(
        tables.map(({ inputs }) =>
          (inputs?.["replicas"] as { regionName: string }[]).map(({ regionName }) => regionName),
        ),
      ).to.deep.equal(replicas);
      expect(await output("tableName", stack)).to.equal(await tableName());
    });

  it("the primary leaves the name, and takes it again: nothing else moves, in either region", async () => {
    for (const key of ["hostedZone", "domainName", "routing", "failoverRole", "tls"])
      engine.configure(key, undefined, "primary");
    await up("primary");
    expect(await answers("primary")).to.deep.equal([]);
    expect(await answers("secondary")).to.deep.equal(bothAs("secondary"));

    copyFileSync(
      path.join(EXAMPLE, "Pulumi.primary.yaml"),
      path.join(engine.project, "Pulumi.primary.yaml"),
    );
    await up("primary");
    expect(await answers("primary")).to.deep.equal(bothAs("primary"));
    for (const stack of STACKS) await untouched(stack);
  });

  it("the secondary goes as a whole, and the primary stays as it is", async () => {
    await engine.succeed(["destroy", "--stack", "secondary", "--yes"]);

    expect(await engine.ids(/./, "secondary")).to.deep.equal(new Map());
    await untouched("primary");
    await engine.succeed(["destroy", "--stack", "primary", "--yes"]);
    expect(await engine.ids(/./, "primary")).to.deep.equal(new Map());
  });

  const up = (stack: string): Promise<string> =>
    engine.succeed(["up", "--stack", stack, "--yes", "--skip-preview"]);

  async function untouched(stack: string): Promise<void> {
    expect(await engine.ids(STATEFUL, stack)).to.deep.equal(standing.get(stack));
    await engine.succeed(["preview", "--stack", stack, "--expect-no-changes", "--refresh"]);
  }

  const output = async (name: string, stack: string): Promise<string> =>
    (await engine.succeed(["stack", "output", name, "--stack", stack])).trim();

  const tableName = (): Promise<string> => output("tableName", "primary");

  /** Records of the name, with what they answer as. */
  async function answers(stack: string): Promise<unknown[]> {
    const records = await engine.resources(RECORD, stack);
    return records
      .filter(({ inputs }) => inputs?.["name"] === "api.example.com")
      .map(({ inputs }) => [inputs?.["type"], inputs?.["failoverRoutingPolicies"]])
      .sort();
  }

  const bothAs = (role: string): unknown[] =>
    ["A", "AAAA"].map((type) => [type, [{ type: role.toUpperCase() }]]);
});
