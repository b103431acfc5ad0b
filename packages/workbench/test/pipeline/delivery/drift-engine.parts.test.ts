import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { runCommand, succeed, type RunCommand } from "../../../src/lib/command.ts";
import { findDrift } from "../../../src/pipeline/delivery/drift.ts";
import { engineIsHere } from "../../../../../test/helpers/parts.ts";
import { REPOSITORY } from "./workflow-files.ts";

const FIXTURE = path.join(import.meta.dirname, "drift-fixture");

/** A change behind Pulumi's back, found by the real engine. */
describe("Drift on the real engine", function () {
  let root: string;
  let provider: ChildProcess;
  let run: RunCommand;
  const cloud = (): string => path.join(root, "cloud.json");

  before(async function () {
    if (!engineIsHere()) this.skip();
    root = mkdtempSync(path.join(tmpdir(), "drift-"));
    cpSync(FIXTURE, path.join(root, "project"), { recursive: true });
    writeFileSync(
      path.join(root, "project/package.json"),
      JSON.stringify({ type: "module", main: "index.ts" }),
    );
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(root, "project/node_modules"));
    mkdirSync(path.join(root, "state"));
    const script = path.join(FIXTURE, "file-cloud.ts");
    provider = spawn(process.execPath, [script, cloud()], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface(provider.stdout ?? process.stdin);
    const [port] = (await once(lines, "line")) as [string];
    run = (command, args) =>
      runCommand(command, args, {
        cwd: path.join(root, "project"),
        env: {
          PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
          PULUMI_HOME: path.join(root, "home"),
          PULUMI_BACKEND_URL: `file://${path.join(root, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "drift test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: `filecloud:${port}`,
        },
      });
    await succeed(run, "pulumi", ["stack", "init", "t"]);
    await succeed(run, "pulumi", ["up", "--stack", "t", "--yes", "--skip-preview"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    const child = provider as ChildProcess | undefined;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill();
    await ended;
    rmSync(root, { recursive: true, force: true });
  });

  const state = (): string =>
    readFileSync(path.join(root, "state/.pulumi/stacks/drift-fixture/t.json"), "utf8");

  it("is none right after a deployment", async () => {
    expect((await findDrift({ run }, "t")).drift).to.equal(false);
  });

  it("is found where something changed or is gone, and the state stays as it was", async () => {
    const before = state();
    writeFileSync(cloud(), JSON.stringify({ first: { size: "large" } }));

    expect(await findDrift({ run }, "t")).to.deep.equal({
      stack: "t",
      drift: true,
      changes: ["delete filecloud:index:Thing second", "update filecloud:index:Thing first"],
    });
    expect(state()).to.equal(before);
  });
});
