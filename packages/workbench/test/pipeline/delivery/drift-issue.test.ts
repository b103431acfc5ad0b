import { expect } from "chai";
import { driftOf, type DriftReport } from "../../../src/pipeline/delivery/drift.ts";
import { GitHub } from "../../../src/pipeline/delivery/github.ts";
import { keepIssue } from "../../../src/pipeline/delivery/issues.ts";
import { weaknessesOf } from "../../../src/pipeline/delivery/weaknesses.ts";
import { GitHubStandIn } from "./github-stand-in.ts";

const RUN = "https://github.test/o/r/actions/runs/9";
const report = (github: GitHub, found: DriftReport) => keepIssue(github, driftOf(found, RUN));
const drift = { stack: "prod", drift: true, changes: ["update aws:ecs/service:Service api"] };
const none = { stack: "prod", drift: false, changes: [] };

describe("Issue of a stack that drifts", () => {
  let standIn: GitHubStandIn;
  let github: GitHub;

  beforeEach(async () => {
    standIn = new GitHubStandIn();
    await standIn.start();
    github = new GitHub({ apiUrl: standIn.url, repository: "o/r", token: "t" });
  });
  afterEach(() => standIn.stop());

  it("is opened once, kept up to date, and closed when the drift is gone", async () => {
    expect(await report(github, drift)).to.equal("opened");
    const more = { ...drift, changes: [...drift.changes, "delete aws:sns/topic:Topic alarms"] };
    expect(await report(github, more)).to.equal("updated");

    const [issue, ...others] = standIn.issues;
    expect(others).to.deep.equal([]);
    expect(issue?.title).to.equal("Drift in prod");
    expect(issue?.body).to.equal(
      [
        "<!-- drift prod -->",
        "Something changed resources of **prod** behind Pulumi's back. Found by https://github.test/o/r/actions/runs/9",
        "",
        "````text",
        "update aws:ecs/service:Service api",
        "delete aws:sns/topic:Topic alarms",
        "````",
        "",
        "- To undo the change: `pulumi up --refresh --stack prod`.",
        "- To keep it: write it into the program or the stack's config, then `pulumi up --refresh --stack prod`.",
        "",
        "This issue closes itself when the next check finds no difference.",
      ].join("\n"),
    );

    expect(await report(github, none)).to.equal("closed");
    expect(standIn.issues.map(({ state }) => state)).to.deep.equal(["closed"]);
    expect(standIn.comments.map(({ body }) => body)).to.deep.equal([
      "prod is what its state says again: https://github.test/o/r/actions/runs/9",
    ]);
  });

  it("is not opened where nothing drifts", async () => {
    expect(await report(github, none)).to.equal("none");
    expect(standIn.calls.map(({ method }) => method)).to.deep.equal(["GET"]);
  });

  it("is told from issues of others, of other stacks, and from pull requests", async () => {
    standIn.addIssue({ body: "<!-- drift prod -->", user: { login: "someone" } });
    standIn.addIssue({ body: "<!-- drift dev -->" });
    standIn.addIssue({ body: "<!-- drift prod -->", pull_request: {} });
    expect(await report(github, drift)).to.equal("opened");
    expect(standIn.issues).to.have.lengthOf(4);
  });

  it("is found on a later page", async () => {
    standIn.pageSize = 2;
    for (let index = 0; index < 5; index += 1) standIn.addIssue({ body: "other" });
    standIn.addIssue({ body: "<!-- drift prod -->\nold" });
    expect(await report(github, drift)).to.equal("updated");
  });

  it("names a hundred changes, and how many more there are", async () => {
    const changes = Array.from({ length: 130 }, (_, index) => `update t r${index}`);
    await report(github, { ...drift, changes });
    const lines = standIn.issues[0]?.body.split("\n") ?? [];
    expect(lines.filter((line) => line.startsWith("update t"))).to.have.lengthOf(100);
    expect(lines).to.include("and 30 more");
  });
});

describe("Issue of a stack whose image has known weaknesses", () => {
  const image = `registry@sha256:${"a".repeat(64)}`;
  const weakness = {
    VulnerabilityID: "CVE-2026-1",
    Severity: "HIGH",
    PkgName: "libssl3t64",
    InstalledVersion: "3.5.1",
    FixedVersion: "3.5.2",
  };

  it("names them once, what runs, and what to do", () => {
    const scan = {
      ArtifactName: image,
      Results: [{ Vulnerabilities: [weakness, weakness] }, {}],
    };
    expect(weaknessesOf("prod", scan, RUN)).to.deep.equal({
      name: "weaknesses prod",
      title: "Known weaknesses in what prod runs",
      text: [
        `The image that **prod** runs has known weaknesses that newer packages fix: 1 finding by ${RUN}`,
        "",
        "````text",
        image,
        "CVE-2026-1 HIGH libssl3t64 3.5.1 -> 3.5.2",
        "````",
        "",
        "- Packages of the base: merge the update of `components/registry/base.Dockerfile` that Dependabot proposes. Another base is another image, so it is deployed.",
        "- Packages of the app: update them in its lock file.",
        "- What does no harm here, or cannot be mended yet: a line in `.trivyignore`, with its reason and its last day.",
        "",
        "This issue closes itself when the next scan finds nothing.",
      ].join("\n"),
      over: `Nothing is known any more against what prod runs: ${RUN}`,
    });
  });

  it("is over when the scan finds nothing", () => {
    expect(weaknessesOf("prod", { Results: [{}] }, RUN).text).to.equal(undefined);
    expect(weaknessesOf("prod", {}, RUN).text).to.equal(undefined);
  });
});
