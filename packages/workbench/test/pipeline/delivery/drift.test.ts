import { expect } from "chai";
import { findDrift } from "../../../src/pipeline/delivery/drift.ts";
import { failure, fakeCommands } from "./fakes.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:dev::koa-fargate::koa-fargate:a:B$${type}::${name}`;

describe("Drift", () => {
  it("is none when the CLI finds no change", async () => {
    const { run, calls } = fakeCommands({ "pulumi refresh": { stdout: "{}" } });
    expect(await findDrift({ run }, "dev")).to.deep.equal({
      stack: "dev",
      drift: false,
      changes: [],
    });
    expect(calls).to.deep.equal([
      "pulumi refresh --preview-only --expect-no-changes --json --stack dev --non-interactive --color=never",
    ]);
  });

  it("is what exit code 7 reports, resource by resource", async () => {
    const steps = [
      { op: "update", urn: urn("aws:ecs/service:Service", "api") },
      { op: "same", urn: urn("aws:s3/bucket:Bucket", "logs") },
      { op: "delete", urn: urn("aws:sns/topic:Topic", "a::b") },
    ];
    const { run } = fakeCommands({
      "pulumi refresh": { code: 7, stdout: JSON.stringify({ steps }) },
    });
    expect(await findDrift({ run }, "dev")).to.deep.equal({
      stack: "dev",
      drift: true,
      changes: ["delete aws:sns/topic:Topic a::b", "update aws:ecs/service:Service api"],
    });
  });

  it("is unknown, not found, when the comparison fails", async () => {
    const { run } = fakeCommands({ "pulumi refresh": { code: 1, stderr: "error: AccessDenied" } });
    expect(await failure(findDrift({ run }, "dev"))).to.equal(
      "dev: pulumi refresh ended with exit code 1, so nothing is known about drift: error: AccessDenied",
    );
  });
});
