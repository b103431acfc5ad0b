import { expect } from "chai";
import { comment } from "../../../src/review/comment/comment.ts";
import { stackReport } from "../../../src/review/comment/reports.ts";
import type { CommentHead, StackReport } from "../../../src/review/comment/types.ts";
import type { ResourceChange } from "../../../src/review/diff/types.ts";
import { UNKNOWN } from "../../../src/review/diff/types.ts";
import { change, changes, plan, planned, urnOf } from "../diff/change.ts";

const COMMIT = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const REPOSITORY = "https://github.com/a/b";
const HEAD: CommentHead = {
  project: "koa-fargate",
  commit: COMMIT,
  runUrl: "",
  time: new Date("2026-11-22T12:03:00Z"),
  repositoryUrl: REPOSITORY,
};

const report = (stack: string, ...resources: ResourceChange[]): StackReport => ({
  stack,
  protected: false,
  changes: changes(...resources),
});
/** Paragraphs of the comment, without the marker. */
const paragraphs = (reports: StackReport[], head: Partial<CommentHead> = {}): string[] =>
  comment({ ...HEAD, ...head }, reports)
    .split("\n")
    .slice(1)
    .join("\n")
    .split("\n\n");

const alarm = (name: string): ResourceChange =>
  change("aws:cloudwatch/metricAlarm:MetricAlarm", name);

describe("The first lines of the comment", () => {
  it("the verdict stands first: each loud kind with its stacks, what cannot be undone before the rest", () => {
    const table = change("aws:dynamodb/table:Table", "t", { operation: "delete" });
    const group = change("aws:lb/targetGroup:TargetGroup", "g", { operation: "replace" });
    const [heading] = paragraphs([report("prod", group), report("dev", table, group)]);
    expect(heading).to.equal(
      "### Data loss in dev, downtime in prod and dev · prod: 1 replace · dev: 1 replace, 1 delete",
    );
    expect(paragraphs([report("prod", alarm("a"))])[0]).to.equal("### prod: 1 update");
  });

  it("what is protected or stays is said, and is no verdict", () => {
    const table = (rest: Partial<ResourceChange>) =>
      change("aws:dynamodb/table:Table", "t", { operation: "delete", ...rest });
    for (const rest of [{ protected: true }, { retained: true }]) {
      const [heading, , alert] = paragraphs([report("prod", table(rest))]);
      expect(heading).to.equal("### prod: 1 delete");
      expect(alert).to.include("> **Data loss** · prod: DynamoDB table `t` is deleted");
    }
  });

  it("a move of the whole stack goes before all", () => {
    const moves = [{ what: "region", before: "eu-west-1", after: "us-east-1" } as const];
    const [heading, , alert] = paragraphs([{ ...report("prod", alarm("a")), moves }]);
    expect(heading).to.equal("### Everything moves in prod · prod: 1 update");
    expect(alert).to.equal(
      "> [!CAUTION]\n> **Everything moves** · prod: the region changes from `eu-west-1` to `us-east-1`: everything that is in a region is deleted there and made anew here, empty. Data has to be moved by hand, before.",
    );
  });

  it("what merging does: at once, behind an approval, or nothing", () => {
    const [dev, prod] = [report("dev", alarm("a")), report("prod", alarm("a"))];
    const quiet = report("prod");
    const says = (merging: CommentHead["merging"], ...reports: StackReport[]) =>
      paragraphs(reports, merging === undefined ? {} : { merging })[2];
    const both = { atOnce: ["dev"], then: ["prod"] };
    expect(says({ ...both, reviewers: ["octocat", "a team"] }, prod, dev)).to.equal(
      "Merging deploys dev at once, and then asks **octocat** and **a team** for prod.",
    );
    expect(says({ ...both, reviewers: [] }, prod, dev)).to.equal(
      "Merging deploys dev at once, and then, without asking, deploys prod.",
    );
    expect(says(both, prod, dev)).to.equal(
      "Merging deploys dev at once, and then asks for the approval of prod.",
    );
    expect(says({ ...both, reviewers: ["octocat"] }, quiet, dev)).to.equal(
      "Merging deploys dev at once, and leaves prod alone.",
    );
    expect(says({ ...both, reviewers: ["octocat"] }, report("dev"), prod)).to.equal(
      "Merging changes nothing in dev, and then asks **octocat** for prod.",
    );
    expect(says({ ...both, reviewers: ["octocat"] }, report("dev"), quiet)).to.equal(
      "Merging changes nothing of what runs.",
    );
    expect(says({ atOnce: ["dev"], then: [] }, prod, dev)).to.equal(
      "Merging deploys dev at once. prod is not switched on.",
    );
    expect(says("off", dev)).to.equal(
      "Merging deploys nothing yet: `npm run bootstrap` switches the pipeline on.",
    );
    expect(says(undefined, dev)).to.match(/^\| component/);
  });

  it("an offline difference knows no image, so its stack is not called quiet", () => {
    const offline: StackReport = { ...report("dev"), changes: { ...changes(), source: "plan" } };
    const merging = { atOnce: ["dev"], then: [] };
    expect(paragraphs([offline], { merging })[2]).to.equal("Merging deploys dev at once.");
  });

  it("says that previews are under way", () => {
    const [, meta] = paragraphs([report("dev")], { pending: true });
    expect(meta).to.match(/ · \*\*previews are under way, and will stand here\*\*$/);
  });

  it("changed configuration stands above the resources, with a preview too, each value with its line", () => {
    const config = [
      {
        ...{ path: "taskCpu", before: 512, after: 1024, replaces: false },
        source: "Pulumi.prod.yaml:12",
      },
      { path: "secretName", before: "[secret]", after: "[secret]", replaces: false },
    ];
    const lines = paragraphs([{ ...report("prod", alarm("a")), config }], { folder: "infra" })[2];
    expect(lines?.split("\n")).to.deep.equal([
      "**Configuration**",
      `- prod: [\`taskCpu\`](${REPOSITORY}/blob/${COMMIT}/infra/Pulumi.prod.yaml#L12) \`512\` → \`1024\`.`,
      "- prod: `secretName` `[secret]`, changed.",
    ]);
  });

  it("packages that the offline difference cannot compare are said before its findings", () => {
    const packages = "package-lock.json differs: both sides were planned alike.";
    expect(paragraphs([{ ...report("dev", alarm("a")), packages }])[2]).to.equal(
      "> [!WARNING]\n> **Packages** · dev: package-lock.json differs&#58; both sides were planned alike.",
    );
  });
});

describe("Links of the comment", () => {
  const ROLE = "aws:iam/rolePolicy:RolePolicy";
  const preview = {
    exitCode: 0,
    error: "",
    preview: {
      changeSummary: { update: 1 },
      steps: [
        {
          op: "update",
          urn: urnOf(ROLE, "policy"),
          oldState: { custom: true, inputs: { policy: "{}" } },
          newState: { custom: true, inputs: { policy: UNKNOWN } },
          detailedDiff: null,
        },
      ],
    },
  };

  it("lead from what is at risk to its line, which the offline plan knows, and to no other file", () => {
    const alert = (source: string): string => {
      const offline = plan([planned(ROLE, "other", { source })]);
      const [resource] = offline.resources;
      const found = stackReport("koa-fargate", {
        ...{ stack: "dev", preview },
        plan: { ...offline, resources: [{ ...resource, urn: urnOf(ROLE, "policy"), inputs: {} }] },
      });
      return paragraphs([found])[2]?.split("\n")[1] ?? "";
    };
    const url = `${REPOSITORY}/blob/${COMMIT}/components/service/roles.ts#L41`;
    expect(alert("components/service/roles.ts:41")).to.equal(
      `> **Permissions** · dev: [\`policy\`](${url}) has a policy that only the deployment will know: read it in [\`components/service/roles.ts:41\`](${url}).`,
    );
    for (const hostile of ["../../x.ts:1", "a.ts) [x](javascript:alert(1)", "a b.ts:1"])
      expect(alert(hostile).replace(/`[^`]*`/g, "")).to.not.match(/\]\(/);
  });

  it("lead to what lies between the commit that is deployed and this one", () => {
    const task = change("aws:ecs/taskDefinition:TaskDefinition", "api", {
      operation: "replace",
      before: { containerDefinitions: '[{"name":"app","image":"r@sha256:aaaaaaaaaaaaaaaa"}]' },
      after: { containerDefinitions: '[{"name":"app","image":"r@sha256:bbbbbbbbbbbbbbbb"}]' },
    });
    const deployed = "0f".repeat(20);
    const row = (more: Partial<StackReport>) =>
      paragraphs([{ ...report("dev", task), ...more }])
        .join("\n")
        .split("\n")
        .find((line) => line.startsWith("| image"));
    expect(row({ deployed })).to.equal(
      `| image | \`aaaaaaaaaaaa\` → \`bbbbbbbbbbbb\`<br>commits [\`0f0f0f0\` → \`1a2b3c4\`](${REPOSITORY}/compare/${deployed}...${COMMIT}) |`,
    );
    expect(row({ deployed: "main](x)" })).to.equal("| image | `aaaaaaaaaaaa` → `bbbbbbbbbbbb` |");
  });
});

describe("What only follows", () => {
  it("is one count: updates whose new values come from other resources alone", () => {
    const follower = (name: string): ResourceChange => ({
      ...alarm(name),
      properties: [
        { path: "dimensions.TargetGroup", before: "x", after: UNKNOWN, replaces: false },
      ],
    });
    const own: ResourceChange = {
      ...follower("own"),
      properties: [...follower("own").properties, { path: "threshold", after: 1, replaces: false }],
    };
    const text = paragraphs([report("dev", own, ...["a", "b", "c"].map(follower))]);
    expect(text[0]).to.equal("### dev: 1 update, 3 follow");
    expect(text[2]?.split("\n").at(-1)).to.equal("| service | 1 update, 3 follow<br>`own` |");
  });
});
