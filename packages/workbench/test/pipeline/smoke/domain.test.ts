import { expect } from "chai";
import { domainGap, frontOf, type Resolve } from "../../../src/live/domain.ts";
import { fetchOf } from "../../../src/pipeline/smoke/reach.ts";

const URL = "https://api.example.com";
const ALB = "lb-1.eu-west-1.elb.amazonaws.com";
const FIX = `Set hostedZone, so that the stack makes the record, or make one that leads to ${ALB}: an alias in Route 53, a CNAME elsewhere.`;

/** A resolver that knows these names. */
const knows =
  (table: Readonly<Record<string, string[]>>): Resolve =>
  (name) =>
    name in table ? Promise.resolve(table[name] ?? []) : Promise.reject(new Error("ENOTFOUND"));

describe("where the name of a service leads", () => {
  it("to its load balancer, whichever of its addresses are told", async () => {
    const table = {
      "api.example.com": ["192.0.2.2", "192.0.2.9"],
      [ALB]: ["192.0.2.1", "192.0.2.2"],
    };

    expect(await domainGap(URL, ALB, knows(table))).to.equal(undefined);
  });

  it("nowhere yet: says what is missing", async () => {
    expect(await domainGap(URL, ALB, knows({ [ALB]: ["192.0.2.1"] }))).to.equal(
      `api.example.com does not resolve, so callers do not reach the service yet. ${FIX}`,
    );
  });

  it("elsewhere: says where, and when that is right", async () => {
    const table = { "api.example.com": ["198.51.100.7"], [ALB]: ["192.0.2.1"] };

    expect(await domainGap(URL, ALB, knows(table))).to.equal(
      `api.example.com leads to 198.51.100.7, and not to this stack's load balancer (192.0.2.1). That is right where routing chose another stack, or a proxy stands before it. Otherwise: ${FIX}`,
    );
  });

  it("elsewhere than to the distribution before an internal load balancer", async () => {
    const outputs = { albDnsName: "internal-lb-1", distributionDnsName: "d1.cloudfront.net" };
    const front = frontOf(outputs);
    const table = { "api.example.com": ["198.51.100.7"], [front]: ["192.0.2.1"] };

    expect(front).to.equal("d1.cloudfront.net");
    expect(frontOf({ albDnsName: ALB })).to.equal(ALB);
    expect(frontOf({})).to.equal("");
    expect(await domainGap(URL, front, knows(table), knows({}))).to.equal(
      `api.example.com leads to 198.51.100.7, and not to this stack's distribution (192.0.2.1). That is right where routing chose another stack, or a proxy stands before it. Otherwise: ${FIX.replace(ALB, front)}`,
    );
  });

  it("to CloudFront, which answers with other addresses for each name", async () => {
    const front = "d1.cloudfront.net";
    const table = {
      "api.example.com": ["192.0.2.7"],
      [front]: ["192.0.2.1"],
      [ALB]: ["192.0.2.1"],
    };
    const owners = knows({ "192.0.2.7": ["server-192-0-2-7.fra56.r.cloudfront.net"] });

    expect(await domainGap(URL, front, knows(table), owners)).to.equal(undefined);
    expect(await domainGap(URL, ALB, knows(table), owners)).to.include(
      "and not to this stack's load balancer",
    );
  });

  it("somewhere, where the load balancer's own name does not resolve", async () => {
    expect(await domainGap(URL, ALB, knows({ "api.example.com": ["198.51.100.7"] }))).to.equal(
      `api.example.com leads to 198.51.100.7, and ${ALB} does not resolve, so nobody can tell whether that is right.`,
    );
  });

  for (const [what, url, balancer] of [
    ["is called by its load balancer's name", `http://${ALB}`, ALB],
    ["has no load balancer", URL, ""],
  ] as const)
    it(`is not asked of a service that ${what}`, async () => {
      expect(await domainGap(url, balancer, knows({}))).to.equal(undefined);
      expect(fetchOf(url, balancer)).to.equal(undefined);
    });
});
