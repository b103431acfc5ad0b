import { PRICES_DATE, PRICED_REGIONS } from "../../plan/prices/prices.ts";
import type { Plan } from "../../plan/types.ts";
import { PLAIN, type Section, type Style } from "../section.ts";
import { advice } from "./advice.ts";
import { estimate, sum, type CostLine, type Estimate } from "./estimate.ts";
import { ASSUMED, loadOf } from "./load.ts";

/** What a price is for, on a line of the summary. */
const SHORT: Readonly<Record<string, string>> = {
  alb: "load balancer",
  "nat-gateway": "NAT",
  "public-ipv4": "public IPv4",
  "interface-endpoint": "endpoints",
  "kms-key": "KMS key",
  "web-acl": "web ACL",
  "web-acl-rule": "web ACL",
};

/** `40.31 USD a month idle   (load balancer 18.40, public IPv4 10.95, tasks 5.39, ...)` */
export const COST_SECTION: Section = {
  name: "cost",
  lines: (plan) => {
    const found = estimate(plan);
    if (found.lines.length === 0) return [];
    const parts = [...bySubject(found.lines)]
      .sort(([, a], [, b]) => b - a)
      .map(([subject, usd]) => `${subject} ${usd.toFixed(2)}`);
    const shown = parts.length > 4 ? [...parts.slice(0, 3), "..."] : parts;
    return [
      `${found.monthlyUsd.toFixed(2)} USD a month idle   (${shown.join(", ")})`,
      ...overBudget(plan, found),
    ];
  },
};

/** The sentence that a plan above its budget gets; empty without a budget, or below it. */
export function overBudget(plan: Plan, found: Estimate = estimate(plan)): string[] {
  const budget = plan.config["monthlyBudgetUsd"];
  if (typeof budget !== "number" || budget <= 0 || found.monthlyUsd <= budget) return [];
  return [
    `above monthlyBudgetUsd: ${found.monthlyUsd.toFixed(2)} USD idle, ${budget} allowed. Raise the budget, or see --cost for what to take away`,
  ];
}

function bySubject(lines: readonly CostLine[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { id, usd } of lines) {
    const subject = id.startsWith("fargate-") ? "tasks" : (SHORT[id] ?? id.replaceAll("-", " "));
    found.set(subject, (found.get(subject) ?? 0) + usd);
  }
  return found;
}

/**
 * Every line of the estimate by component, then the other ways to reckon it.
 * @param requestsPerSecond load of the table; 0 for an idle stack
 */
export function costView(plan: Plan, requestsPerSecond: number, style: Style = PLAIN): string {
  const load = loadOf(requestsPerSecond);
  const found = estimate(plan, { load });
  const boxes = [...new Set(found.lines.map(({ box }) => box))];
  const width = Math.max(0, ...found.lines.map(({ id }) => id.length));
  const awake = estimate(plan, { load, asleep: false });
  const free = estimate(plan, { load, freeTier: true });
  return [
    style("title", `${plan.project} / ${plan.stack}`) +
      `   ${found.region}   ${found.monthlyUsd.toFixed(2)} USD a month at ${words(requestsPerSecond)}`,
    "",
    ...boxes.flatMap((box) => {
      const lines = found.lines.filter((line) => line.box === box);
      return [
        `${style("name", box.padEnd(width + 2))}${money(sum(lines))}`,
        ...lines.map(
          ({ id, usd, units, unit, source }) =>
            `  ${id.padEnd(width)}${money(usd)}   ${rounded(units)} ${unit}${source === undefined ? "   not verified" : ""}`,
        ),
      ];
    }),
    "",
    `awake all month        ${awake.monthlyUsd.toFixed(2)} USD`,
    `with the free tier     ${free.monthlyUsd.toFixed(2)} USD, if no other stack of the account uses it`,
    ...(found.unknownTypes.length === 0
      ? []
      : [`not in the sum         ${found.unknownTypes.join(", ")}: no price is known`]),
    ...advice(plan).flatMap((sentence, index) => [...(index === 0 ? [""] : []), `- ${sentence}`]),
    "",
    style(
      "hint",
      [
        `List prices of ${PRICES_DATE}, without tax; ${Math.round(found.unverifiedShare * 100)} % of the sum rests on prices that are not verified.`,
        ...(PRICED_REGIONS.includes(found.region)
          ? []
          : [
              `No prices of ${found.region} are known: those of ${PRICED_REGIONS[0] ?? ""} stand in.`,
            ]),
        `A request is taken for ${ASSUMED.answerKb} KB of answer, ${ASSUMED.logKb} KB of log and ${ASSUMED.cpuMilliseconds} ms of CPU. --load <requests per second> reckons with traffic.`,
      ].join("\n"),
    ),
  ].join("\n");
}

const words = (rate: number): string => (rate === 0 ? "no traffic" : `${rate} requests a second`);
const money = (usd: number): string => usd.toFixed(2).padStart(10);
const rounded = (units: number): string =>
  units.toLocaleString("en-US", { maximumFractionDigits: 2 });
