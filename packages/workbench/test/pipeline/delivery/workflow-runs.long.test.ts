import { expect } from "chai";
import { actIsHere, runWorkflow } from "./act.ts";

const REPOSITORY = "owner/name";

const pullRequest = (from: { head?: string; author?: string } = {}) => ({
  workflow: "pr.yml",
  event: "pull_request",
  payload: {
    repository: { full_name: REPOSITORY },
    pull_request: {
      number: 5,
      user: { login: from.author ?? "developer" },
      base: { sha: "base" },
      head: { sha: "head", repo: { full_name: from.head ?? REPOSITORY } },
    },
  },
});
const push = {
  workflow: "deploy.yml",
  event: "push",
  payload: { ref: "refs/heads/main", repository: { full_name: REPOSITORY } },
};

/** What the last job says of each stack's deployment. */
const report = (dev: string, prod: string): string[] => [
  "deployment-issues",
  JSON.stringify({ dev, prod }),
];

/** Older runs of the deployment that wait for an approval; the stand-in of gh knows of none. */
const WAITING = [
  "gh api --paginate repos/owner/name/actions/workflows/deploy.yml/runs?status=waiting --jq .workflow_runs[] | select(.id < 1) | .id",
];
const CHECK = ["npm run check", "npm test"];
const SHARDS = ["1/4", "2/4", "3/4", "4/4"];
const IMAGE = ["build-image"];
const plan = (stack: string): string[] => [
  `npm run --silent plan -- ${stack} --output plans/${stack}.json`,
  "summary",
  `npm run --silent plan -- ${stack} --against base --output plans/${stack}.difference.json`,
  "summary",
];
const WITHOUT_CREDENTIALS = {
  check: CHECK,
  ...Object.fromEntries(
    SHARDS.map((shard) => [`parts ${shard}`, [`npm run test:parts -- --shard ${shard}`]]),
  ),
  image: IMAGE,
  "plan dev": plan("dev"),
  "plan prod": plan("prod"),
};

/** Runs the real job graphs; skipped where act is not on PATH. */
describe("Workflows, run by act", function () {
  before(function () {
    if (!actIsHere()) this.skip();
  });

  it("a pull request is checked, planned, previewed for each stack, and commented on", () => {
    expect(runWorkflow(pullRequest())).to.deep.equal({
      ran: {
        ...WITHOUT_CREDENTIALS,
        "preview dev": ["preview"],
        "preview prod": ["preview"],
        "early-comment": ["render before any preview", "upsert-comment"],
        comment: [
          "render after a preview that was success and an image that was success",
          "upsert-comment",
        ],
      },
      failed: [],
    });
  });

  it("a pull request from a fork, or of Dependabot, is checked and planned without credentials", () => {
    for (const from of [{ head: "someone/name" }, { author: "dependabot[bot]" }])
      expect(runWorkflow(pullRequest(from)), JSON.stringify(from)).to.deep.equal({
        ran: WITHOUT_CREDENTIALS,
        failed: [],
      });
  });

  it("they are commented on by main's code, when that run is over", () => {
    const over = (of: { fork?: boolean; branch?: string; conclusion?: string; event?: string }) =>
      runWorkflow({
        workflow: "fork-comment.yml",
        event: "workflow_run",
        payload: {
          repository: { full_name: REPOSITORY },
          workflow_run: {
            ...{ id: 9, html_url: "https://github.test/run/9", head_sha: "head" },
            event: of.event ?? "pull_request",
            conclusion: of.conclusion ?? "failure",
            head_branch: of.branch ?? "fix",
            head_repository: {
              full_name: of.fork === true ? "someone/name" : REPOSITORY,
              owner: { login: of.fork === true ? "someone" : "owner" },
            },
          },
        },
      }).ran;
    const commented = {
      comment: [
        "pull-request",
        "render after a preview that was  and an image that was",
        "upsert-comment",
      ],
    };
    expect(over({ fork: true })).to.deep.equal(commented);
    expect(over({ branch: "dependabot/npm/x" })).to.deep.equal(commented);
    // The comment of its own run has previews; and of a merge queue, or what was cancelled, there is nothing to say.
    expect(over({})).to.deep.equal({});
    expect(over({ fork: true, conclusion: "cancelled" })).to.deep.equal({});
    expect(over({ fork: true, event: "merge_group" })).to.deep.equal({});
  });

  it("what a merge queue is about to merge is checked again, and neither previewed nor commented on", () => {
    const payload = {
      repository: { full_name: REPOSITORY },
      merge_group: { base_sha: "base", head_sha: "head" },
    };
    const { ran, failed } = runWorkflow({ workflow: "pr.yml", event: "merge_group", payload });
    expect({ ran, failed }).to.deep.equal({ ran: WITHOUT_CREDENTIALS, failed: [] });
  });

  it("before bootstrap a pull request is commented on by its offline plan", () => {
    expect(runWorkflow({ ...pullRequest(), variables: {} }).ran).to.deep.equal({
      ...WITHOUT_CREDENTIALS,
      comment: [
        "render after a preview that was skipped and an image that was success",
        "upsert-comment",
      ],
    });
  });

  it("a failed preview is commented on too", () => {
    const { ran, failed } = runWorkflow({ ...pullRequest(), failing: ["preview prod"] });
    expect(ran["comment"]).to.deep.equal([
      "render after a preview that was failure and an image that was success",
      "upsert-comment",
    ]);
    expect(failed).to.deep.equal(["preview"]);
  });

  it("a scan that fails does not keep the stacks from being previewed", () => {
    const { ran, failed } = runWorkflow({
      ...pullRequest(),
      failing: ["aquasecurity/trivy-action"],
    });
    expect(ran["preview prod"]).to.deep.equal(["preview"]);
    expect(ran["comment"]?.[0]).to.equal(
      "render after a preview that was success and an image that was failure",
    );
    expect(failed).to.deep.equal(["image"]);
  });

  it("a pull request that loses data is red until somebody accepts it", () => {
    const loses = { ...pullRequest(), dataLoss: true };
    const { ran, failed } = runWorkflow(loses);
    expect(ran["data-loss"]).to.deep.equal([
      "gh api --paginate repos/owner/name/issues/5/labels --jq .[].name",
    ]);
    expect(failed).to.deep.equal(["data-loss"]);
    expect(runWorkflow({ ...loses, labels: "data loss accepted" }).failed).to.deep.equal([]);
  });

  it("without an image nothing is previewed, and the comment knows why", () => {
    const { ran, failed } = runWorkflow({ ...pullRequest(), failing: ["build-image"] });
    expect(ran["preview prod"]).to.equal(undefined);
    expect(ran["comment"]?.[0]).to.equal(
      "render after a preview that was skipped and an image that was failure",
    );
    expect(failed).to.deep.equal(["image"]);
  });

  it("a push deploys to dev, then the same image to prod", () => {
    expect(runWorkflow(push)).to.deep.equal({
      ran: {
        image: IMAGE,
        "dev dev": ["prepare", "push-image", "up", "smoke"],
        "propose prod": [
          "propose",
          "render after a preview that was success and an image that was",
        ],
        supersede: WAITING,
        "prod prod": ["prepare", "push-image", "verify-image", "release sha256:old", "up", "smoke"],
        report: report("success", "success"),
      },
      failed: [],
    });
  });

  it("a push that changes nothing of prod asks nobody, and cancels nothing that waits", () => {
    expect(runWorkflow({ ...push, changes: false })).to.deep.equal({
      ran: {
        image: IMAGE,
        "dev dev": ["prepare", "push-image", "up", "smoke"],
        "propose prod": ["propose"],
        report: report("success", "skipped"),
      },
      failed: [],
    });
  });

  it("prod is not asked for where its preview fails, which the page of the run shows", () => {
    const { ran, failed } = runWorkflow({ ...push, failing: ["propose prod"] });
    expect(ran["propose prod"]).to.deep.equal([
      "propose",
      "render after a preview that was failure and an image that was",
    ]);
    expect(Object.keys(ran)).to.deep.equal(["image", "dev dev", "propose prod", "report"]);
    expect(failed).to.deep.equal(["propose"]);
  });

  it("dev is deployed, compared and previewed alone until prod is switched on", () => {
    const variables = { DELIVERY: "on", STACKS: '["dev"]' };
    expect(Object.keys(runWorkflow({ ...push, variables }).ran)).to.deep.equal([
      "image",
      "dev dev",
      "report",
    ]);
    const nightly = { workflow: "drift.yml", event: "schedule", payload: {}, variables };
    expect(Object.keys(runWorkflow(nightly).ran).sort()).to.deep.equal([
      "compare dev",
      "issues",
      "scan dev",
    ]);
    const previewed = Object.keys(runWorkflow({ ...pullRequest(), variables }).ran);
    expect(previewed.filter((job) => job.startsWith("preview"))).to.deep.equal(["preview dev"]);
  });

  it("a push before bootstrap builds and scans, and deploys nothing", () => {
    expect(runWorkflow({ ...push, variables: {} })).to.deep.equal({
      ran: { image: IMAGE },
      failed: [],
    });
  });

  it("a run by hand deploys main, and of a branch only builds", () => {
    const byHand = (ref: string) =>
      runWorkflow({ ...push, event: "workflow_dispatch", payload: { ...push.payload, ref } }).ran;
    expect(Object.keys(byHand("refs/heads/main"))).to.deep.equal([
      "image",
      "dev dev",
      "propose prod",
      "supersede",
      "prod prod",
      "report",
    ]);
    expect(byHand("refs/heads/feature")).to.deep.equal({ image: IMAGE });
  });

  it("a failed smoke test of dev goes back to the image before, and prod is not touched", () => {
    expect(runWorkflow({ ...push, failing: ["smoke dev"] })).to.deep.equal({
      ran: {
        image: IMAGE,
        "dev dev": ["prepare", "push-image", "up", "smoke", "roll-back sha256:old"],
        report: report("failure", "skipped"),
      },
      failed: ["dev"],
    });
  });

  it("a deployment of prod that fails goes back to the image before", () => {
    const { ran, failed } = runWorkflow({ ...push, failing: ["up prod"] });
    expect(ran["prod prod"]?.slice(-2)).to.deep.equal(["up", "roll-back sha256:old"]);
    expect(ran["report"]).to.deep.equal(report("success", "failure"));
    expect(failed).to.deep.equal(["prod"]);
  });

  it("a signature that does not verify stops before anything is deployed", () => {
    const { ran, failed } = runWorkflow({ ...push, failing: ["verify-image prod"] });
    expect(ran["prod prod"]?.at(-1)).to.equal("verify-image");
    expect(failed).to.deep.equal(["prod"]);
  });

  it("a push that cannot be prepared does not roll back what it did not deploy", () => {
    expect(runWorkflow({ ...push, failing: ["prepare dev"] })).to.deep.equal({
      ran: { image: IMAGE, "dev dev": ["prepare"], report: report("failure", "skipped") },
      failed: ["dev"],
    });
  });

  it("the nightly comparison reports the stacks that could be compared", () => {
    const nightly = { workflow: "drift.yml", event: "schedule", payload: {} };
    expect(runWorkflow({ ...nightly, failing: ["drift prod"] })).to.deep.equal({
      ran: {
        "compare dev": ["drift"],
        "compare prod": ["drift"],
        "scan dev": ["running"],
        "scan prod": ["running"],
        issues: ["drift-issues", "scan-issues"],
      },
      failed: ["compare"],
    });
    expect(runWorkflow({ ...nightly, variables: {} }).ran).to.deep.equal({});
  });

  const byHand = (inputs: Readonly<Record<string, string>>, ref = "refs/heads/main") => ({
    workflow: "control.yml",
    event: "workflow_dispatch",
    payload: {
      ...{ ref, repository: { full_name: REPOSITORY } },
      inputs: { stack: "prod", digest: "", commit: "", reason: "why", ...inputs },
    },
  });
  const resolved = ["resolve", "preview", "render after a preview that was  and an image that was"];

  it("by hand, what dev runs is promoted to prod, with its signature and its way back", () => {
    const promote = byHand({ action: "promote" });
    expect(runWorkflow(promote)).to.deep.equal({
      ran: {
        source: ["running", "pull-image"],
        "resolve prod": resolved,
        supersede: WAITING,
        "apply prod": [
          "prepare",
          "push-image",
          "verify-image",
          "release sha256:old",
          "up",
          "smoke",
        ],
        "report prod": ["deployment-issues", '{"prod":"success"}'],
      },
      failed: [],
    });
    const { ran, failed } = runWorkflow({ ...promote, failing: ["smoke prod"] });
    expect(ran["apply prod"]?.slice(-2)).to.deep.equal(["smoke", "roll-back sha256:old"]);
    expect(ran["report prod"]?.at(-1)).to.equal('{"prod":"failure"}');
    expect(failed).to.deep.equal(["apply"]);
  });

  it("by hand, a deployment before is restored, from which there is no way back but forward", () => {
    const restore = byHand({ action: "restore" });
    const { ran } = runWorkflow(restore);
    expect(Object.keys(ran)).to.deep.equal([
      "resolve prod",
      "supersede",
      "apply prod",
      "report prod",
    ]);
    expect(ran["apply prod"]).to.deep.equal(["verify-image", "up", "smoke"]);
    const { ran: other } = runWorkflow({ ...restore, failing: ["smoke prod"] });
    expect(other["apply prod"]).to.deep.equal(["verify-image", "up", "smoke"]);
  });

  it("by hand, the glass is broken for an image without signature, in public, or not at all", () => {
    const broken = byHand({ action: "break-glass", digest: "sha256:mine" });
    const { ran, failed } = runWorkflow(broken);
    expect(failed).to.deep.equal([]);
    expect(ran["audit prod"]?.[0]).to.match(
      /^gh issue create --repo owner\/name --title Break-glass/,
    );
    expect(ran["apply prod"]).to.deep.equal(["prepare", "release sha256:old", "up", "smoke"]);
    const issue = ran["audit prod"]?.[0] ?? "";
    const { ran: without } = runWorkflow({ ...broken, failing: [`${issue} prod`] });
    expect(Object.keys(without)).to.not.include("apply prod");
  });

  it("by hand, nothing happens off main, before bootstrap, or where it cannot be resolved", () => {
    const promote = byHand({ action: "promote" });
    expect(runWorkflow(byHand({ action: "promote" }, "refs/heads/feature")).ran).to.deep.equal({});
    expect(runWorkflow({ ...promote, variables: {} }).ran).to.deep.equal({});
    const { ran } = runWorkflow({ ...promote, failing: ["resolve prod"] });
    expect(Object.keys(ran)).to.deep.equal(["source", "resolve prod"]);
  });

  it("in a folder of a larger repository every command runs there, and the jobs are the same", () => {
    const place = {
      ...{ folder: "services/orders", project: "orders" },
      folders: ["services/orders"],
    };
    const waiting = WAITING.map((line) => line.replace("/deploy.yml", "/orders-deploy.yml"));
    for (const scenario of [pullRequest(), push, byHand({ action: "restore" })]) {
      const expected = runWorkflow(scenario);
      if ("supersede" in expected.ran) expected.ran["supersede"] = waiting;
      expect(runWorkflow({ ...scenario, place }), scenario.workflow).to.deep.equal(expected);
    }
  });
});
