import { expect } from "chai";
import { runCommand, succeed, type RunCommand } from "../../../src/lib/command.ts";
import { targetOf } from "../../../src/pipeline/delivery/control.ts";
import { deploy, prepare, rollBack } from "../../../src/pipeline/delivery/deployment.ts";
import { refuseOvertaken, updates } from "../../../src/pipeline/delivery/history.ts";
import { findDrift } from "../../../src/pipeline/delivery/drift.ts";
import { previewStack, stackOutputs } from "../../../src/pipeline/delivery/pulumi.ts";
import { frozenFileWithApp, planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { Engine } from "../../../../../test/engine/engine.ts";
import { resourcesByUrn } from "../../../../../test/engine/state.ts";
import { failure } from "./fakes.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { engineIsHere } from "../../../../../test/helpers/parts.ts";

/** The steps of deploy.yml on the real Pulumi engine, with stand-ins for the cloud. */
describe("Delivery on the real engine", function () {
  let engine: Engine;
  let plan: Plan;
  let repository: string;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    plan = await planFrozen({ stack: "dev", file: frozenFileWithApp("dev") });
  });
  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  const run: RunCommand = async (command, args) => {
    if (command !== "pulumi") return runCommand(command, args, { cwd: engine.project });
    const { code, ...output } = await engine.pulumi(args);
    return { code: code ?? 1, ...output };
  };
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    return (await succeed(run, "git", [...identity, ...args])).trim();
  };
  const image = (digit: string): string => `${repository}@sha256:${digit.repeat(64)}`;
  const running = async (): Promise<string | undefined> =>
    (await stackOutputs({ run }, "dev"))?.["imageUri"];

  it("refuses a stack that does not exist", async () => {
    expect(await stackOutputs({ run }, "dev")).to.equal(undefined);
  });

  it("creates the repository alone before the first deployment", async () => {
    await engine.succeed(["stack", "init", "dev"]);
    const prepared = await prepare({ run }, plan);

    repository = prepared.repositoryUrl;
    expect(prepared).to.deep.equal({ repositoryUrl: plan.outputs["repositoryUrl"], before: "" });
    const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
    expect([...state.keys()].map((urn) => urn.split("::")[2]?.split("$").at(-1))).to.have.members([
      "pulumi:pulumi:Stack",
      "koa-fargate:registry:Registry",
      "aws:ecr/repository:Repository",
    ]);
  });

  it("deploys an image by digest, and then has nothing to do", async () => {
    await deploy({ run }, plan, image("1"));
    expect(await running()).to.equal(image("1"));

    const preview = await previewStack({ run }, "dev", { [`${PROJECT}:image`]: image("1") });
    expect([preview.exitCode, preview.error]).to.deep.equal([0, ""]);
    const { changeSummary } = preview.preview as { changeSummary: Record<string, number> };
    expect(Object.keys(changeSummary)).to.deep.equal(["same"]);
    expect(await findDrift({ run }, "dev")).to.deep.equal({
      stack: "dev",
      drift: false,
      changes: [],
    });
  });

  it("goes back to the image before", async () => {
    const { before } = await prepare({ run }, plan);
    await deploy({ run }, plan, image("2"));
    expect(await running()).to.equal(image("2"));

    await rollBack({ run }, plan, { before, image: image("2") });
    expect(await running()).to.equal(image("1"));
    // By which one that failed is found.
    const [last] = await updates({ run }, "dev");
    expect(last?.message).to.equal(`way back to ${image("1")}`);
    expect(last?.config?.[`${PROJECT}:image`]?.value).to.equal(image("1"));
  });

  it("refuses a commit that was overtaken, and nothing else", async () => {
    // Nothing noted a commit so far.
    await git("init", "--quiet");
    await git("commit", "--quiet", "--allow-empty", "--message", "older");
    await git("update-ref", "refs/remotes/origin/main", "HEAD");
    await refuseOvertaken({ run }, "dev");
    const older = await git("rev-parse", "HEAD");
    await git("commit", "--quiet", "--allow-empty", "--message", "newer");
    const newer = await git("rev-parse", "HEAD");
    await git("update-ref", "refs/remotes/origin/main", "HEAD");
    await deploy({ run }, plan, image("1"));

    await refuseOvertaken({ run }, "dev");
    await git("checkout", "--quiet", older);
    expect(await failure(refuseOvertaken({ run }, "dev"))).to.equal(
      `Stack dev was deployed from commit ${newer.slice(0, 7)}, which is later on main than this one. Run the workflow on main to deploy the newest commit; to go back, revert on main or use npm run rollback.`,
    );
    await refuseOvertaken({ run }, "prod");
  });

  it("restores the deployment before, its program with its image, by the stack's own record", async function () {
    const kept = async (): Promise<unknown> => {
      const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
      const logs = [...state].find(([urn]) => urn.endsWith("LogGroup::api"));
      return logs?.[1]["retentionInDays"];
    };
    const deployed = async (days: string, digit: string): Promise<string> => {
      const key = `${PROJECT}:logRetentionDays`;
      await engine.succeed(["config", "set", key, days, "--stack", "dev"]);
      await git("add", "--force", "Pulumi.dev.yaml");
      await git("commit", "--quiet", "--message", `${days} days`);
      await git("update-ref", "refs/remotes/origin/main", "HEAD");
      await deploy({ run }, plan, image(digit));
      return git("rev-parse", "HEAD");
    };
    await git("checkout", "--quiet", "--force", "--detach", "refs/remotes/origin/main");
    const before = await deployed("14", "3");
    const head = await deployed("30", "4");
    expect(await kept()).to.equal(30);

    const wanted = { action: "restore", stack: "dev", digest: "", commit: "", reason: "tried" };
    const key = `${PROJECT}:image`;
    const target = await targetOf({ run }, wanted, { key, head, repository });
    expect(target).to.deep.equal({
      commit: before,
      digest: image("3").slice(image("3").indexOf("@") + 1),
      image: image("3"),
    });
    await git("checkout", "--quiet", "--force", target.commit);
    await deploy({ run }, plan, target.image);
    expect([await running(), await kept()]).to.deep.equal([image("3"), 14]);
  });
});
