import { expect } from "chai";
import fc from "fast-check";
import { comment, MARKER, MAX_CHARACTERS } from "../../../src/review/comment/comment.ts";
import type { StackReport } from "../../../src/review/comment/types.ts";
import type { Operation, ResourceChange } from "../../../src/review/diff/types.ts";
import { change, changes } from "../diff/change.ts";

const HEAD = {
  project: "koa-fargate",
  commit: "1a2b3c4d5e6f",
  runUrl: "https://github.com/a/b/actions/runs/1",
  time: new Date("2026-11-22T12:03:00Z"),
};

const report = (stack: string, ...resources: ResourceChange[]): StackReport => ({
  stack,
  protected: false,
  changes: changes(...resources),
});

describe("comment", () => {
  it("no changes: a heading, and where it comes from", () => {
    expect(comment(HEAD, [report("prod"), report("dev")])).to.equal(
      [
        MARKER,
        "### No changes in prod and dev",
        "",
        "koa-fargate at `1a2b3c4` · 2026-11-22 12:03 UTC · [run](https://github.com/a/b/actions/runs/1) · from `pulumi preview`",
      ].join("\n"),
    );
  });

  it("a preview that failed is said, and nothing older stands in for it", () => {
    const failed: StackReport = {
      stack: "prod",
      protected: true,
      failure: { exitCode: 255, error: "error: password: hunter2hunter2\n```\n</details>" },
    };
    expect(
      comment(HEAD, [failed, report("dev")])
        .split("\n")
        .slice(1),
    ).to.deep.equal([
      "### prod: preview failed · dev: no changes",
      "",
      "koa-fargate at `1a2b3c4` · 2026-11-22 12:03 UTC · [run](https://github.com/a/b/actions/runs/1) · prod: the preview failed · dev: from `pulumi preview`",
      "",
      "> [!CAUTION]",
      "> **The preview of prod failed** at `1a2b3c4` with exit code 255. Nothing below is about this stack.",
      "> ````text",
      "> error: password: [redacted]",
      "> ```",
      "> </details>",
      "> ````",
    ]);
  });

  it("shows no address that is none", () => {
    const text = comment({ ...HEAD, runUrl: "javascript:alert(1)" }, [report("dev")]);
    expect(text.split("\n").at(-1)).to.equal(
      "koa-fargate at `1a2b3c4` · 2026-11-22 12:03 UTC · from `pulumi preview`",
    );
  });

  it("keeps the whole summary within the limit, and says what it left out", () => {
    const properties = Array.from({ length: 40 }, (_, index) => ({
      path: `settings.number${index}`,
      before: "x".repeat(500),
      after: "y".repeat(500),
      replaces: false,
    }));
    const many = Array.from({ length: 500 }, (_, index) =>
      change("aws:cloudwatch/metricAlarm:MetricAlarm", `alarm-${index}`, { properties }),
    );
    const lost = change("aws:dynamodb/table:Table", "table", { operation: "replace" });
    const reports = [report("prod", ...many, lost), report("dev", ...many)];
    const text = comment(HEAD, reports);
    expect(text.length).to.be.within(50_000, MAX_CHARACTERS);
    const lines = text.split("\n");
    expect(lines[1]).to.equal(
      "### Data loss in prod · prod: 1 replace, 500 updates · dev: 500 updates",
    );
    expect(text).to.include(
      "**Data loss** · prod: DynamoDB table `table` is replaced: all items are deleted.",
    );
    expect(text).to.include(
      "| service | 1 replace, 500 updates<br>`table`, `alarm-0`, `alarm-1`, `alarm-2`, `alarm-3`, `alarm-4` and 495 more |",
    );
    expect(lines.at(-1)).to.match(
      /^<sub>Left out for length: \d+ of the resources of prod and \d+ of the resources of dev\. The artifacts of the run have everything\.<\/sub>$/,
    );
    expect(lines.filter((line) => line.startsWith("<details>")).length).to.equal(
      lines.filter((line) => line === "</details>").length,
    );
  });

  it("shows less of each list where even the summary is too long", () => {
    const lost = Array.from({ length: 15 }, (_, index) =>
      change("aws:iam/rolePolicy:RolePolicy", `policy-${"x".repeat(200)}-${index}`, {
        operation: "create",
        after: {
          policy: JSON.stringify({
            Statement: Array.from({ length: 8 }, (__, resource) => ({
              Effect: "Allow",
              Action: Array.from(
                { length: 20 },
                (___, action) => `service:${"A".repeat(100)}${action}`,
              ),
              Resource: `arn:${"r".repeat(200)}${resource}`,
            })),
          }),
        },
      }),
    );
    const reports = Array.from({ length: 6 }, (_, index) => ({
      ...report(`stack${index}`, ...lost),
      failure: { exitCode: 1, error: `${"e".repeat(1000)}\n`.repeat(100) },
    }));
    const text = comment(HEAD, reports);
    expect(text.length).to.be.at.most(MAX_CHARACTERS);
    expect(text).to.match(/\n> - and \d+ more\.\n/);
  });

  it("whatever names and values hold, stays text and stays within the limit", function () {
    const hostile = fc.oneof(
      fc.string({ maxLength: 60 }),
      // Of any code points, halves of pairs among them. For texts of its own, fast-check lists all million characters first.
      fc
        .array(fc.nat({ max: 0x10ffff }), { maxLength: 60 })
        .map((points) => String.fromCodePoint(...points)),
      fc.constantFrom(
        "</details><script>alert(1)</script>",
        "`````",
        "a|b\n\n# heading",
        "-->",
        "[x](javascript:alert(1))",
        "@everyone #1",
        '"]:::x\nend\nclick a "javascript:alert(1)"',
        "```\n~~~",
        "\ue001<b>\ue000",
      ),
    );
    const operation = fc.constantFrom<Operation>("create", "update", "replace", "delete");
    const resource = fc.record({
      type: fc.constantFrom(
        "aws:dynamodb/table:Table",
        "aws:lb/targetGroup:TargetGroup",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      ),
      name: hostile,
      operation,
      path: hostile,
      before: hostile,
      after: hostile,
    });
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 12 }), hostile, (resources, error) => {
        const list = resources.map(({ type, name, operation: op, path, before, after }) => {
          const grant = {
            Statement: [{ Effect: "Allow", Action: after, Resource: before, Principal: path }],
          };
          return change(type, name, {
            operation: op,
            box: name,
            properties: [{ path, before, after, replaces: true }],
            before: { policy: before },
            after: { policy: JSON.stringify(grant), cidrIpv4: "0.0.0.0/0", ipProtocol: after },
          });
        });
        const failure = { exitCode: 1, error };
        const text = comment(HEAD, [report("dev", ...list), { ...report("prod"), failure }]);
        expect(text.length).to.be.at.most(MAX_CHARACTERS);
        expect(text).to.equal(
          comment(HEAD, [report("dev", ...list), { ...report("prod"), failure }]),
        );
        expect(markup(text)).to.deep.equal([]);
      }),
      { numRuns: 80 },
    );
  });
});

/** HTML tags, links and mentions outside of code that are not the comment's own. */
function markup(text: string): string[] {
  const outside: string[] = [];
  let fence = "";
  for (const line of text.replace(MARKER, "").split("\n")) {
    const bare = line.replace(/^> ?/, "");
    const ticks = /^(`{3,})[a-z]*$/.exec(bare)?.[1] ?? "";
    if (fence === "" && ticks !== "") fence = ticks;
    else if (fence !== "" && bare === fence) fence = "";
    else if (fence === "") outside.push(bare.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, ""));
  }
  expect(fence).to.equal("");
  return outside.flatMap((line) => [
    ...[...line.matchAll(/<[^>]*>?/g)]
      .map(([tag]) => tag)
      .filter((tag) => !/^<\/?(?:details|summary|br|sub)>$/.test(tag)),
    ...[
      ...line.matchAll(
        /\]\((?!https:\/\/github\.com\/a\/b\/actions\/runs\/1\))[^)]*\)?|@\w+|(?<!&)#\d/g,
      ),
    ].map(([link]) => link),
  ]);
}
