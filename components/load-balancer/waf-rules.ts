import type * as aws from "@pulumi/aws";
import { ALWAYS_COUNTED, MANAGED_GROUPS, type ManagedGroup } from "./managed-rules.ts";
import { numberAbove } from "./number-above.ts";

/** What the web ACL refuses, and with which words. What no rule refuses is let through. */

export interface WafRulesArgs {
  /** Largest request body, in bytes: the same number that the app is told. */
  bodyLimitBytes: number;
  /** About the requests that one address may send in five minutes: AWS counts with a delay. */
  requestsPerAddress: number;
  /** Managed rules that only count, by name. */
  countedRules: readonly string[];
}

type Rule = aws.types.input.wafv2.WebAclRule & { name: string };

/** A rule that refuses by itself: which requests, and what a refused caller reads. */
interface Refusal {
  name: string;
  statement: aws.types.input.wafv2.WebAclRuleStatement;
  /** Of the answer. */
  key: string;
  status: number;
  title: string;
  detail: string;
  responseHeaders?: { name: string; value: string }[];
}

/** In seconds, of 60, 120, 300 and 600 that AWS offers: its default. */
const WINDOW_SECONDS = 300;

/** Headers by which callers prove who they are, whatever the app: kept out of everything that the web ACL writes down. */
export const SECRET_HEADERS: readonly string[] = ["authorization", "cookie", "x-api-key"];

/** Rules in the order in which they are asked: what costs least first. */
export const wafRules = (args: WafRulesArgs): Rule[] =>
  [
    ...[bodySize(args), rate(args)].map(refusing),
    ...MANAGED_GROUPS.map((group) => managed(group, args)),
  ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) }));

type RuleWithoutPriority = Omit<Rule, "priority" | "visibilityConfig">;

/**
 * Refuses a body by the length that its header declares, before a byte of it reaches a task. Its bytes cannot be counted
 * here: in front of a load balancer WAF sees the first 8,192 alone, and a size constraint on the body would either let all
 * above pass or block every one of them. A body that declares no length (chunked, or HTTP/2 without the header) goes on
 * to the app, which counts as it reads.
 * Source: AWS, "Managing body inspection size limits for AWS WAF", AWS WAF Developer Guide.
 */
const bodySize = ({ bodyLimitBytes }: WafRulesArgs): Refusal => ({
  name: "body-size",
  statement: {
    regexMatchStatement: {
      regexString: numberAbove(bodyLimitBytes),
      fieldToMatch: { singleHeader: { name: "content-length" } },
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  },
  key: "content-too-large",
  status: 413,
  title: "Content Too Large",
  detail: `The body is larger than ${bodyLimitBytes} bytes.`,
});

/**
 * Refuses an address that sends too much, until its last five minutes hold less. AWS looks every few seconds and counts
 * near the limit, not at it: this shields the service, and no caller may rely on the number.
 * Source: AWS, "Rate-based rule caveats in AWS WAF", AWS WAF Developer Guide.
 */
const rate = ({ requestsPerAddress }: WafRulesArgs): Refusal => ({
  name: "rate",
  statement: {
    rateBasedStatement: {
      limit: requestsPerAddress,
      evaluationWindowSec: WINDOW_SECONDS,
      // The address of the connection: nothing stands before the load balancer that would hide the caller's.
      aggregateKeyType: "IP",
    },
  },
  key: "rate-limited",
  status: 429,
  title: "Too Many Requests",
  detail: `More than ${requestsPerAddress} requests in 5 minutes from one address; try again in ${WINDOW_SECONDS} s.`,
  // A caller that is silent for a whole window comes in again, give or take some seconds.
  responseHeaders: [{ name: "Retry-After", value: String(WINDOW_SECONDS) }],
});

const refusing = ({
  name,
  statement,
  key: customResponseBodyKey,
  status: responseCode,
  responseHeaders,
}: Refusal): RuleWithoutPriority => {
  const customResponse = {
    responseCode,
    customResponseBodyKey,
    ...(responseHeaders && { responseHeaders }),
  };
  return { name, statement, action: { block: { customResponse } } };
};

/** A group decides by the actions of its own rules; no version is named, so that AWS keeps it up to date. */
function managed(
  { name, group, rules }: ManagedGroup,
  { countedRules }: WafRulesArgs,
): RuleWithoutPriority {
  const counted = rules.filter(
    (rule) => ALWAYS_COUNTED.includes(rule) || countedRules.includes(rule),
  );
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  };
}

/**
 * Metrics, but no samples: these are whole requests for whoever may call GetSampledRequests. The log has everything that
 * was blocked, without secret headers, encrypted, and for longer than three hours.
 */
export function visibility(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

/**
 * Which requests the log keeps, by what rules did to them. Those that passed are in the load balancer's access log; here
 * they would be most of the cost. What only counts is kept where configuration asks a rule to count, and then all of it: our
 * own override counts every body above 8 KB, and a condition on actions cannot tell the two apart.
 * Source: AWS, ActionCondition, AWS WAFV2 API Reference: an overridden rule has the action of its override.
 */
export function loggedActions({ countedRules }: Pick<WafRulesArgs, "countedRules">): string[] {
  return countedRules.length === 0 ? ["BLOCK"] : ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"];
}

/**
 * What a refused caller reads: Problem Details (RFC 9457) without a type of their own, for the app's are unknown here. WAF
 * offers no media type but application/json, and lets nobody set that header.
 * Source: AWS, CustomResponseBody and CustomResponse, AWS WAFV2 API Reference.
 */
export const wafAnswers = (args: WafRulesArgs): aws.types.input.wafv2.WebAclCustomResponseBody[] =>
  [bodySize(args), rate(args)].map(({ key, title, status, detail }) => ({
    key,
    contentType: "APPLICATION_JSON",
    content: JSON.stringify({ type: "about:blank", title, status, detail }),
  }));
