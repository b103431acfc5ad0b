import { expect } from "chai";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { SECRET_HEADERS } from "../../components/load-balancer/waf-rules.ts";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, names, one, parsed, planOf, show } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

const acl = (plan: Plan) => one(plan, "WebAcl");
const loggingOf = (plan: Plan) => one(plan, "WebAclLoggingConfiguration").inputs;

/** Rules that only count, by rule of the web ACL. */
function counted(plan: Plan): Record<string, string[]> {
  const rules = acl(plan).inputs["rules"] as { name: string; statement: Json }[];
  return Object.fromEntries(
    rules.flatMap(({ name, statement }) => {
      const overrides = at(statement, "managedRuleGroupStatement", "ruleActionOverrides");
      return overrides === undefined
        ? []
        : [[name, (overrides as { name: string }[]).map((override) => override.name)]];
    }),
  );
}

/** The largest body that the container of a plan is told to take, in bytes. */
function toldTheApp(plan: Plan): number {
  const [container] = parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]) as {
    environment: { name: string; value: string }[];
  }[];
  return Number(container?.environment.find(({ name }) => name === "BODY_LIMIT_BYTES")?.value);
}

/** Whether the plan's web ACL refuses a body of so many bytes, by the expression as AWS would get it. */
function refuses(plan: Plan, bytes: number): boolean {
  const pattern = at(acl(plan).inputs["rules"], 0, "statement", "regexMatchStatement");
  expect(at(pattern, "fieldToMatch")).to.deep.equal({ singleHeader: { name: "content-length" } });
  return new RegExp(show(at(pattern, "regexString"))).test(String(bytes));
}

describe("web ACL", () => {
  it("prod: two rules and three managed groups in this order, and the rest is let through", async () => {
    const { inputs } = acl(await planOf("prod"));
    const rules = inputs["rules"] as Record<string, Json>[];

    expect(
      rules.map(({ priority, name, action, overrideAction }) => [
        priority,
        name,
        at(action, "block", "customResponse", "responseCode") ?? overrideAction,
      ]),
    ).to.deep.equal([
      [0, "body-size", 413],
      [1, "rate", 429],
      [2, "ip-reputation", { none: {} }],
      [3, "common", { none: {} }],
      [4, "known-bad-inputs", { none: {} }],
    ]);
    expect(at(rules[1], "statement", "rateBasedStatement", "limit")).to.equal(10000);
    expect([inputs["scope"], inputs["defaultAction"]]).to.deep.equal(["REGIONAL", { allow: {} }]);
    expect(inputs["visibilityConfig"]).to.deep.equal({
      metricName: `${PROJECT}-prod`,
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: false,
    });
  });

  it("dev: none, and nothing that belongs to one", async () => {
    const plan = await planOf("dev");

    expect(names(plan.resources.filter(({ type }) => type.includes("wafv2")))).to.deep.equal([]);
    expect(all(plan, "LogResourcePolicy")).to.deep.equal([]);
    expect(names(plan.resources)).not.to.include("web-acl");
  });

  it("any stack can have one, with limits of its own", async () => {
    const plan = await planOf("dev", { waf: "standard", wafRequestsPerAddress: 250 });

    expect(at(acl(plan).inputs["rules"], 1, "statement", "rateBasedStatement", "limit")).to.equal(
      250,
    );
    const { inputs, options } = one(plan, "LogGroup", "web-acl");
    expect([inputs["retentionInDays"], inputs["kmsKeyId"]]).to.deep.equal([7, undefined]);
    expect([options.protect, options.retainOnDelete]).to.deep.equal([undefined, undefined]);
  });

  for (const overrides of [{}, { bodyLimitBytes: 4096 }, { bodyLimitBytes: 104857600 }]) {
    const limit = overrides.bodyLimitBytes ?? 1048576;

    it(`prod with ${JSON.stringify(overrides)}: web ACL and app refuse the same body, the first above ${limit} bytes`, async () => {
      const plan = await planOf("prod", overrides);

      expect(toldTheApp(plan)).to.equal(limit);
      expect([limit - 1, limit, limit + 1].map((bytes) => refuses(plan, bytes))).to.deep.equal([
        false,
        false,
        true,
      ]);
      expect(
        (acl(plan).inputs["customResponseBodies"] as { key: string; content: string }[]).map(
          ({ key, content }) => [key, at(parsed(content), "detail")],
        ),
      ).to.deep.equal([
        ["content-too-large", `The body is larger than ${limit} bytes.`],
        [
          "rate-limited",
          "More than 10000 requests in 5 minutes from one address; try again in 300 s.",
        ],
      ]);
    });
  }

  it("bodies above 8 KB are not blocked by AWS's own rule, and other rules block until configuration says otherwise", async () => {
    expect(counted(await planOf("prod"))).to.deep.equal({
      "ip-reputation": [],
      common: ["SizeRestrictions_BODY"],
      "known-bad-inputs": [],
    });
    expect(
      counted(await planOf("prod", { wafCountedRules: ["ReactJSRCE_BODY", "GenericRFI_BODY"] })),
    ).to.deep.equal({
      "ip-reputation": [],
      common: ["SizeRestrictions_BODY", "GenericRFI_BODY"],
      "known-bad-inputs": ["ReactJSRCE_BODY"],
    });
  });

  it("the runbook finds the log, and its line for a false positive does what it says", async () => {
    const runbook = readFileSync("docs/runbook.md", "utf8");
    const section =
      /## A request that the web ACL blocks\n([\s\S]*?)\n## /.exec(runbook)?.[1] ?? "";
    const prefix = /--log-group-name-prefix (\S+)/.exec(section)?.[1];
    const line = new RegExp(`^ +(${PROJECT}:wafCountedRules: .+)$`, "m").exec(section)?.[1] ?? "";
    const { [`${PROJECT}:wafCountedRules`]: wafCountedRules } = parse(line) as Record<
      string,
      unknown
    >;
    const plan = await planOf("prod", { wafCountedRules });

    expect(prefix).to.equal(one(plan, "LogGroup", "web-acl").inputs["namePrefix"]);
    expect(counted(plan)).to.deep.equal({
      "ip-reputation": [],
      common: ["SizeRestrictions_BODY", "GenericRFI_BODY"],
      "known-bad-inputs": [],
    });
    for (const header of SECRET_HEADERS) expect(section).to.include(`\`${header}\``);
  });

  it("stands before this load balancer, and neither it nor its log is deleted after their successors", async () => {
    const plan = await planOf("prod");
    const association = one(plan, "WebAclAssociation");

    expect(association.inputs).to.deep.equal({
      resourceArn: one(plan, "lb/loadBalancer:LoadBalancer").outputs["arn"],
      webAclArn: acl(plan).outputs["arn"],
    });
    expect(
      [association, one(plan, "WebAclLoggingConfiguration")].map(
        ({ options }) => options.deleteBeforeReplace,
      ),
    ).to.deep.equal([true, true]);
  });

  it("logs what it blocked, without secret headers, into a group of the name that WAF asks for", async () => {
    const plan = await planOf("prod");
    const group = one(plan, "LogGroup", "web-acl");
    const headers = ["authorization", "cookie", "x-api-key"];

    expect(group.inputs["namePrefix"]).to.equal(`aws-waf-logs-${PROJECT}-prod-`);
    expect(loggingOf(plan)).to.deep.equal({
      resourceArn: acl(plan).outputs["arn"],
      logDestinationConfigs: [group.outputs["arn"]],
      redactedFields: headers.map((name) => ({ singleHeader: { name } })),
      loggingFilter: {
        defaultBehavior: "DROP",
        filters: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            conditions: [{ actionCondition: { action: "BLOCK" } }],
          },
        ],
      },
    });
    expect(acl(plan).inputs["dataProtectionConfig"]).to.deep.equal({
      dataProtections: [
        { action: "SUBSTITUTION", field: { fieldType: "SINGLE_HEADER", fieldKeys: headers } },
      ],
    });
  });

  it("logs what a counted rule found, where configuration names one", async () => {
    const plan = await planOf("prod", { wafCountedRules: ["ReactJSRCE_BODY", "GenericRFI_BODY"] });

    expect(at(loggingOf(plan), "loggingFilter", "filters", 0, "conditions")).to.deep.equal([
      { actionCondition: { action: "BLOCK" } },
      { actionCondition: { action: "COUNT" } },
      { actionCondition: { action: "EXCLUDED_AS_COUNT" } },
    ]);
  });

  it("only the log delivery of this account may write there, and logging begins once it may", async () => {
    const plan = await planOf("prod");
    const policy = one(plan, "LogResourcePolicy");

    expect(parsed(policy.inputs["policyDocument"])).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "delivery.logs.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${show(one(plan, "LogGroup", "web-acl").outputs["arn"])}:*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*" },
          },
        },
      ],
    });
    expect(one(plan, "WebAclLoggingConfiguration").dependencies).to.include(policy.urn);
  });

  it("the dashboard shows what each of its rules blocked", async () => {
    const titles = async (stack: string) =>
      (
        at(parsed(one(await planOf(stack), "Dashboard").inputs["dashboardBody"]), "widgets") as {
          properties: { title: string; metrics?: string[][] };
        }[]
      ).flatMap(({ properties: { title, metrics = [] } }) =>
        title === "Blocked by the web ACL" ? metrics.map((metric) => [metric[3], metric[7]]) : [],
      );

    expect(await titles("prod")).to.deep.equal(
      ["body-size", "rate", "ip-reputation", "common", "known-bad-inputs"].map((rule) => [
        `${PROJECT}-prod`,
        rule,
      ]),
    );
    expect(await titles("dev")).to.deep.equal([]);
  });
});
