import { expect } from "chai";
import { pulumiCli } from "../../src/live/pulumi.ts";

describe("The commands without a Pulumi CLI", () => {
  const saved = process.env["PATH"];
  afterEach(() => {
    process.env["PATH"] = saved;
  });

  it("say in a sentence what is missing", async () => {
    process.env["PATH"] = "/nonexistent";
    const message = await pulumiCli()
      .outputs("dev")
      .catch((error: unknown) => (error as Error).message);
    expect(message).to.equal(
      "pulumi is not on PATH. Install it: https://www.pulumi.com/docs/install/",
    );
  });
});
