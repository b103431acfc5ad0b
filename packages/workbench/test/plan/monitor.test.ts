import { expect } from "chai";
import resproto from "@pulumi/pulumi/proto/resource_pb.js";
import type { Ledger } from "../../src/plan/ledger.ts";
import { PlanMonitor } from "../../src/plan/monitor.ts";

describe("PlanMonitor", () => {
  it("answers a read with all that an SDK asks, newer ones than this repository's too", () => {
    const ledger = { urn: () => "urn:a", compute: () => ({ id: "", state: { arn: "arn:a" } }) };
    const monitor = new PlanMonitor(ledger as unknown as Ledger, () => undefined);
    const request = new resproto.ReadResourceRequest();
    request.setType("aws:ec2/vpc:Vpc");
    request.setName("shared");
    request.setId("vpc-1");
    const said: Record<string, unknown> = {};
    monitor.readResource(request, (_, response) => {
      // Source: pulumi/pulumi 3.276.0, sdk/nodejs/runtime/resource.ts, readResource.
      for (const name of ["getUrn", "getId", "getResult", "getUnknown"] as const)
        said[name] = (response as Record<string, () => unknown>)[name]?.();
    });
    expect(said).to.deep.equal({
      getUrn: "urn:a",
      getId: "vpc-1",
      getResult: 0,
      getUnknown: false,
    });
  });
});
