import groups from "./managed-rules.json" with { type: "json" };

/** The groups of rules that AWS manages and the web ACL uses. AWS changes what a rule finds; its name stays. */

export interface ManagedGroup {
  /** Name of our rule that holds the group, as metrics and logs show it. */
  readonly name: string;
  /** Name of the group at AWS. */
  readonly group: string;
  /** Its rules. An override of any other name would be ignored without a word, so configuration is checked against these. */
  readonly rules: readonly string[];
}

/**
 * In the order in which they are asked. Together 925 of the 1,500 capacity units that the price of a web ACL includes.
 * Source: AWS, "Baseline rule groups" and "IP reputation rule groups", AWS WAF Developer Guide.
 */
export const MANAGED_GROUPS: readonly ManagedGroup[] = groups;

/** Names that may be told to count. */
export const MANAGED_RULES: readonly string[] = MANAGED_GROUPS.flatMap(({ rules }) => rules);

/**
 * Blocks every body above 8 KB, whatever the app accepts; the web ACL has a rule of its own for sizes, by the app's limit.
 * Counted, its matches still show in the metrics.
 */
export const ALWAYS_COUNTED: readonly string[] = ["SizeRestrictions_BODY"];
