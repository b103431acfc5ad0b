import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { internetGatewayFirst } from "../../../components/network/gateway-order.ts";

const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";

describe("internetGatewayFirst", () => {
  const dryRun = (on: boolean) =>
    pulumi.runtime.setMocks(
      {
        newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
        call: () => ({}),
      },
      "project",
      "stack",
      on,
    );

  /** Calls the transform for one resource after the other; tells which were let through, in order. */
  async function order(calls: [name: string, type: string, props: object][], longestMs?: number) {
    const transform = internetGatewayFirst(longestMs);
    const passed: string[] = [];
    await Promise.all(
      calls.map(async ([name, type, props]) => {
        const changed = await transform({ type, name, props, opts: {}, custom: true });
        expect(changed).to.equal(undefined);
        passed.push(name);
      }),
    );
    return passed;
  }

  const calls: Parameters<typeof order>[0] = [
    ["nat", NAT, { subnetId: "subnet-1" }],
    ["private", ROUTE, { natGatewayId: "nat-0" }],
    ["public", ROUTE, { gatewayId: "igw-1" }],
    ["second", NAT, { subnetId: "subnet-2" }],
  ];

  it("lets NAT gateways pass once a route leads to the internet gateway", async () => {
    await dryRun(false);
    expect(await order(calls)).to.deep.equal(["private", "public", "nat", "second"]);
  });

  it("waits for nothing in a preview, and not for ever", async () => {
    await dryRun(true);
    expect(await order(calls)).to.deep.equal(["nat", "private", "public", "second"]);
    await dryRun(false);
    expect(await order([["nat", NAT, {}]], 1)).to.deep.equal(["nat"]);
  });
});
