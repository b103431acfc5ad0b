import { expect } from "chai";
import { numberAbove } from "../../../components/load-balancer/number-above.ts";
import {
  loggedActions,
  SECRET_HEADERS,
  visibility,
  wafAnswers,
  wafRules,
} from "../../../components/load-balancer/waf-rules.ts";

const args = { bodyLimitBytes: 1048576, requestsPerAddress: 10000, countedRules: [] };
const metrics = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
const count = (name: string) => ({ name, actionToUse: { count: {} } });
const managed = (name: string, priority: number, group: string, counted: string[]) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name: group,
      ruleActionOverrides: counted.map(count),
    },
  },
  visibilityConfig: metrics(name),
});
const rules = [
  {
    name: "body-size",
    priority: 0,
    action: {
      block: { customResponse: { responseCode: 413, customResponseBodyKey: "content-too-large" } },
    },
    statement: {
      regexMatchStatement: {
        regexString: numberAbove(1048576),
        fieldToMatch: { singleHeader: { name: "content-length" } },
        textTransformations: [{ priority: 0, type: "NONE" }],
      },
    },
    visibilityConfig: metrics("body-size"),
  },
  {
    name: "rate",
    priority: 1,
    action: {
      block: {
        customResponse: {
          responseCode: 429,
          customResponseBodyKey: "rate-limited",
          responseHeaders: [{ name: "Retry-After", value: "300" }],
        },
      },
    },
    statement: {
      rateBasedStatement: { limit: 10000, evaluationWindowSec: 300, aggregateKeyType: "IP" },
    },
    visibilityConfig: metrics("rate"),
  },
  managed("ip-reputation", 2, "AWSManagedRulesAmazonIpReputationList", []),
  managed("common", 3, "AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),
  managed("known-bad-inputs", 4, "AWSManagedRulesKnownBadInputsRuleSet", []),
];

describe("wafRules", () => {
  it("sizes and rates first, then the managed groups, which block but for the size of bodies", () => {
    expect(wafRules(args)).to.deep.equal(rules);
  });

  it("compares with the limits that it is given", () => {
    const [size, rate] = wafRules({ ...args, bodyLimitBytes: 2048, requestsPerAddress: 10 });

    expect(size?.statement).to.deep.equal({
      regexMatchStatement: {
        regexString: "^0*(?:[1-9][0-9]{4,}|[3-9][0-9]{3}|2[1-9][0-9]{2}|20[5-9][0-9]|2049)$",
        fieldToMatch: { singleHeader: { name: "content-length" } },
        textTransformations: [{ priority: 0, type: "NONE" }],
      },
    });
    expect(rate?.statement).to.deep.equal({
      rateBasedStatement: { limit: 10, evaluationWindowSec: 300, aggregateKeyType: "IP" },
    });
  });

  it("a counted rule is overridden in its own group, and once where it counts already", () => {
    const countedRules = ["Log4JRCE_BODY", "SizeRestrictions_BODY", "GenericRFI_BODY"];

    expect(wafRules({ ...args, countedRules })).to.deep.equal([
      ...rules.slice(0, 3),
      managed("common", 3, "AWSManagedRulesCommonRuleSet", [
        "SizeRestrictions_BODY",
        "GenericRFI_BODY",
      ]),
      managed("known-bad-inputs", 4, "AWSManagedRulesKnownBadInputsRuleSet", ["Log4JRCE_BODY"]),
    ]);
  });
});

describe("wafAnswers", () => {
  const answers = wafAnswers(args);
  const read = (content: unknown) => JSON.parse(content as string) as Record<string, unknown>;

  it("are Problem Details that name the limit", () => {
    expect(
      answers.map(({ key, contentType, content }) => [key, contentType, read(content)]),
    ).to.deep.equal([
      [
        "content-too-large",
        "APPLICATION_JSON",
        {
          type: "about:blank",
          title: "Content Too Large",
          status: 413,
          detail: "The body is larger than 1048576 bytes.",
        },
      ],
      [
        "rate-limited",
        "APPLICATION_JSON",
        {
          type: "about:blank",
          title: "Too Many Requests",
          status: 429,
          detail: "More than 10000 requests in 5 minutes from one address; try again in 300 s.",
        },
      ],
    ]);
  });

  it("have the members of Problem Details (RFC 9457), and a sentence with the limit", () => {
    const answer = read(answers[0]?.content);

    expect(Object.keys(answer)).to.deep.equal(["type", "title", "status", "detail"]);
    expect([answer["status"], answer["detail"]]).to.deep.equal([
      413,
      "The body is larger than 1048576 bytes.",
    ]);
  });

  it("are there for every rule that refers to one", () => {
    const keys = wafRules(args).flatMap(({ action }) => {
      const { block } = (action ?? {}) as {
        block?: { customResponse: { customResponseBodyKey: string } };
      };
      return block === undefined ? [] : [block.customResponse.customResponseBodyKey];
    });

    expect(keys).to.deep.equal(answers.map(({ key }) => key));
  });
});

describe("what the web ACL writes down", () => {
  it("metrics, and no samples of requests", () => {
    expect(visibility("m")).to.deep.equal(metrics("m"));
  });

  it("no header that proves who calls", () => {
    expect(SECRET_HEADERS).to.deep.equal(["authorization", "cookie", "x-api-key"]);
  });

  it("what was blocked, and what only counts where configuration asks a rule to", () => {
    expect(loggedActions({ countedRules: [] })).to.deep.equal(["BLOCK"]);
    expect(loggedActions({ countedRules: ["GenericRFI_BODY"] })).to.deep.equal([
      "BLOCK",
      "COUNT",
      "EXCLUDED_AS_COUNT",
    ]);
  });
});
