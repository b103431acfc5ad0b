import type { Computed, Rows } from "./resource.ts";
import { byArn, byId, byInventedArn, byName, nameOnly, ofInputs, type More } from "./rows.ts";

const CREATED = "2026-01-01T00:00:00Z";

const withName: More = (r) => ({ name: r.physicalName() });

/** A WAF resource: `regional` and in the stack's region unless its scope is CLOUDFRONT. */
function waf(kind: string, more: object = {}): Computed {
  return (r) => {
    const [id, name] = [r.uuid(), r.physicalName("name", 128)];
    const scope = r.text("scope") === "CLOUDFRONT" ? "global" : "regional";
    const arn = r.arn(`wafv2:${scope}/${kind}/${name}/${id}`);
    return { id, arn, lockToken: r.uuid("lock"), name, ...more };
  };
}

export const monitoring: Rows = {
  "cloudwatch/LogGroup": byName("logs:log-group:"),
  "cloudwatch/LogStream": (r) => {
    const name = r.physicalName();
    const arn = r.arn(`logs:log-group:${r.text("logGroupName")}:log-stream:${name}`);
    return { id: name, arn, name };
  },
  "cloudwatch/LogMetricFilter": nameOnly,
  "cloudwatch/LogSubscriptionFilter": (r) => ({
    id: `cwlsf-${r.digits(10)}`,
    name: r.physicalName(),
  }),
  "cloudwatch/LogResourcePolicy": (r) => ({
    id: r.text("policyName") || r.name,
    policyScope: "ACCOUNT",
    revisionId: "",
  }),
  "cloudwatch/LogDataProtectionPolicy": ofInputs("{logGroupName}"),
  "cloudwatch/LogAnomalyDetector": byInventedArn("logs:anomaly-detector:"),
  "cloudwatch/QueryDefinition": byId(
    "logs:query-definition:",
    (r) => r.uuid(),
    (r, id) => ({ name: r.physicalName(), queryDefinitionId: id }),
  ),
  "cloudwatch/MetricAlarm": byName("cloudwatch:alarm:"),
  "cloudwatch/CompositeAlarm": byName("cloudwatch:alarm:", { key: "alarmName", max: 255 }),
  "cloudwatch/AlarmMuteRule": byName(
    "cloudwatch:alarm-mute-rule:",
    {},
    { lastUpdatedTimestamp: CREATED, muteType: "SCHEDULED", status: "SCHEDULED" },
  ),
  "cloudwatch/Dashboard": (r) => {
    const dashboardName = r.physicalName("dashboardName", 255);
    // Dashboards, alone in CloudWatch, belong to no region.
    const dashboardArn = `arn:aws:cloudwatch::${r.accountId}:dashboard/${dashboardName}`;
    return { id: dashboardName, dashboardArn, dashboardName };
  },
  "cloudwatch/ContributorInsightRule": (r) => {
    const ruleName = r.physicalName("ruleName", 128);
    return { id: ruleName, resourceArn: r.arn(`cloudwatch:insight-rule/${ruleName}`), ruleName };
  },
  "cloudwatch/EventBus": byName("events:event-bus/"),
  "cloudwatch/EventRule": (r) => {
    const name = r.physicalName("name", 64);
    const bus = r.text("eventBusName");
    const path = bus === "" || bus === "default" ? name : `${bus}/${name}`;
    return { id: path, arn: r.arn(`events:rule/${path}`), name };
  },
  "cloudwatch/EventTarget": (r) => {
    const targetId = r.text("targetId") || `${r.name}-${r.hex(7)}`;
    return { id: `${r.text("rule")}-${targetId}`, targetId };
  },
  "scheduler/ScheduleGroup": byName(
    "scheduler:schedule-group/",
    {},
    { creationDate: CREATED, lastModificationDate: CREATED, state: "ACTIVE" },
  ),
  "scheduler/Schedule": (r) => {
    const name = r.physicalName("name", 64);
    const path = `${r.text("groupName") || "default"}/${name}`;
    return { id: path, arn: r.arn(`scheduler:schedule/${path}`), name };
  },
  "sns/Topic": byArn("sns:", {}, (r) => ({ beginningArchiveTime: "", owner: r.accountId })),
  "sns/TopicPolicy": ofInputs("{arn}", (r) => ({ owner: r.accountId })),
  "sns/TopicSubscription": (r) => {
    const arn = `${r.text("topic")}:${r.uuid()}`;
    return {
      id: arn,
      arn,
      confirmationWasAuthenticated: false,
      ownerId: r.accountId,
      pendingConfirmation: r.text("protocol").startsWith("email"),
    };
  },
  "sqs/Queue": (r) => {
    const name = r.physicalName("name", 80);
    const url = `https://sqs.${r.region}.amazonaws.com/${r.accountId}/${name}`;
    return { id: url, arn: r.arn(`sqs:${name}`), name, url };
  },
  "sqs/QueuePolicy": ofInputs("{queueUrl}"),
  "cloudtrail/Trail": byArn("cloudtrail:trail/", {}, (r) => ({
    homeRegion: r.region,
    snsTopicArn: "",
  })),
  "cloudtrail/EventDataStore": byInventedArn("cloudtrail:eventdatastore/", withName),
  "cfg/Recorder": nameOnly,
  "cfg/Rule": (r) => {
    const ruleId = `config-rule-${r.hex(6)}`;
    const name = r.physicalName();
    return { id: name, arn: r.arn(`config:config-rule/${ruleId}`), name, ruleId };
  },
  "guardduty/Detector": byId(
    "guardduty:detector/",
    (r) => r.hex(32),
    (r) => ({ accountId: r.accountId }),
  ),
  "inspector2/Enabler": (r) => ({
    id: `${r.accountId}-${r.list("resourceTypes").map(String).join(":")}`,
  }),
  "budgets/Budget": (r) => {
    const name = r.physicalName("name", 100);
    return { id: `${r.accountId}:${name}`, arn: r.arn(`budgets:budget/${name}`), name };
  },
  "budgets/BudgetAction": (r) => ({
    id: `${r.accountId}:${r.uuid()}:${r.text("budgetName")}`,
    actionId: r.uuid(),
    arn: r.arn(`budgets:budget/${r.text("budgetName")}/action/${r.uuid()}`),
    status: "STANDBY",
  }),
  "costexplorer/AnomalyMonitor": byInventedArn("ce:anomalymonitor/", withName),
  "costexplorer/AnomalySubscription": byInventedArn("ce:anomalysubscription/", withName),
  "synthetics/Canary": byName("synthetics:canary:", { max: 255 }, (r, name) => ({
    engineArn: r.arn(`lambda:function:cwsyn-${name}-${r.uuid()}:1`),
    sourceLocationArn: r.arn(`lambda:layer:cwsyn-${name}-${r.uuid()}:1`),
    status: "READY",
    timelines: [],
  })),
  "synthetics/Group": (r) => {
    const name = r.physicalName("name", 64);
    return { id: name, arn: r.arn(`synthetics:group:${r.hex(8)}`), groupId: r.hex(8), name };
  },
  "synthetics/GroupAssociation": ofInputs("{groupName},{canaryArn}", (r) => ({
    groupArn: r.arn(`synthetics:group:${r.text("groupName")}`),
    groupId: r.hex(8),
  })),
  "lambda/Function": byName("lambda:function:", { max: 64 }, (r, name) => {
    const arn = r.arn(`lambda:function:${name}`);
    const invoke = (target: string, version: string) =>
      `arn:aws:apigateway:${r.region}:lambda:path/${version}/functions/${target}/invocations`;
    return {
      invokeArn: invoke(arn, "2015-03-31"),
      lastModified: "2026-01-01T00:00:00.000+0000",
      qualifiedArn: `${arn}:$LATEST`,
      qualifiedInvokeArn: invoke(`${arn}:$LATEST`, "2015-03-31"),
      responseStreamingInvokeArn: invoke(arn, "2021-11-15"),
      signingJobArn: "",
      signingProfileVersionArn: "",
      sourceCodeSize: 0,
      version: "$LATEST",
    };
  }),
  "lambda/Permission": (r) => ({ id: r.text("statementId") || `${r.name}-${r.hex(7)}` }),
  "wafv2/WebAcl": waf("webacl", { applicationIntegrationUrl: "", capacity: 0 }),
  "wafv2/IpSet": waf("ipset"),
  "wafv2/RuleGroup": waf("rulegroup"),
  "wafv2/RegexPatternSet": waf("regexpatternset"),
  "wafv2/WebAclAssociation": ofInputs("{webAclArn},{resourceArn}"),
  "wafv2/WebAclLoggingConfiguration": ofInputs("{resourceArn}"),
};
