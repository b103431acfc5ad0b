import { expect } from "chai";
import { engineIsHere } from "../helpers/parts.ts";
import { Engine } from "./engine.ts";

const NAMED = { hostedZone: "example.com", domainName: "api.example.com" };
/** What holds something that no deployment makes again. */
const STATEFUL = /:(Bucket|Table|LogGroup|Repository|Topic)$/;

/** One stack from its first `up` behind CloudFront, by a name, to a load balancer and back, to its end. */
describe("The front door on the real engine", function () {
  this.timeout(900_000);
  let engine: Engine;
  let stateful: Map<string, string>;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("a first up behind CloudFront, without a domain: HTTPS by a name of CloudFront's", async () => {
    set({ edge: "cloudfront" });
    await up();
    stateful = await engine.ids(STATEFUL);

    expect(await output("url")).to.match(/^https:\/\/d[0-9a-f]{13}\.cloudfront\.net$/);
    expect(`https://${await output("distributionDnsName")}`).to.equal(await output("url"));
    expect(stateful.size).to.equal(7);
  });

  it("a domain makes another way into the VPC, by HTTPS, before the old one goes", async () => {
    set(NAMED);
    const before = await engine.ids(/:VpcOrigin$/);
    await up();

    expect(await output("url")).to.equal("https://api.example.com");
    expect(await engine.ids(/:VpcOrigin$/)).not.to.deep.equal(before);
    expect(await engine.ids(/:VpcOrigin$/)).to.have.length(1);
  });

  for (const [edge, gone, there] of [
    ["load-balancer", "internal-balancer", "load-balancer"],
    ["cloudfront", "load-balancer", "internal-balancer"],
  ] as const)
    it(`to ${edge}: the preview says which load balancer goes, tasks move, and nothing stateful is touched`, async () => {
      set({ edge });
      const said = await engine.succeed(["preview", "--stack", "dev", "--diff"]);
      await up();
      await unchanged();

      expect(said).to.match(
        new RegExp(`- aws:lb/loadBalancer:LoadBalancer.*\\n.*\\n.*::${gone}\\]`),
      );
      expect(said).to.match(new RegExp(`\\+ aws:lb/loadBalancer:LoadBalancer.*\\n.*::${there}\\]`));
      expect([...(await engine.ids(/:LoadBalancer$/)).keys()]).to.deep.equal([there]);
      expect(await engine.ids(STATEFUL)).to.deep.equal(stateful);
      expect(await output("url")).to.equal("https://api.example.com");
    });

  it("goes as a whole, the distribution before its way into the VPC", async () => {
    await engine.succeed(["destroy", "--stack", "dev", "--yes"]);

    expect(await engine.ids(/./)).to.deep.equal(new Map());
  });

  const set = (values: object): void => {
    for (const [key, value] of Object.entries(values)) engine.configure(key, value);
  };

  /** Nobody is cut off from the tasks meanwhile. */
  async function up(): Promise<void> {
    await engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    expect((await engine.control()).outages).to.deep.equal([]);
  }

  const unchanged = (): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);

  const output = async (name: string): Promise<string> =>
    (await engine.succeed(["stack", "output", name, "--stack", "dev"])).trim();
});
