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
export const MANAGED_GROUPS: readonly ManagedGroup[] = [
  {
    name: "ip-reputation",
    group: "AWSManagedRulesAmazonIpReputationList",
    rules: ["AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"],
  },
  {
    name: "common",
    group: "AWSManagedRulesCommonRuleSet",
    rules: [
      "NoUserAgent_HEADER",
      "UserAgent_BadBots_HEADER",
      "SizeRestrictions_QUERYSTRING",
      "SizeRestrictions_Cookie_HEADER",
      "SizeRestrictions_BODY",
      "SizeRestrictions_URIPATH",
      "EC2MetaDataSSRF_BODY",
      "EC2MetaDataSSRF_COOKIE",
      "EC2MetaDataSSRF_URIPATH",
      "EC2MetaDataSSRF_QUERYARGUMENTS",
      "GenericLFI_QUERYARGUMENTS",
      "GenericLFI_URIPATH",
      "GenericLFI_BODY",
      "RestrictedExtensions_URIPATH",
      "RestrictedExtensions_QUERYARGUMENTS",
      "GenericRFI_QUERYARGUMENTS",
      "GenericRFI_BODY",
      "GenericRFI_URIPATH",
      "CrossSiteScripting_COOKIE",
      "CrossSiteScripting_QUERYARGUMENTS",
      "CrossSiteScripting_BODY",
      "CrossSiteScripting_URIPATH",
    ],
  },
  {
    name: "known-bad-inputs",
    group: "AWSManagedRulesKnownBadInputsRuleSet",
    rules: [
      "JavaDeserializationRCE_HEADER",
      "JavaDeserializationRCE_BODY",
      "JavaDeserializationRCE_URIPATH",
      "JavaDeserializationRCE_QUERYSTRING",
      "Host_localhost_HEADER",
      "PROPFIND_METHOD",
      "ExploitablePaths_URIPATH",
      "Log4JRCE_HEADER",
      "Log4JRCE_QUERYSTRING",
      "Log4JRCE_BODY",
      "Log4JRCE_URIPATH",
      "ReactJSRCE_BODY",
    ],
  },
];

/** Names that may be told to count. */
export const MANAGED_RULES: readonly string[] = MANAGED_GROUPS.flatMap(({ rules }) => rules);

/**
 * Blocks every body above 8 KB, whatever the app accepts; the web ACL has a rule of its own for sizes, by the app's limit.
 * Counted, its matches still show in the metrics.
 */
export const ALWAYS_COUNTED: readonly string[] = ["SizeRestrictions_BODY"];
