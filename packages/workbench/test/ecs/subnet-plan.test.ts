import { expect } from "chai";
import fc from "fast-check";
import {
  networkAddress,
  parseCidr,
  planSubnets,
  subnetMasks,
  VPC_MASKS,
} from "../../src/ecs/subnet-plan.ts";

const specs = (vpcCidr: string) => {
  const masks = subnetMasks(vpcCidr);
  return [
    { type: "private", mask: masks.private },
    { type: "public", mask: masks.public },
  ] as const;
};
const lines = (vpcCidr: string, zones: number): string[] =>
  planSubnets({ vpcCidr, zones, specs: specs(vpcCidr) }).map(
    ({ type, zone, cidr }) => `${type}-${zone} ${cidr}`,
  );

/** First and last address of a range. */
function bounds(cidr: string): [number, number] {
  const { address, mask } = parseCidr(cidr);
  return [address, address + 2 ** (32 - mask) - 1];
}

describe("planSubnets", () => {
  // What awsx 3.9.0 created on the real engine for these inputs.
  it("two zones of a /16 lie where awsx puts them", () => {
    expect(lines("10.0.0.0/16", 2)).to.deep.equal([
      "private-1 10.0.0.0/20",
      "public-1 10.0.16.0/24",
      "private-2 10.0.128.0/20",
      "public-2 10.0.144.0/24",
    ]);
  });

  it("three zones of a /16 lie where awsx puts them", () => {
    expect(lines("10.0.0.0/16", 3)).to.deep.equal([
      "private-1 10.0.0.0/20",
      "public-1 10.0.16.0/24",
      "private-2 10.0.64.0/20",
      "public-2 10.0.80.0/24",
      "private-3 10.0.128.0/20",
      "public-3 10.0.144.0/24",
    ]);
  });

  it("six zones of the smallest VPC fit", () => {
    expect(lines("192.168.224.0/19", 6).slice(-2)).to.deep.equal([
      "private-6 192.168.244.0/23",
      "public-6 192.168.246.0/27",
    ]);
  });

  it("addresses above 127.255.255.255 stay positive", () => {
    expect(lines("203.0.0.0/16", 2)[2]).to.equal("private-2 203.0.128.0/20");
  });

  it("a subnet starts at a multiple of its own size, whatever came before", () => {
    const subnets = planSubnets({
      vpcCidr: "10.0.0.0/16",
      zones: 2,
      specs: [
        { type: "public", mask: 24 },
        { type: "private", mask: 20 },
      ],
    });

    expect(subnets.slice(0, 2).map(({ cidr }) => cidr)).to.deep.equal([
      "10.0.0.0/24",
      "10.0.16.0/20",
    ]);
  });

  it("specs that do not fit into a zone are refused", () => {
    const args = {
      vpcCidr: "10.0.0.0/16",
      zones: 3,
      specs: [
        { type: "private", mask: 18 },
        { type: "public", mask: 24 },
      ],
    } as const;

    expect(() => planSubnets(args)).to.throw(
      "The subnets of a zone do not fit: 10.0.0.0/16 gives 3 zones a /18 each, which has no room left for a /24.",
    );
  });

  it("subnets of any VPC that config allows lie inside it, aligned, without overlap", () => {
    const vpc = fc
      .tuple(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: VPC_MASKS.min, max: VPC_MASKS.max }),
      )
      .map(([address, mask]) => {
        const octets = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
        return `${networkAddress(`${octets}/${mask}`)}/${mask}`;
      });
    fc.assert(
      fc.property(vpc, fc.integer({ min: 2, max: 6 }), (vpcCidr, zones) => {
        const subnets = planSubnets({ vpcCidr, zones, specs: specs(vpcCidr) });
        const ranges = subnets.map(({ cidr }) => bounds(cidr)).sort(([a], [b]) => a - b);
        const [first, last] = bounds(vpcCidr);

        expect(subnets).to.have.length(zones * 2);
        expect(ranges[0]?.[0]).to.be.at.least(first);
        expect(ranges.at(-1)?.[1]).to.be.at.most(last);
        for (const { cidr } of subnets) {
          expect(networkAddress(cidr)).to.equal(cidr.split("/")[0]);
          expect(parseCidr(cidr).mask).to.be.at.most(28);
        }
        for (const [index, [start]] of ranges.entries())
          if (index > 0) expect(start).to.be.above(ranges[index - 1]?.[1] ?? NaN);
      }),
    );
  });
});

describe("parseCidr", () => {
  it("reads address and prefix length", () => {
    expect(parseCidr("192.0.2.1/24")).to.deep.equal({ address: 0xc0000201, mask: 24 });
  });

  for (const cidr of ["", "10.0.0.0", "10.0.0/16", "10.0.0.256/16", "10.0.0.0/33", "a.b.c.d/16"]) {
    it(`refuses ${JSON.stringify(cidr)}`, () => {
      expect(() => parseCidr(cidr)).to.throw(
        `${JSON.stringify(cidr)} is not an IPv4 range such as 10.0.0.0/16.`,
      );
    });
  }

  it("networkAddress clears the bits of the host", () => {
    expect(
      ["10.0.5.7/24", "203.0.113.9/32", "255.255.255.255/0", "10.1.2.3/20"].map(networkAddress),
    ).to.deep.equal(["10.0.5.0", "203.0.113.9", "0.0.0.0", "10.1.0.0"]);
  });
});
