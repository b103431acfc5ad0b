import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { writeAccount } from "@koa-fargate/workbench/pipeline/bootstrap/account-file.ts";
import { accountSteps, outputs } from "@koa-fargate/workbench/pipeline/bootstrap/account-steps.ts";
import { runSteps } from "@koa-fargate/workbench/pipeline/bootstrap/steps.ts";
import { runCommand, type RunCommand } from "@koa-fargate/workbench/lib/command.ts";
import { failure } from "../../packages/workbench/test/pipeline/delivery/fakes.ts";
import { engineIsHere } from "../helpers/parts.ts";
import { writeFrozenFiles, writeFrozenProject } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const STAND_IN = path.join(REPOSITORY, "test/engine/stand-in.ts");
/** The account of the stand-in. */
const settings = {
  accountId: "123456789012",
  subjectPrefix: "repo:octo-org@1/octo-repo@2",
  region: "eu-west-1",
  stacks: ["dev"],
};

/** The steps of npm run bootstrap on the real engine; a folder stands in for the bucket. */
describe("Bootstrap on the real engine", function () {
  let root: string;
  let aws: ChildProcess | undefined;
  let run: RunCommand;
  /** Command that fails. */
  let broken: string | undefined;

  before(async function () {
    if (!engineIsHere()) this.skip();
    root = mkdtempSync(path.join(tmpdir(), "bootstrap-engine-"));
    writeFrozenProject(root);
    for (const folder of ["bootstrap", "packages"])
      cpSync(path.join(REPOSITORY, folder), path.join(root, folder), { recursive: true });
    writeFrozenFiles(root);
    cpSync(path.join(REPOSITORY, "app"), path.join(root, "app"), {
      recursive: true,
      filter: (source) => !source.endsWith("node_modules"),
    });
    symlinkSync(path.join(REPOSITORY, "app/node_modules"), path.join(root, "app/node_modules"));
    mkdirSync(path.join(root, "bucket"));
    const file = path.join(root, "bootstrap/Pulumi.account.yaml");
    await writeAccount(file, settings);
    // One stack: each evaluation of the program plans them all.
    appendFileSync(file, `  ${PROJECT}-bootstrap:stacks: ${JSON.stringify(settings.stacks)}\n`);

    const child = spawn(process.execPath, [STAND_IN, "aws"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    aws = child;
    // The first line is the port of the stand-in's API, the second the plugin's.
    const ports: string[] = [];
    for await (const line of createInterface(child.stdout)) if (ports.push(line) === 2) break;
    const port = ports[1] ?? "";
    run = (command, args, options = {}) => {
      if (args.slice(0, 2).join(" ") === broken)
        return Promise.resolve({ code: 1, stdout: "", stderr: "broken" });
      const backend = options.env?.["PULUMI_BACKEND_URL"] ?? "";
      return runCommand(command, args, {
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        env: {
          ...options.env,
          PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
          PULUMI_HOME: path.join(root, "home"),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DEBUG_PROVIDERS: `aws:${port}`,
          PULUMI_BACKEND_URL: backend.startsWith("s3:")
            ? `file://${path.join(root, "bucket")}`
            : backend,
        },
      });
    };
  });

  after(async () => {
    if (aws === undefined) return;
    const ended = once(aws, "exit");
    aws.kill();
    await ended;
    rmSync(root, { recursive: true, force: true });
  });

  const go = () =>
    runSteps(
      accountSteps({ run, root, account: "account", settings }),
      { print: () => undefined, confirm: () => Promise.resolve(true) },
      { dryRun: false },
    );

  it("creates the account's resources, moves the state, though the move breaks off, and then has nothing to do", async () => {
    broken = "stack import";
    expect(await failure(go())).to.equal("pulumi stack import ended with exit code 1: broken");
    broken = undefined;
    expect(await go()).to.deep.equal(["done before", "done before", "done", "done before"]);
    expect(await go()).to.deep.equal(Array.from({ length: 4 }, () => "done before"));
  });

  it("leaves the state in the bucket, and a copy aside", async () => {
    const state = readFileSync(
      path.join(root, `bucket/.pulumi/stacks/${PROJECT}-bootstrap/account.json`),
      "utf8",
    );
    expect(state).to.include(`${PROJECT}-state-123456789012-eu-west-1`);
    expect(existsSync(path.join(root, ".local/bootstrap/account/.pulumi"))).to.equal(false);
    expect(existsSync(path.join(root, ".local/bootstrap/account/moved"))).to.equal(true);
    const found = await outputs(run, path.join(root, "bootstrap"), "account", "s3://bucket");
    expect(Object.keys(found?.environments ?? {}).sort()).to.deep.equal(["dev", "preview-dev"]);
  });
});
