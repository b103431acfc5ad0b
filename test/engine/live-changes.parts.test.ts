import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { engineIsHere } from "../helpers/parts.ts";
import { Engine } from "./engine.ts";
import { resourcesOf, type StateResource } from "./state.ts";

const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/abc";

/** What somebody changes on a service that has callers: each costs no request, or is refused before anything changes. */
describe("Changes of a live stack on the real engine", function () {
  this.timeout(900_000);
  let engine: Engine;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
    await up();
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  afterEach(async () => {
    expect((await engine.control()).outages).to.deep.equal([]);
  });

  it("another container port reaches new and old tasks, by the target group of before", async () => {
    const before = await targetGroups();
    engine.configure("containerPort", 3000);
    await up();
    expect(await targetGroups()).to.deep.equal(before);
    await unchanged();
  });

  it("an approval that is switched on pauses, and switched off pauses no more", async () => {
    engine.configure("spotPercent", 0);
    engine.configure("deploymentStrategy", "canary");
    engine.configure("approval", "after-scale-up");
    await up();
    expect(await hooks()).to.deep.equal(["PAUSE"]);

    engine.configure("approval", "none");
    await up();
    expect(await hooks()).to.deep.equal([]);
    await unchanged();
  });

  it("a pause goes with the strategy that had it, too", async () => {
    engine.configure("approval", "after-scale-up");
    await up();
    engine.configure("approval", undefined);
    engine.configure("deploymentStrategy", "rolling");
    await up();
    expect(await hooks()).to.deep.equal([]);
    await unchanged();
  });

  it("a certificate comes while deployments are rolling", async () => {
    withCertificate(true);
    await up();
    await unchanged();
  });

  it("every strategy follows every other; one that would drop the group with the traffic is refused until it is back", async () => {
    for (const strategy of ["blue-green", "linear"]) {
      engine.configure("deploymentStrategy", strategy);
      await up();
      await unchanged(["--refresh"]);
    }
    // The second deployment that shifts traffic left it on the second group.
    engine.configure("deploymentStrategy", "rolling");
    await refused(/deploymentStrategy would become rolling, which drops the target group \S+ but/);

    engine.configure("deploymentStrategy", "linear");
    engine.configure("stopTimeoutSeconds", 40);
    await up();
    engine.configure("deploymentStrategy", "rolling");
    await up();
    await unchanged(["--refresh"]);
  });

  it("a certificate that goes or comes while traffic shifts is refused before anything changes", async () => {
    engine.configure("deploymentStrategy", "canary");
    await up();
    withCertificate(false);
    await refused(/certificateArn is gone, but deploymentStrategy shifts traffic/);

    engine.configure("deploymentStrategy", "rolling");
    await up();
    engine.configure("deploymentStrategy", "canary");
    await up();
    withCertificate(true);
    await refused(/certificateArn is new, but deploymentStrategy shifts traffic/);
  });

  // The last one: a refresh would read the port that the stand-in remembers, not the one of this state.
  it("a target group from before, which has the port of its container, is not replaced", async () => {
    withCertificate(false);
    const state = await engine.succeed(["stack", "export", "--stack", "dev"]);
    const file = path.join(engine.project, "state.json");
    const aged = JSON.parse(state, (_key, value: unknown) => {
      if (!isTargetGroup(value)) return value;
      const from8080 = { port: 8080 };
      return {
        ...value,
        inputs: { ...value.inputs, ...from8080 },
        outputs: { ...value.outputs, ...from8080 },
      };
    }) as object;
    writeFileSync(file, JSON.stringify(aged));
    await engine.succeed(["stack", "import", "--stack", "dev", "--file", file]);
    await unchanged();
  });

  function withCertificate(there: boolean): void {
    engine.configure("certificateArn", there ? CERTIFICATE : undefined);
    engine.configure("domainName", there ? "api.example.com" : undefined);
  }

  const up = (): Promise<string> =>
    engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);

  const unchanged = (flags: readonly string[] = []): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes", ...flags]);

  const hooks = async (): Promise<string[]> =>
    (await engine.control()).hooks.map(({ targetType }) => targetType);

  async function refused(sentence: RegExp): Promise<void> {
    // A secret is encrypted anew each time.
    const state = async (): Promise<Map<string, string>> =>
      known(await engine.succeed(["stack", "export", "--show-secrets", "--stack", "dev"]));
    const before = await state();
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, stdout, stderr } = await engine.pulumi([...command, "--stack", "dev"]);
      expect(code).to.equal(1);
      expect(stdout + stderr).to.match(sentence);
    }
    const after = await state();
    const urns = [...new Set([...before.keys(), ...after.keys()])];
    expect(urns.filter((urn) => before.get(urn) !== after.get(urn))).to.deep.equal([]);
  }

  /** Inputs and outputs by URN. */
  const known = (state: string): Map<string, string> =>
    new Map(
      // A component has in AWS what its children have.
      resourcesOf(state)
        .filter(({ custom }) => custom)
        .map(({ urn, inputs, outputs }) => [urn, JSON.stringify({ inputs, outputs })]),
    );

  const targetGroups = async (): Promise<string[]> => [
    ...(await engine.ids(/targetGroup:TargetGroup$/)).values(),
  ];
});

const isTargetGroup = (value: unknown): value is StateResource =>
  (value as Partial<StateResource> | null)?.type === "aws:lb/targetGroup:TargetGroup";
