import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../../src/lib/command.ts";
import { dueRelease, nextVersion } from "../../../src/pipeline/delivery/release.ts";

describe("A release", () => {
  let root = "";
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: root,
    });
  };
  const changelog = (text: string): void => {
    writeFileSync(path.join(root, "CHANGELOG.md"), `# Changelog\n\n## [Unreleased]\n\n${text}`);
    git("add", ".");
    git("commit", "--quiet", "--allow-empty", "-m", "change");
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "release-"));
    git("init", "--quiet");
    writeFileSync(path.join(root, "package.json"), '{"version":"0.1.0"}');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const due = () => dueRelease(runCommand, root, "https://github.com/o/r");

  it("is due where the changelog has entries that the last tag did not have, and is made of them", async () => {
    changelog("### Added\n\n- One thing that\n  goes on, [here](docs/a.md).\n");
    const first = "- One thing that goes on, [here](https://github.com/o/r/blob/v0.1.0/docs/a.md).";
    expect(await due()).to.deep.equal({ version: "0.1.0", notes: `### Added\n\n${first}\n` });
    git("tag", "v0.1.0");
    expect(await due()).to.equal(undefined);
    changelog(
      "### Added\n\n- One thing that goes\n  on, [here](docs/a.md).\n\n### Fixed\n\n- A bug.\n\n## 0.0.1\n\n### Added\n\n- Old.\n",
    );
    // Wrapped otherwise, it is the same entry.
    expect(await due()).to.deep.equal({ version: "0.1.1", notes: "### Fixed\n\n- A bug.\n" });
  });

  it("goes by its last tag, and by no other", async () => {
    changelog("### Fixed\n\n- A bug.\n");
    git("tag", "v1.2.3");
    git("tag", "verified");
    changelog("### Removed\n\n- A key.\n\n### Fixed\n\n- A bug.\n");
    expect((await due())?.version).to.equal("2.0.0");
  });

  it("has a version by what is in it", () => {
    const next = (last: string, ...headings: string[]) =>
      nextVersion(last, new Map(headings.map((heading) => [heading, ["- x"]])));
    expect(next("0.1.9", "Fixed", "Security")).to.equal("0.1.10");
    expect(next("0.1.9", "Fixed", "Changed")).to.equal("0.2.0");
    expect(next("0.1.9", "Removed")).to.equal("0.2.0");
    expect(next("1.4.2", "Added")).to.equal("1.5.0");
    expect(next("1.4.2", "Added", "Removed")).to.equal("2.0.0");
  });
});
