import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  inOrder,
  missingPreviews,
  stackReport,
  type Missing,
} from "../../../src/review/comment/reports.ts";
import { difference } from "../../../src/review/diff/difference.ts";
import { tool } from "../../../../../test/helpers/tool.ts";
import { plan, planned } from "../diff/change.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const DIGEST = { changeSummary: { same: 3 } };
const BEFORE = plan([planned("aws:lb/targetGroup:TargetGroup", "blue")]);
const AFTER = plan([], { deletionProtection: true });
const DIFFERENCE = difference({ ref: "main", commit: "1a2b3c4d" }, BEFORE, AFTER);

describe("stackReport", () => {
  const report = (found: object, missing?: Missing) =>
    stackReport("koa-fargate", { stack: "dev", ...found }, missing);
  const preview = { exitCode: 0, error: "", preview: DIGEST };

  it("prefers the preview, and knows from the plan what is protected", () => {
    const found = report({ preview, difference: DIFFERENCE, plan: AFTER });
    expect([
      found.changes?.source,
      found.changes?.unchanged,
      found.protected,
      found.against,
    ]).to.deep.equal(["preview", 3, true, undefined]);
  });

  it("without one, takes the offline difference and says against what", () => {
    const found = report({ difference: DIFFERENCE });
    expect([found.changes?.source, found.against, found.failure]).to.deep.equal([
      "plan",
      "main (1a2b3c4)",
      undefined,
    ]);
  });

  it("a failed preview is a failure, also beside an offline difference, and so is one that left nothing", () => {
    const failed = { exitCode: 5, error: "refused", preview: DIGEST };
    const found = report({ preview: failed, difference: DIFFERENCE });
    expect([found.failure, found.changes?.source]).to.deep.equal([
      { exitCode: 5, error: "refused" },
      "plan",
    ]);
    expect(report({}, missingPreviews("failure", "success")).failure).to.deep.equal({
      exitCode: 1,
      error: "The job ended before there was a preview: its log says why.",
    });
    expect(report({}).failure).to.equal(undefined);
    expect(report({ preview: { ...preview, preview: "no JSON" } }).failure).to.deep.equal({
      exitCode: 0,
      error: "The preview's output is not what pulumi preview --json prints.",
    });
  });

  it("a preview that was cancelled, as at the end of its time, is a failure", () => {
    expect(report({}, missingPreviews("cancelled", "success")).failure).to.deep.equal({
      exitCode: 1,
      error:
        "The job was cancelled before there was a preview, by hand or at the end of its time: its log says which.",
    });
    const found = report({ preview }, missingPreviews("cancelled", "success"));
    expect([found.failure, found.changes?.source]).to.deep.equal([undefined, "preview"]);
  });

  it("a preview that was skipped because there was no image says so", () => {
    const skipped = (image: string) => report({}, missingPreviews("skipped", image)).skipped;
    expect(["failure", "cancelled", "success", ""].map(skipped)).to.deep.equal([
      "the image job failed",
      "the image job was cancelled",
      undefined,
      undefined,
    ]);
    // The scan alone failed: the previews are there.
    expect(report({ preview }, missingPreviews("success", "failure"))).to.not.have.property(
      "skipped",
    );
  });

  it("what is no plan and no difference is left out", () => {
    expect(report({ plan: { resources: 1 }, difference: { kind: "plan" } })).to.deep.equal({
      stack: "dev",
      protected: false,
    });
  });

  it("protected stacks go first", () => {
    const of = (stack: string, guarded: boolean) => ({ stack, protected: guarded });
    expect(
      inOrder([of("a", false), of("z", true), of("b", true)]).map(({ stack }) => stack),
    ).to.deep.equal(["b", "z", "a"]);
  });
});

describe("packages/workbench/src/pipeline/delivery/comment.ts", () => {
  it("writes the comment from the files of the jobs before", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "comment-"));
    try {
      const file = (name: string): string => path.join(folder, name);
      for (const name of ["plans", "previews"]) mkdirSync(file(name));
      writeFileSync(file("plans/prod.json"), JSON.stringify({ ...AFTER, stack: "prod" }));
      writeFileSync(file("plans/qa.difference.json"), JSON.stringify(DIFFERENCE));
      writeFileSync(
        file("previews/dev.json"),
        JSON.stringify({ stack: "dev", exitCode: 0, error: "", preview: DIGEST }),
      );
      writeFileSync(file("previews/prod.json"), JSON.stringify(DIGEST));
      writeFileSync(file("previews/broken.json"), "{");
      writeFileSync(file("previews/broken.exit"), "3\nerror: no credentials\n");
      const { code, stderr } = await tool("packages/workbench/src/pipeline/delivery/comment.ts", [
        "--plans",
        file("plans"),
        "--previews",
        file("previews"),
        "--out",
        file("out.md"),
        "--commit",
        "abcdef0123",
        "--run-url",
        "https://example.com/run/1",
      ]);
      expect([code, stderr]).to.deep.equal([0, ""]);
      const lines = readFileSync(file("out.md"), "utf8").split("\n");
      expect(lines[1]).to.equal(
        "### Downtime in qa · prod: no changes · broken: preview failed · dev: no changes · qa: 1 delete",
      );
      expect(lines[3]?.replace(PROJECT, "<project>")).to.match(
        /^<project> at `abcdef0` · \d{4}-\d\d-\d\d \d\d:\d\d UTC · \[run\]\(https:\/\/example\.com\/run\/1\) · prod and dev: from `pulumi preview` · broken: the preview failed · qa: from the offline plans, compared with `main \(1a2b3c4\)`: the state of the cloud was not asked$/,
      );
      expect(lines).to.include("> error: no credentials");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("names the project's stacks of which nothing was found out", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "comment-"));
    try {
      const out = path.join(folder, "out.md");
      const { code } = await tool(
        "packages/workbench/src/pipeline/delivery/comment.ts",
        ["--plans", folder, "--previews", folder, "--out", out],
        { env: { ...process.env, COMMIT: "abcdef0123", PREVIEW_RESULT: "" } },
      );
      expect(code).to.equal(0);
      const lines = readFileSync(out, "utf8").split("\n");
      expect(lines[1]).to.equal("### dev: not compared · prod: not compared");
      expect(lines[3]).to.match(/ · neither previewed nor compared$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("says what stood in the way of the previews", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "comment-"));
    try {
      const out = path.join(folder, "out.md");
      const { code } = await tool(
        "packages/workbench/src/pipeline/delivery/comment.ts",
        ["--plans", folder, "--previews", folder, "--out", out],
        {
          env: {
            ...process.env,
            COMMIT: "abcdef0123",
            PREVIEW_RESULT: "skipped",
            IMAGE_RESULT: "failure",
          },
        },
      );
      expect(code).to.equal(0);
      const lines = readFileSync(out, "utf8").split("\n");
      expect(lines[1]).to.equal("### dev: not previewed · prod: not previewed");
      expect(lines.filter((line) => line.startsWith("> **"))).to.deep.equal(
        ["dev", "prod"].map(
          (stack) =>
            `> **${stack} was not previewed** at \`abcdef0\`: the image job failed. Nothing below is about this stack.`,
        ),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
