import { wildcard } from "../lib/words.ts";
import type { Router } from "./balancer/router.ts";
import type { RuleSpec } from "./spec-types.ts";

/** The first rule that fits takes the request, as in a listener; the main service's group takes the rest. */
export function ruleRouter(
  main: string,
  rules: readonly { group: string; rule: RuleSpec }[],
): Router {
  const sorted = rules.toSorted((a, b) => a.rule.priority - b.rule.priority);
  return {
    choose: ({ url = "/", headers }) => {
      const path = url.replace(/\?.*$/s, "");
      const host = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
      const found = sorted.find(({ rule }) => fits(rule.paths, path) && fits(rule.hosts, host));
      return found?.group ?? main;
    },
  };
}

const fits = (patterns: readonly string[], text: string): boolean =>
  patterns.length === 0 || patterns.some((pattern) => wildcard(pattern).test(text));
