import type { Plan, PlannedResource } from "../../plan/types.ts";

/** The whole stack goes somewhere else. */
export interface Move {
  what: "region" | "account" | "project";
  before: string;
  after: string;
}

/**
 * What a change does to where the whole stack is. An account that nobody named before, or that stays among those that are
 * allowed, is no move.
 */
export function movesOf(before: Plan, after: Plan): Move[] {
  const pairs: readonly [Move["what"], string | undefined, string | undefined][] = [
    ["project", before.project, after.project],
    ["account", ...accounts(before, after)],
    ["region", region(before), region(after)],
  ];
  return pairs.flatMap(([what, old, young]) =>
    old === undefined || young === undefined || old === young
      ? []
      : [{ what, before: old, after: young }],
  );
}

function region({ config }: Plan): string | undefined {
  const value = config["aws:region"];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function accounts(before: Plan, after: Plan): [string | undefined, string | undefined] {
  const [old, young] = [before, after].map(({ config }) =>
    [config["allowedAccountIds"] ?? config["aws:allowedAccountIds"]]
      .flat()
      // The placeholder of a template is no account.
      .filter((id): id is string => typeof id === "string" && /^\d{12}$/.test(id)),
  ) as [string[], string[]];
  const stays = old.length === 0 || young.length === 0 || old.some((id) => young.includes(id));
  return stays ? [undefined, undefined] : [old.join(" or "), young.join(" or ")];
}

/**
 * Services whose resources are in no region. Source: Terraform AWS Provider, guide "Enhanced Region Support", Global
 * services; there too: changing the region, which defaults to the provider's, forces replacement.
 */
const GLOBAL = new Set([
  "account",
  "billing",
  "bcmdata",
  "budgets",
  "cloudfront",
  "costexplorer",
  "costoptimizationhub",
  "cur",
  "globalaccelerator",
  "iam",
  "networkmanager",
  "notifications",
  "organizations",
  "rolesanywhere",
  "route53",
  "route53domains",
  "route53recoverycontrol",
  "route53recoveryreadiness",
  "shield",
  "waf",
]);

/** Whether another default region replaces the resource. */
export function isOfRegion({ type, inputs, options }: PlannedResource): boolean {
  const [pkg = "", module = ""] = type.split(":");
  return (
    pkg === "aws" &&
    !GLOBAL.has(module.split("/")[0] ?? "") &&
    inputs["region"] === undefined &&
    options.provider === undefined
  );
}

/** What a move means, as a sentence without a full stop. Names are quoted by the caller. */
export function moveSentence(
  { what, before, after }: Move,
  mark: (text: string) => string,
): string {
  const from = `the ${what} changes from ${mark(before)} to ${mark(after)}`;
  if (what === "region")
    return `${from}: everything that is in a region is deleted there and made anew here, empty. Data has to be moved by hand, before`;
  if (what === "account")
    return `${from}: the state describes resources that the new account does not have. Deploy another stack there, and move callers and data`;
  return `${from}: the backend has no stack under that name, so everything counts as new, and what runs stays behind. docs/getting-started.md, "A name of its own", says how`;
}
