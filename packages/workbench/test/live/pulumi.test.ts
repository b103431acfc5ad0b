import { expect } from "chai";
import { spawnSync } from "node:child_process";
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

describe("A workbench.config.ts that is broken", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "broken-"));
  const cli = path.resolve("packages/workbench/src/live/cli.ts");
  before(() => {
    writeFileSync(path.join(folder, "workbench.config.ts"), "export default { stirct: true };");
    writeFileSync(path.join(folder, "pulumi"), "#!/bin/sh\necho {}\n", { mode: 0o755 });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const run = (...args: string[]): [status: number | null, stderr: string] => {
    const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
    const env = { ...process.env, PATH };
    const ran = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8", env });
    return [ran.status, ran.stderr];
  };

  it("keeps no command from its help, and is said in a sentence by those that read it", () => {
    expect(run("status", "--help")).to.deep.equal([0, ""]);
    const [status, stderr] = run("status", "dev");
    expect(status).to.equal(1);
    expect(stderr).to.match(/^workbench\.config\.ts: stirct is not a field\. The fields are .*\n$/);
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
    expect(await pulumiCli(() => Promise.resolve({ outputs: names })).outputs("dev")).to.deep.equal(
      {
        service: "api-1",
        serviceName: "api-1",
        url: "http://a",
      },
    );
  });
});
