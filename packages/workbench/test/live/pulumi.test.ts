import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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

describe("Outputs of a stack", () => {
  const saved = process.env["PATH"];
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-"));
  after(() => {
    process.env["PATH"] = saved;
    rmSync(folder, { recursive: true });
  });

  it("have the workbench's names too, where the program calls them otherwise", async () => {
    const stand = `#!/bin/sh\necho '{"service":"api-1","url":"http://a"}'\n`;
    writeFileSync(path.join(folder, "pulumi"), stand, { mode: 0o755 });
    process.env["PATH"] = `${folder}:${saved ?? ""}`;
    const names = { serviceName: "service", clusterName: "cluster" };
    expect(await pulumiCli({ outputs: names }).outputs("dev")).to.deep.equal({
      service: "api-1",
      serviceName: "api-1",
      url: "http://a",
    });
  });
});
