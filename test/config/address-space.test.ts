import { expect } from "chai";
import { addressSpace } from "../../config/address-space.ts";
import type { SizedService } from "../../config/service-sizes.ts";
import { refusal } from "./helpers/read.ts";
import { valuesWith } from "./helpers/values.ts";
import { PROJECT } from "../helpers/project.ts";

const sentences = (
  settings: Readonly<Record<string, unknown>>,
  services: readonly SizedService[] = [],
): string[] =>
  addressSpace(valuesWith(settings), services).map(({ key, reason }) => `${key} ${reason}`);

/** A service of which as much is said as takes addresses. */
const service = (kind: "http" | "worker" | "scheduled", maxCapacity: number): SizedService =>
  ({ name: kind, service: { kind }, values: { maxCapacity } }) as unknown as SizedService;

describe("addresses of a VPC against what lives in it", () => {
  // A /19 has public subnets of 32 addresses: 5 are AWS's, 8 the load balancer's.
  const small = { vpcCidr: "10.0.0.0/19" };

  it("public tasks have what the load balancer leaves, twice for a deployment", () => {
    expect(sentences({ ...small, maxCapacity: 19 })).to.deep.equal([]);
    expect(sentences({ ...small, maxCapacity: 20 })).to.deep.equal([
      "vpcCidr is 10.0.0.0/19, whose public subnets are /27 with 27 addresses each beside the 5 that AWS keeps, but 28 are needed: 8 for the load balancer, 20 for 40 tasks in 2 zones, which is twice maxCapacity while a deployment runs. Take a /18, or lower maxCapacity.",
    ]);
  });

  it("a NAT gateway takes one, and more zones share the tasks", () => {
    const nat = { ...small, natStrategy: "single" };
    expect(sentences({ ...nat, maxCapacity: 18 })).to.deep.equal([]);
    expect(sentences({ ...nat, maxCapacity: 19 })[0]).to.include(
      "28 are needed: 8 for the load balancer, 1 for a NAT gateway, 19 for 38 tasks in 2 zones",
    );
    expect(sentences({ ...nat, maxCapacity: 27, availabilityZoneCount: 3 })).to.deep.equal([]);
  });

  it("private tasks share their subnets with the endpoints", () => {
    const own = { ...small, taskSubnets: "private", interfaceEndpoints: ["ecr.api", "logs"] };
    // /23: 512 addresses.
    expect(sentences({ ...own, maxCapacity: 505 })).to.deep.equal([]);
    expect(sentences({ ...own, maxCapacity: 506 })).to.deep.equal([
      "vpcCidr is 10.0.0.0/19, whose private subnets are /23 with 507 addresses each beside the 5 that AWS keeps, but 508 are needed: 2 for endpoints, 506 for 1012 tasks in 2 zones, which is twice maxCapacity while a deployment runs. Take a /18, or lower maxCapacity.",
    ]);
  });

  it("all services count, and a scheduled task once", () => {
    const services = [service("http", 5), service("worker", 4), service("scheduled", 0)];
    expect(sentences({ ...small, maxCapacity: 9 }, services)).to.deep.equal([]);
    expect(sentences({ ...small, maxCapacity: 10 }, services)[0]).to.include(
      "28 are needed: 8 for the load balancer, 20 for 39 tasks in 2 zones",
    );
  });

  it("where no VPC is large enough, fewer tasks are all that helps", () => {
    expect(sentences({ vpcCidr: "10.0.0.0/16", maxCapacity: 244 })[0]).to.match(
      /\. Lower maxCapacity\.$/,
    );
    expect(sentences({ vpcCidr: "10.0.0.0/16", maxCapacity: 243 })).to.deep.equal([]);
  });

  it("nothing is known of the subnets of an existing VPC", () => {
    expect(sentences({ vpcId: "vpc-01234567", maxCapacity: 5000 })).to.deep.equal([]);
  });

  it("is checked for every stack, once its keys are right", async () => {
    const file = {
      "aws:region": "eu-west-1",
      [`${PROJECT}:vpcCidr`]: "10.0.0.0/19",
      [`${PROJECT}:maxCapacity`]: 20,
    };
    const services = { api: { kind: "http" } } as const;
    expect((await refusal(file, { offline: false, services })).message).to.equal(
      [
        "test: 1 problem in Pulumi.test.yaml",
        `  ${PROJECT}:${sentences({ ...small, maxCapacity: 20 })[0]}`,
      ].join("\n"),
    );
  });
});
