import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GitHub } from "../../../src/pipeline/delivery/github.ts";
import { keepLabels } from "../../../src/pipeline/delivery/labels.ts";
import { mergingOf } from "../../../src/pipeline/delivery/merging.ts";
import { GitHubStandIn } from "./github-stand-in.ts";
import { workflow } from "./workflow-files.ts";

describe("Labels of a pull request", () => {
  const api = new GitHubStandIn();
  let github: GitHub;
  before(async () => {
    await api.start();
    github = new GitHub({ apiUrl: api.url, repository: "o/r", token: "t" });
  });
  after(() => api.stop());

  it("are those of the kinds that were found, and of others none is touched", async () => {
    api.labels.push("mine", "infra: downtime");
    await keepLabels(github, 5, ["Data loss", "Permissions"]);
    expect(api.labels).to.deep.equal(["mine", "infra: data loss"]);
    // Made once in the repository, which says so the second time.
    await keepLabels(github, 5, []);
    await keepLabels(github, 5, ["Data loss"]);
    expect(api.labels).to.deep.equal(["mine", "infra: data loss"]);
    expect(api.repositoryLabels).to.deep.equal(["infra: data loss"]);
  });

  it("what a merge does follows from the variables, and from who approves", async () => {
    // As in GitHub Docs, REST API, "Get an environment".
    api.environments.set("prod", {
      protection_rules: [
        { id: 3736, type: "wait_timer", wait_timer: 30 },
        {
          ...{ id: 3755, type: "required_reviewers", prevent_self_review: false },
          reviewers: [
            { type: "User", reviewer: { login: "octocat", id: 1 } },
            { type: "Team", reviewer: { id: 1, name: "Justice League", slug: "justice-league" } },
          ],
        },
      ],
    });
    const of = (env: NodeJS.ProcessEnv) =>
      mergingOf({ GITHUB_ACTIONS: "true", ...env }, () => github);
    expect(await of({ DELIVERY: "on" })).to.deep.equal({
      atOnce: ["dev"],
      then: ["prod"],
      reviewers: ["octocat", "Justice League"],
    });
    expect(await of({ DELIVERY: "on", STACKS: '["dev"]' })).to.deep.equal({
      atOnce: ["dev"],
      then: [],
    });
    expect(await of({})).to.equal("off");
    expect(await mergingOf({}, () => github)).to.equal(undefined);
    api.environments.clear();
    expect(await of({ DELIVERY: "on" })).to.deep.equal({ atOnce: ["dev"], then: ["prod"] });
  });
});

describe("The check data-loss", () => {
  it("fails until somebody accepts it by a label of that name", () => {
    const root = mkdtempSync(path.join(tmpdir(), "data-loss-"));
    try {
      writeFileSync(path.join(root, "gh"), `#!/bin/sh\nprintf '%s\\n' "$LABELS"\n`, {
        mode: 0o755,
      });
      const [step] = workflow("pr.yml").jobs["data-loss"]?.steps ?? [];
      const run = (labels: string): [number | null, string] => {
        const { status, stdout } = spawnSync("bash", ["-e", "-c", step?.run ?? "exit 9"], {
          encoding: "utf8",
          env: { PATH: `${root}:${process.env["PATH"] ?? ""}`, LABELS: labels },
        });
        return [status, stdout.trim()];
      };
      expect(run("bug\ndata loss accepted")).to.deep.equal([
        0,
        "Somebody labelled the pull request: data loss accepted.",
      ]);
      expect(run("infra: data loss\nno data loss accepted")).to.deep.equal([
        1,
        '::error::Merging this loses data: the comment says which. If that is meant, give the pull request the label "data loss accepted" and run this job again.',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
