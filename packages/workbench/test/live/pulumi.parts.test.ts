import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isOnPath } from "../../../../test/helpers/parts.ts";
import { pulumiCli } from "../../src/live/pulumi.ts";
import { readStack } from "../../src/live/stack.ts";

describe("The Pulumi CLI under the commands", function () {
  const saved = { ...process.env };
  const project = process.cwd();
  let folder: string;

  before(function () {
    if (!isOnPath("pulumi")) this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "ops-pulumi-"));
    mkdirSync(path.join(folder, "state"));
    writeFileSync(
      path.join(folder, "Pulumi.yaml"),
      'name: shop\nruntime: nodejs\nconfig:\n  minCapacity: { type: integer, default: 2 }\n  image: { type: string, default: "" }\n',
    );
    writeFileSync(
      path.join(folder, "Pulumi.dev.yaml"),
      "config:\n  # why\n  shop:minCapacity: 1\n",
    );
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_HOME: path.join(folder, "home"),
    });
    process.chdir(folder);
    spawnSync("pulumi", ["stack", "init", "dev"], { stdio: "ignore" });
  });

  after(() => {
    process.chdir(project);
    process.env = saved;
    if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true });
  });

  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "nothing failed",
      (error: unknown) => (error as Error).message,
    );

  it("reads what the commands write", async () => {
    const pulumi = pulumiCli();
    await pulumi.setConfig("dev", { minCapacity: 3, image: "r@sha256:a" });
    expect(await pulumi.getConfig("dev", "minCapacity")).to.equal("3");
    expect(await pulumi.getConfig("dev", "image")).to.equal("r@sha256:a");
    expect(await pulumi.getConfig("dev", "nothing")).to.equal(undefined);
    expect(readFileSync("Pulumi.dev.yaml", "utf8").split("\n").slice(0, 4)).to.deep.equal([
      "config:",
      "  # why",
      "  shop:minCapacity: 3",
      "  shop:image: r@sha256:a",
    ]);
  });

  it("has nothing for a stack that was never deployed", async () => {
    const pulumi = pulumiCli();
    expect(await pulumi.outputs("dev")).to.deep.equal({});
    expect(await pulumi.resources("dev")).to.deep.equal([]);
    expect(await failure(readStack(pulumi, "dev"))).to.equal(
      "Stack dev has no service yet. Deploy it first: pulumi up --stack dev",
    );
  });

  it("says that there is no such stack", async () => {
    expect(await failure(pulumiCli().outputs("nowhere"))).to.equal(
      "There is no stack nowhere in this project and backend. `pulumi stack ls` lists them.",
    );
  });
});
