import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { appCommit, commitOf } from "../../../components/registry/app-commit.ts";
import { Folders } from "./helpers/folder.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

describe("appCommit", () => {
  const folders = new Folders();
  let repository = "";
  let app = "";
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  beforeEach(() => {
    repository = folders.make({ "app/index.js": "1", ".gitignore": "node_modules\n" });
    app = path.join(repository, "app");
    git("init", "--quiet");
  });

  afterEach(() => {
    folders.remove();
  });

  it("is the repository's, whatever differs outside of the app's folder or is ignored", () => {
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    writeFileSync(path.join(repository, "other.js"), "2");
    mkdirSync(path.join(app, "node_modules"));
    writeFileSync(path.join(app, "node_modules/x.js"), "3");

    expect(appCommit(app)).to.equal(git("rev-parse", "HEAD"));
  });

  it("says so where a file of the app was changed, added or removed", () => {
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    const head = git("rev-parse", "HEAD");

    writeFileSync(path.join(app, "index.js"), "2");
    expect(appCommit(app), "changed").to.equal(`${head}-dirty`);
    git("checkout", "--", ".");
    expect(appCommit(app), "as committed").to.equal(head);
    writeFileSync(path.join(app, "new.js"), "1");
    expect(appCommit(app), "added").to.equal(`${head}-dirty`);
    rmSync(path.join(app, "new.js"));
    rmSync(path.join(app, "index.js"));
    expect(appCommit(app), "removed").to.equal(`${head}-dirty`);
  });

  it("is empty before the first commit, and where there is no repository or no folder", () => {
    expect(appCommit(app), "no commit").to.equal("");
    rmSync(path.join(repository, ".git"), { recursive: true });
    expect(appCommit(app), "no repository").to.equal("");
    expect(appCommit(path.join(app, "none")), "no folder").to.equal("");
  });

  it("is empty where the repository around it does not track the app, and heeds no setting about untracked files", () => {
    git("add", ".gitignore");
    git("commit", "--quiet", "--message", "first");
    git("config", "status.showUntrackedFiles", "no");
    expect(appCommit(app), "not tracked").to.equal("");
    writeFileSync(path.join(repository, ".git/info/exclude"), "app\n");
    expect(appCommit(app), "ignored").to.equal("");
    rmSync(path.join(repository, ".git/info/exclude"));
    git("add", ".");
    git("commit", "--quiet", "--message", "second");
    writeFileSync(path.join(app, "new.js"), "1");
    expect(appCommit(app), "added").to.equal(`${git("rev-parse", "HEAD")}-dirty`);
  });

  it("is that of the app's repository inside of a hook of another one", () => {
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    process.env["GIT_DIR"] = ".git";
    try {
      expect(appCommit(app)).to.match(/^[0-9a-f]{40}$/);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });

  it("reads git's own words", () => {
    expect(commitOf(`# branch.oid ${COMMIT}\n# branch.head main\n`)).to.equal(COMMIT);
    expect(commitOf(`# branch.oid ${COMMIT}\n# branch.head main\n? a.js\n`)).to.equal(
      `${COMMIT}-dirty`,
    );
    expect(commitOf(`# branch.oid ${COMMIT}\n! node_modules/\n`)).to.equal(COMMIT);
    expect(commitOf(`# branch.oid ${COMMIT}\n? ./\n`)).to.equal("");
    expect(commitOf(`# branch.oid ${COMMIT}\n! ./\n`)).to.equal("");
    expect(commitOf("# branch.oid (initial)\n# branch.head main\n")).to.equal("");
    expect(commitOf("")).to.equal("");
  });
});
