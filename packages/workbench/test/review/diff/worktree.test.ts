import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { withWorktree } from "../../../src/review/diff/worktree.ts";
import { program, repository, type Repository } from "./repository.ts";

describe("withWorktree", () => {
  let repo: Repository;
  const head = (): { ref: string; commit: string } => ({
    ref: "HEAD",
    commit: repo.git("rev-parse", "HEAD"),
  });

  beforeEach(async () => {
    repo = await repository(program("lb.TargetGroup"));
  });

  afterEach(() => repo.remove());

  it("checks out what a plan may read, and links what is installed", async () => {
    for (const folder of ["app", "docs", "test", "bench"]) {
      mkdirSync(path.join(repo.path, folder));
      repo.write(`${folder}/file`, folder);
    }
    mkdirSync(path.join(repo.path, "app/docs"));
    repo.write("app/docs/file", "docs of the app");
    repo.git("add", ".");
    repo.git("commit", "--quiet", "-m", "folders");
    mkdirSync(path.join(repo.path, "app/node_modules"));
    const [files, inApp, modules] = await withWorktree(repo.path, head(), ["app"], async (folder) =>
      Promise.resolve([
        readdirSync(folder).sort(),
        readdirSync(path.join(folder, "app")).sort(),
        realpathSync(path.join(folder, "node_modules")),
      ]),
    );
    expect(files).to.deep.equal(
      [
        ".git",
        ".gitignore",
        "Pulumi.dev.yaml",
        "Pulumi.yaml",
        "app",
        "index.ts",
        "node_modules",
        "package.json",
        "workbench.config.ts",
      ].sort(),
    );
    expect(inApp).to.deep.equal(["docs", "file", "node_modules"]);
    expect(modules).to.equal(realpathSync(path.join(repo.path, "node_modules")));
  });

  it("uses one folder run after run, and another while that one is in use", async () => {
    const folderOf = (work: (folder: string) => Promise<void>): Promise<string> =>
      withWorktree(repo.path, head(), [], async (folder) => {
        await work(folder);
        return folder;
      });
    let second = "";
    const first = await folderOf(async () => {
      second = await folderOf(async () => Promise.resolve());
    });
    expect(second).not.to.equal(first);
    expect(await folderOf(async () => Promise.resolve())).to.equal(first);
    expect([first, second].filter((folder) => existsSync(path.dirname(folder)))).to.deep.equal([]);
    expect(repo.git("worktree", "list").split("\n")).to.have.length(1);
  });

  it("is not kept from it by what git noted of a run that was killed", async () => {
    const folderOf = (): Promise<string> =>
      withWorktree(repo.path, head(), [], (folder) => Promise.resolve(folder));
    const folder = await folderOf();
    repo.git("worktree", "add", "--detach", "--quiet", folder, "HEAD");
    rmSync(path.dirname(folder), { recursive: true });
    expect(repo.git("worktree", "list").split("\n")).to.have.length(2);
    expect(await folderOf()).to.equal(folder);
    expect(repo.git("worktree", "list").split("\n")).to.have.length(1);
  });
});
