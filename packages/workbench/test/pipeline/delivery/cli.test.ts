import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { childEnvironment } from "../../../../../test/helpers/environment.ts";
import { tool } from "../../../../../test/helpers/tool.ts";

const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  tool("packages/workbench/src/pipeline/delivery/cli.ts", args, { env: childEnvironment(env) });

describe("Command line of the delivery", function () {
  it("names a command's missing options", async () => {
    expect(await cli(["up", "--stack", "dev"])).to.deep.equal({
      code: 2,
      stdout: "",
      stderr: "up needs --image.\n",
    });
  });

  it("names the commands when it is given another", async () => {
    const { code, stderr } = await cli(["deploy"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^There is no deploy\. The commands are build-image, prepare, /);
  });

  it("refuses an option that the command does not take", async () => {
    const { code, stderr } = await cli(["drift", "--stack", "dev", "--outptu", "x"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^drift: Unknown option '--outptu'/);
  });

  it("says in one sentence what a workflow would have set", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cli-"));
    try {
      const body = path.join(folder, "comment.md");
      writeFileSync(body, "text");
      expect(await cli(["upsert-comment", "--body", body, "--pull-request", "5"])).to.deep.equal({
        code: 1,
        stdout: "",
        stderr: "GITHUB_REPOSITORY is not set: a workflow sets it, see .github/workflows.\n",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("pushes nothing but what was scanned: not the build of another base that took its place", async () => {
    const layout = mkdtempSync(path.join(tmpdir(), "layout-"));
    try {
      const [scanned, swapped] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
      const index = JSON.stringify({ manifests: [{ digest: swapped }] });
      writeFileSync(path.join(layout, "index.json"), index);
      const { code, stdout, stderr } = await cli([
        ...["push-image", "--repository", "r", "--layout", layout, "--tag", "app-1"],
        ...["--digest", scanned ?? ""],
      ]);
      expect([code, stdout, stderr]).to.deep.equal([
        ...[1, ""],
        `${layout} holds ${swapped ?? ""}, but ${scanned ?? ""} was scanned and is to be deployed: run the workflow again from its beginning.\n`,
      ]);
    } finally {
      rmSync(layout, { recursive: true });
    }
  });

  it("adds a text to the page of the run", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cli-"));
    try {
      const [text, page] = [path.join(folder, "plan.txt"), path.join(folder, "page.md")];
      writeFileSync(text, "dev: 95 resources\n");
      const { code } = await cli(["summary", "--title", "dev", "--file", text], {
        GITHUB_STEP_SUMMARY: page,
      });
      expect(code).to.equal(0);
      expect(readFileSync(page, "utf8")).to.equal("### dev\n\n```text\ndev: 95 resources\n```\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
