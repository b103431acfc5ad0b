import type { Computed, Rows } from "./resource.ts";
import type { Json } from "../types.ts";
import { row } from "./rows.ts";

const CREATED = "2026-01-01T00:00:00Z";
const NAMED = { name: "{name<}" };

/** A WAF resource: `regional` and in the stack's region unless its scope is CLOUDFRONT. */
function waf(kind: string, more: Readonly<Record<string, Json>> = {}): Computed {
  return (r) => {
    const scope = r.text("scope") === "CLOUDFRONT" ? "global" : "regional";
    const arn = `wafv2:${scope}/${kind}/{name<128}/{id}`;
    return row("{uuid}", arn, { lockToken: "{uuid:lock}", ...more })(r);
  };
}

const invocations = (version: string, target: string): string =>
  `arn:aws:apigateway:{region}:lambda:path/${version}/functions/${target}/invocations`;

export const monitoring: Rows = {
  "cloudwatch/LogGroup": row("{name<}", "logs:log-group:{name<}"),
  "cloudwatch/LogStream": row("{name<}", "logs:log-group:{logGroupName}:log-stream:{name<}"),
  "cloudwatch/LogMetricFilter": row("{name<}"),
  "cloudwatch/LogSubscriptionFilter": row("cwlsf-{digits10}", "", NAMED),
  "cloudwatch/LogDelivery": row("{hex16}", "logs:delivery:{id}"),
  "cloudwatch/LogDeliveryDestination": row("{name<60}", "logs:delivery-destination:{name<60}"),
  "cloudwatch/LogDeliverySource": row("{name<60}", "logs:delivery-source:{name<60}", {
    service: "cloudfront",
  }),
  "cloudwatch/LogResourcePolicy": (r) => ({
    id: r.text("policyName") || r.name,
    policyScope: "ACCOUNT",
    revisionId: "",
  }),
  "cloudwatch/LogDataProtectionPolicy": row("{logGroupName}"),
  "cloudwatch/LogAnomalyDetector": row("{arn}", "logs:anomaly-detector:{uuid}"),
  "cloudwatch/QueryDefinition": row("{uuid}", "logs:query-definition:{id}", {
    ...NAMED,
    queryDefinitionId: "{id}",
  }),
  "cloudwatch/MetricAlarm": row("{name<}", "cloudwatch:alarm:{name<}"),
  "cloudwatch/CompositeAlarm": row("{alarmName<255}", "cloudwatch:alarm:{alarmName<255}"),
  "cloudwatch/AlarmMuteRule": row("{name<}", "cloudwatch:alarm-mute-rule:{name<}", {
    ...{ lastUpdatedTimestamp: CREATED, muteType: "SCHEDULED", status: "SCHEDULED" },
  }),
  "cloudwatch/Dashboard": row("{dashboardName<255}", "", {
    // Dashboards, alone in CloudWatch, belong to no region.
    dashboardArn: "arn:aws:cloudwatch::{account}:dashboard/{dashboardName<255}",
  }),
  "cloudwatch/ContributorInsightRule": row("{ruleName<128}", "", {
    resourceArn: "@cloudwatch:insight-rule/{ruleName<128}",
  }),
  "cloudwatch/EventBus": row("{name<}", "events:event-bus/{name<}"),
  "cloudwatch/EventRule": (r) => {
    const bus = r.text("eventBusName");
    const path = bus === "" || bus === "default" ? "{name<64}" : `${bus}/{name<64}`;
    return row(path, `events:rule/${path}`)(r);
  },
  "cloudwatch/EventTarget": (r) => {
    const targetId = r.text("targetId") || `${r.name}-${r.hex(7)}`;
    return { id: `${r.text("rule")}-${targetId}`, targetId };
  },
  "scheduler/ScheduleGroup": row("{name<}", "scheduler:schedule-group/{name<}", {
    ...{ creationDate: CREATED, lastModificationDate: CREATED, state: "ACTIVE" },
  }),
  "scheduler/Schedule": row("{groupName|default}/{name<64}", "scheduler:schedule/{id}"),
  "sns/Topic": row("{arn}", "sns:{name<}", { beginningArchiveTime: "", owner: "{account}" }),
  "sns/TopicPolicy": row("{arn}", "", { owner: "{account}" }),
  "sns/TopicSubscription": (r) =>
    row("{arn}", "", {
      arn: "{topic}:{uuid}",
      confirmationWasAuthenticated: false,
      ownerId: "{account}",
      pendingConfirmation: r.text("protocol").startsWith("email"),
    })(r),
  "sqs/Queue": row("{url}", "sqs:{name<80}", {
    url: "https://sqs.{region}.amazonaws.com/{account}/{name<80}",
  }),
  "sqs/QueuePolicy": row("{queueUrl}"),
  "cloudtrail/Trail": row("{arn}", "cloudtrail:trail/{name<}", {
    homeRegion: "{region}",
    snsTopicArn: "",
  }),
  "cloudtrail/EventDataStore": row("{arn}", "cloudtrail:eventdatastore/{uuid}", NAMED),
  "cfg/Recorder": row("{name<}"),
  "cfg/Rule": row("{name<}", "config:config-rule/{ruleId}", { ruleId: "config-rule-{hex6}" }),
  "guardduty/Detector": row("{hex32}", "guardduty:detector/{id}", { accountId: "{account}" }),
  "inspector2/Enabler": (r) => ({
    id: `${r.accountId}-${r.list("resourceTypes").map(String).join(":")}`,
  }),
  "budgets/Budget": row("{account}:{name<100}", "budgets:budget/{name<100}"),
  "budgets/BudgetAction": row(
    "{account}:{uuid}:{budgetName}",
    "budgets:budget/{budgetName}/action/{uuid}",
    { actionId: "{uuid}", status: "STANDBY" },
  ),
  "costexplorer/AnomalyMonitor": row("{arn}", "ce:anomalymonitor/{uuid}", NAMED),
  "costexplorer/CostAllocationTag": row("{tagKey}", "", { type: "UserDefined" }),
  "costexplorer/AnomalySubscription": row("{arn}", "ce:anomalysubscription/{uuid}", NAMED),
  "synthetics/Canary": row("{name<255}", "synthetics:canary:{name<255}", {
    engineArn: "@lambda:function:cwsyn-{name<255}-{uuid}:1",
    sourceLocationArn: "@lambda:layer:cwsyn-{name<255}-{uuid}:1",
    status: "READY",
    timelines: [],
  }),
  "synthetics/Group": row("{name<64}", "synthetics:group:{groupId}", { groupId: "{hex8}" }),
  "synthetics/GroupAssociation": row("{groupName},{canaryArn}", "", {
    groupArn: "@synthetics:group:{groupName}",
    groupId: "{hex8}",
  }),
  "lambda/Function": row("{name<64}", "lambda:function:{name<64}", {
    invokeArn: invocations("2015-03-31", "{arn}"),
    lastModified: "2026-01-01T00:00:00.000+0000",
    qualifiedArn: "{arn}:$LATEST",
    qualifiedInvokeArn: invocations("2015-03-31", "{qualifiedArn}"),
    responseStreamingInvokeArn: invocations("2021-11-15", "{arn}"),
    ...{ signingJobArn: "", signingProfileVersionArn: "", sourceCodeSize: 0, version: "$LATEST" },
  }),
  "lambda/Permission": (r) => ({ id: r.physicalName("statementId", 100) }),
  "wafv2/WebAcl": waf("webacl", { applicationIntegrationUrl: "", capacity: 0 }),
  "wafv2/IpSet": waf("ipset"),
  "wafv2/RuleGroup": waf("rulegroup"),
  "wafv2/RegexPatternSet": waf("regexpatternset"),
  "wafv2/WebAclAssociation": row("{webAclArn},{resourceArn}"),
  "wafv2/WebAclLoggingConfiguration": row("{resourceArn}"),
};
