import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Engine, engineIsHere, type Result } from "./engine.ts";

/** First-run success hides second-run failure: one life of a stack, step after step, on the real engine. */
describe("The life of a stack on the real engine", function () {
  this.timeout(300_000);
  let engine: Engine;
  let released = "";

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("is created, and is unchanged after a touch", async () => {
    await up();
    await unchanged();
    released = await output("imageUri");
  });

  it("fails `up` for a deployment that ECS rolled back, and again while nothing is mended", async () => {
    changeApp("0.2.0");
    await engine.control({ outcome: "rolls-back" });
    const first = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    const second = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);

    for (const result of [first, second]) {
      expect(result.code).to.equal(1);
      expect(said(result, "the deployment was rolled back")).to.deep.equal([
        "error: the deployment was rolled back: revision 2 is not running, revision 1 is.",
      ]);
    }
    expect(await output("url")).to.match(/^http:\/\/load-balancer-/);
  });

  it("succeeds once the app is mended", async () => {
    changeApp("0.2.1");
    await up();
    await unchanged();
  });

  it("changes to canary, and ECS's weights are no drift", async () => {
    set("deploymentStrategy", "canary");
    set("spotPercent", "0");
    await up();
    changeApp("0.3.0");
    await up();
    await unchanged(["--refresh"]);
  });

  it("refuses to become rolling while the green group carries the traffic", async () => {
    set("deploymentStrategy", "rolling");
    const refused = await engine.pulumi(["preview", "--stack", "dev"]);
    set("deploymentStrategy", "canary");

    expect(refused.code).to.equal(1);
    expect(said(refused, "deploymentStrategy would become rolling")).to.have.length(1);
  });

  it("becomes rolling once the blue group carries it again", async () => {
    changeApp("0.4.0");
    await up();
    await unchanged(["--refresh"]);
    set("deploymentStrategy", "rolling");
    await up();
    await unchanged(["--refresh"]);
  });

  it("sleeps without being woken or reported as drift", async () => {
    await engine.control({ asleep: true });
    await unchanged(["--refresh"]);
    const { code, stdout } = await engine.pulumi([
      "up",
      "--stack",
      "dev",
      "--yes",
      "--skip-preview",
    ]);
    await engine.control({ asleep: false });

    expect(code).to.equal(0);
    expect(said({ code, stdout, stderr: "" }, "warning: asleep")).to.have.length(1);
  });

  it("goes back to the first release by its digest, and forward again", async () => {
    set("image", released);
    await up();
    expect(await output("imageUri")).to.equal(released);
    await unchanged();

    unset("image");
    await up();
    await unchanged();
  });

  const up = (): Promise<string> =>
    engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);

  const unchanged = (flags: readonly string[] = []): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes", ...flags]);

  const output = async (name: string): Promise<string> =>
    (await engine.succeed(["stack", "output", name, "--stack", "dev"])).trim();

  /** Comments do not reach the bundle; the version of the package does. */
  function changeApp(version: string): void {
    const file = path.join(engine.project, "app/package.json");
    const app = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...app, version }));
  }

  const stackFile = (): string => path.join(engine.project, "Pulumi.dev.yaml");

  function set(key: string, value: string): void {
    unset(key);
    const text = readFileSync(stackFile(), "utf8");
    writeFileSync(
      stackFile(),
      text.replace("config:\n", `config:\n  koa-fargate:${key}: ${value}\n`),
    );
  }

  function unset(key: string): void {
    const text = readFileSync(stackFile(), "utf8");
    writeFileSync(stackFile(), text.replace(new RegExp(`^ +koa-fargate:${key}: .*\n`, "m"), ""));
  }
});

/** Lines of the output that hold `text`, each once: the CLI repeats diagnostics. */
function said({ stdout, stderr }: Result, text: string): string[] {
  const lines = (stdout + stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(text) && !line.startsWith("pulumi:pulumi:Stack"));
  return [...new Set(lines)];
}
