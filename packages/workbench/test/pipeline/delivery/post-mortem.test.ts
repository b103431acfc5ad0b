import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deploy, DeploymentError } from "../../../src/pipeline/delivery/deployment.ts";
import { GitHub } from "../../../src/pipeline/delivery/github.ts";
import { keepIssue } from "../../../src/pipeline/delivery/issues.ts";
import { deploymentsOf, noted } from "../../../src/pipeline/delivery/post-mortem.ts";
import { plan } from "../../review/diff/change.ts";
import { failure, fakeCommands } from "./fakes.ts";
import { GitHubStandIn } from "./github-stand-in.ts";

const RUN = "https://github.test/o/r/actions/runs/9";

describe("Issue of a deployment that failed", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "post-mortem-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const fails = (step: string, error: Error) =>
    failure(noted("prod", step, () => Promise.reject(error), folder));
  const works = (step: string) => noted("prod", step, () => Promise.resolve(), folder);
  const texts = async (results: Record<string, string>) =>
    (await deploymentsOf(folder, JSON.stringify(results), RUN)).map(({ text }) => text);

  it("has the post-mortem, without secrets, and what runs since", async () => {
    const error = new DeploymentError(
      "prod: pulumi up ended with exit code 1; its output says why.",
      "Diagnostics:\n  error: the deployment was rolled back\n    cause the app refused postgres://a:hunter2hunter2@db/x\n````",
    );
    expect(await fails("up", error)).to.equal(error.message);
    await works("roll-back");
    const [text = ""] = await texts({ prod: "failure" });
    expect(text.split("\n")).to.deep.equal([
      `**prod** was not deployed as it should have been: ${RUN}`,
      "",
      "### Deployment",
      "",
      "`````text",
      "prod: pulumi up ended with exit code 1; its output says why.",
      "",
      "Diagnostics:",
      "  error: the deployment was rolled back",
      "    cause the app refused postgres://[redacted]@db/x",
      "````",
      "`````",
      "",
      "The image before runs again. What else the commit changed stays: revert it to undo that, or restore the deployment before by `control.yml`.",
      "",
      "This issue closes itself when the next deployment of prod succeeds.",
    ]);
  });

  it("says where nothing was changed, taken back, or could be", async () => {
    expect((await texts({ prod: "failure" }))[0]).to.include(
      "Nothing of it was changed: the run failed before, and its log says where.",
    );
    await works("up");
    await fails("smoke", new Error("503"));
    expect((await texts({ prod: "failure" }))[0]).to.include("**It was not taken back.**");
    await fails("roll-back", new Error("locked"));
    const [text] = await texts({ prod: "failure" });
    expect(text).to.include("**It could not be taken back.**");
    expect(text).to.match(/### Smoke test[^]*### Way back/);
  });

  it("is opened once, updated, and closed by the next that succeeds; what was skipped says nothing", async () => {
    const api = new GitHubStandIn();
    await api.start();
    try {
      const github = new GitHub({ apiUrl: api.url, repository: "o/r", token: "t" });
      const report = async (results: Record<string, string>) => {
        const outcomes: string[] = [];
        for (const concern of await deploymentsOf(folder, JSON.stringify(results), RUN))
          outcomes.push(`${concern.name} ${await keepIssue(github, concern)}`);
        return outcomes;
      };
      expect(await report({ dev: "success", prod: "failure" })).to.deep.equal([
        "deployment dev none",
        "deployment prod opened",
      ]);
      expect(await report({ dev: "success", prod: "skipped" })).to.deep.equal([
        "deployment dev none",
      ]);
      expect(await report({ prod: "failure" })).to.deep.equal(["deployment prod updated"]);
      expect(await report({ prod: "success" })).to.deep.equal(["deployment prod closed"]);
      expect(api.comments.map(({ body }) => body)).to.deep.equal([`prod was deployed: ${RUN}`]);
    } finally {
      await api.stop();
    }
  });
});

describe("A deployment that fails", () => {
  it("keeps Pulumi's diagnostics, where ECS's own are, and else the end of its output", async () => {
    const output = async (stdout: string): Promise<string> => {
      const { run } = fakeCommands({ "pulumi up": { code: 1, stdout } });
      try {
        await deploy({ run }, plan([]), "image");
      } catch (error) {
        return (error as DeploymentError).output;
      }
      throw new Error("expected a failure");
    };
    expect(await output("Updating\n\nDiagnostics:\n  error: why\n")).to.equal(
      "Diagnostics:\n  error: why",
    );
    expect(await output("only this")).to.equal("only this");
  });
});
