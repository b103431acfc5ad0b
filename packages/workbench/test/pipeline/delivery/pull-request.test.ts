import { expect } from "chai";
import { GitHub } from "../../../src/pipeline/delivery/github.ts";
import { pullRequestOf } from "../../../src/pipeline/delivery/pull-request.ts";
import { GitHubStandIn } from "./github-stand-in.ts";

describe("The pull request of a run that may not comment itself", () => {
  it("is of a fork or of Dependabot, and at that commit still", async () => {
    const api = new GitHubStandIn();
    await api.start();
    try {
      const github = new GitHub({ apiUrl: api.url, repository: "o/r", token: "t" });
      const pull = (number: number, sha: string, repo: string | null, login: string) => ({
        ...{ number, user: { login } },
        head: { sha, repo: repo === null ? null : { full_name: repo } },
      });
      api.pulls.set("someone:main", [
        pull(1, "old", "someone/r", "a"),
        pull(2, "new", "someone/r", "a"),
      ]);
      api.pulls.set("o:dependabot/npm", [pull(3, "bump", "o/r", "dependabot[bot]")]);
      api.pulls.set("o:dependabot/mine", [pull(4, "mine", "o/r", "developer")]);
      api.pulls.set("gone:fix", [pull(5, "fix", null, "b")]);
      const of = (head: string, commit: string) => pullRequestOf(github, "o/r", head, commit);
      expect(await of("someone:main", "new")).to.equal(2);
      expect(await of("someone:main", "overtaken")).to.equal(undefined);
      expect(await of("o:dependabot/npm", "bump")).to.equal(3);
      // A branch that is only called so has the comment of its own run, with previews.
      expect(await of("o:dependabot/mine", "mine")).to.equal(undefined);
      expect(await of("gone:fix", "fix")).to.equal(5);
    } finally {
      await api.stop();
    }
  });
});
