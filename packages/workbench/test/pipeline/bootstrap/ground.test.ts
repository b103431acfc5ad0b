import { expect } from "chai";
import {
  readGround,
  refuseLacking,
  type Approval,
} from "../../../src/pipeline/bootstrap/ground.ts";
import { failure, fakeCommands, type Answer } from "../delivery/fakes.ts";

/** As GitHub Docs, REST API, "Get a repository", has them. */
const REPOSITORY = {
  ...{ id: 654321, name: "octo-repo", full_name: "octo-org/octo-repo", visibility: "private" },
  owner: { login: "octo-org", id: 123456, type: "Organization" },
  created_at: "2026-08-01T12:00:00Z",
  permissions: { admin: true, push: true, pull: true },
};

const json = (value: unknown): Answer => ({ stdout: JSON.stringify(value) });
const ground = (
  repository: object = REPOSITORY,
  plan: Answer = json({ login: "octo-org", plan: { name: "team" } }),
) =>
  readGround(
    fakeCommands({
      "gh auth status": {},
      "gh api repos/octo-org/octo-repo": json(repository),
      "gh api orgs/octo-org": plan,
      "gh api user": plan,
    }).run,
    "octo-org/octo-repo",
  );

describe("What GitHub has for a repository", () => {
  const has = async (visibility: string, plan: Answer, type = "Organization") =>
    (await ground({ ...REPOSITORY, visibility, owner: { ...REPOSITORY.owner, type } }, plan)).has;
  const plan = (name: string) => json({ login: "octo-org", plan: { name } });
  const ALL = { environments: true, reviewers: true, attestations: true };
  const NONE = { environments: false, reviewers: false, attestations: false };

  it("follows from its visibility and its owner's plan", async () => {
    expect(await has("public", plan("free"))).to.deep.equal(ALL);
    expect(await has("private", plan("free"), "User")).to.deep.equal(NONE);
    for (const name of ["pro", "team"])
      expect(await has("private", plan(name)), name).to.deep.equal({ ...NONE, environments: true });
    expect(await has("internal", plan("enterprise"))).to.deep.equal(ALL);
    // Only the owners of an organization see its plan: GitHub itself refuses then.
    expect(await has("private", { code: 1 })).to.deep.equal(ALL);
    expect(await has("private", json({ login: "octo-org" }))).to.deep.equal(ALL);
  });

  it("has subjects with numbers since they are the default", async () => {
    expect((await ground()).subjectPrefix).to.equal("repo:octo-org@123456/octo-repo@654321");
    const older = { ...REPOSITORY, created_at: "2026-07-14T23:59:59Z" };
    expect((await ground(older)).subjectPrefix).to.equal("repo:octo-org/octo-repo");
  });

  it("is looked at by somebody who may change it", async () => {
    const fails = (rules: Record<string, Answer>) =>
      failure(readGround(fakeCommands(rules).run, "o/r"));
    expect(await fails({ "gh auth status": { code: 1, stderr: "not logged in" } })).to.equal(
      "gh is not signed in to GitHub: gh auth login. It says: not logged in",
    );
    const signedIn = { "gh auth status": {} };
    expect(await fails({ ...signedIn, "gh api": { code: 1 } })).to.equal(
      "GitHub knows no repository o/r, or not for this login: gh auth status says which it is.",
    );
    const reader = { ...REPOSITORY, permissions: { admin: false } };
    expect(await fails({ ...signedIn, "gh api": json(reader) })).to.equal(
      "This login may not administer o/r, which environments, variables and rules need: ask one of its administrators for the role, or to run this.",
    );
  });

  it("refuses what is not there, with what can be done instead", async () => {
    const nobody: Approval = { reviewers: [], unreviewed: false, byHand: false };
    const team = await ground();
    const refused =
      (approval = nobody, on = team) =>
      () => {
        refuseLacking(on, approval);
      };
    expect(refused()).to.throw(
      "octo-org/octo-repo is private, and GitHub asks nobody for an approval there on the plan team: run again with --promote-by-hand, so that prod changes by the workflow control alone, or with --no-reviewer, so that every merge deploys it. Nothing was changed.",
    );
    expect(refused({ ...nobody, byHand: true })).to.not.throw();
    expect(refused({ ...nobody, byHand: true, reviewers: ["ann"] })).to.throw(
      "on the plan team: run again without --reviewer, with --promote-by-hand, so that prod changes",
    );
    expect(refused({ ...nobody, unreviewed: true })).to.not.throw();
    expect(refused({ ...nobody, byHand: true }, { ...team, plan: "free", has: NONE })).to.throw(
      "octo-org/octo-repo is private, and GitHub has no environments for private repositories on the plan free, by which the workflows are told from each other: make it public, or move to GitHub Pro or Team. Nothing was changed.",
    );
  });
});
