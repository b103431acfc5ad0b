import { expect } from "chai";
import fc from "fast-check";
import { egress, privateIngress, publicIngress } from "../../../components/network/network-acl.ts";
import { passes, type Packet } from "../../stacks/helpers/acl.ts";

const VPC = "10.0.0.0/16";
const OUTSIDE = "203.0.113.7";
const port = fc.integer({ min: 1, max: 65535 });
const address = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })))
  .map((octets) => octets.join("."));
const protocol = fc.constantFrom("tcp" as const, "udp" as const);

/** Well-known ports that an outsider gets through to. */
function openPorts(rules: Parameters<typeof passes>[0], of: Packet["protocol"]): number[] {
  return Array.from({ length: 1023 }, (_, index) => index + 1).filter((number) =>
    passes(rules, { protocol: of, peer: OUTSIDE, port: number }),
  );
}

for (const [name, ingress, open] of [
  ["public", publicIngress(VPC), [80, 443]],
  ["private", privateIngress(VPC), []],
] as const) {
  describe(`network ACL of ${name} subnets`, () => {
    it(`lets outsiders in on ${open.length === 0 ? "no well-known port" : open.join(" and ")}`, () => {
      expect(openPorts(ingress, "tcp")).to.deep.equal(open);
      expect(openPorts(ingress, "udp")).to.deep.equal([]);
    });

    it("lets answers from anywhere in, to every port that clients, NAT and load balancers use", () => {
      fc.assert(
        fc.property(
          address,
          protocol,
          fc.integer({ min: 1024, max: 65535 }),
          (peer, of, ephemeral) => {
            expect(passes(ingress, { protocol: of, peer, port: ephemeral })).to.equal(true);
          },
        ),
      );
    });

    it("lets everything of the VPC in", () => {
      fc.assert(
        fc.property(protocol, port, fc.nat(255), fc.nat(255), (of, number, c, d) => {
          const peer = `10.0.${c}.${d}`;

          expect(passes(ingress, { protocol: of, peer, port: number })).to.equal(true);
        }),
      );
      expect(passes(ingress, { protocol: "icmp", peer: "10.0.3.4", icmp: [8, 0] })).to.equal(true);
    });

    it("of ICMP from outside only what path MTU discovery needs comes in", () => {
      const types = Array.from(
        { length: 16 * 16 },
        (_, index) => [index >> 4, index & 15] as const,
      );
      const open = types.filter(([type, code]) =>
        passes(ingress, { protocol: "icmp", peer: OUTSIDE, icmp: [type, code] }),
      );

      expect(open).to.deep.equal([[3, 4]]);
    });

    it("numbers its rules once each", () => {
      const numbers = ingress.map(({ ruleNo }) => ruleNo);

      expect(new Set(numbers).size).to.equal(numbers.length);
    });
  });
}

describe("network ACL egress", () => {
  it("lets everything out, so that answers to any port arrive", () => {
    fc.assert(
      fc.property(address, protocol, port, (peer, of, number) => {
        expect(passes(egress(), { protocol: of, peer, port: number })).to.equal(true);
      }),
    );
  });
});
