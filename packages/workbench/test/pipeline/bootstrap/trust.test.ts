import { expect } from "chai";
import { wrongSubjectPrefix } from "../../../../../bootstrap/trust.ts";

describe("Subject of GitHub's tokens", () => {
  for (const prefix of [
    "repo:octo-org/octo-repo",
    "repo:octo-org@123456/octo-repo@654321",
    "repo:octo-org-123456/octo-repo-654321",
    "repo:o/.github",
  ])
    it(`may begin with ${prefix}`, () => {
      expect(wrongSubjectPrefix(prefix)).to.equal(undefined);
    });

  for (const prefix of [
    "repo:octo-org/*",
    "repo:*",
    "octo-org/octo-repo",
    "repo:octo-org",
    "repo:octo-org/octo-repo:environment:dev",
    "repo:octo-org/octo-repo?",
    // A pattern that is open on a side would take another repository's tokens.
    "not-my-repo:octo-org/octo-repo",
    "*repo:octo-org/octo-repo",
    " repo:octo-org/octo-repo",
    "repo:octo-org/octo-repo ",
    "repo:octo-org/octo-repo@",
    "<repo:ORG@ID/REPO@ID>",
    "",
  ])
    it(`may not begin with ${JSON.stringify(prefix)}`, () => {
      expect(wrongSubjectPrefix(prefix)).to.match(/^githubSubjectPrefix is /);
    });
});
