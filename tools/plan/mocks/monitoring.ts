import type { Computed, MockResource } from "./resource.ts";

const GLOBAL = { region: "" } as const;
const CREATED = "2026-01-01T00:00:00Z";

/** A resource whose identity is its name, with an ARN of `service` that ends in `kind` and the name. */
function named(
  service: string,
  kind: string,
  more: (r: MockResource) => object = () => ({}),
): Computed {
  return (r) => {
    const name = r.physicalName();
    return { id: name, arn: r.arn(service, `${kind}${name}`), name, ...more(r) };
  };
}

/** Same, with the ARN as identity. */
function byArn(
  service: string,
  kind: string,
  more: (r: MockResource) => object = () => ({}),
): Computed {
  return (r) => {
    const name = r.physicalName();
    const arn = r.arn(service, `${kind}${name}`);
    return { id: arn, arn, name, ...more(r) };
  };
}

const nameOnly: Computed = (r) => {
  const name = r.physicalName();
  return { id: name, name };
};

export const monitoring: Record<string, Computed> = {
  "aws:cloudwatch/logGroup:LogGroup": named("logs", "log-group:"),
  "aws:cloudwatch/logStream:LogStream": (r) => {
    const name = r.physicalName();
    return {
      id: name,
      arn: r.arn("logs", `log-group:${r.text("logGroupName")}:log-stream:${name}`),
      name,
    };
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": nameOnly,
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": (r) => ({
    id: `cwlsf-${r.digits(10)}`,
    name: r.physicalName(),
  }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (r) => ({
    id: r.text("policyName") || r.name,
    policyScope: "ACCOUNT",
    revisionId: "",
  }),
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": (r) => ({
    id: r.text("logGroupName"),
  }),
  "aws:cloudwatch/logAnomalyDetector:LogAnomalyDetector": (r) => {
    const arn = r.arn("logs", `anomaly-detector:${r.uuid()}`);
    return { id: arn, arn };
  },
  "aws:cloudwatch/queryDefinition:QueryDefinition": (r) => {
    const queryDefinitionId = r.uuid();
    return {
      id: queryDefinitionId,
      arn: r.arn("logs", `query-definition:${queryDefinitionId}`),
      name: r.physicalName(),
      queryDefinitionId,
    };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("cloudwatch", "alarm:"),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": (r) => {
    const alarmName = r.physicalName("alarmName", 255);
    return { id: alarmName, alarmName, arn: r.arn("cloudwatch", `alarm:${alarmName}`) };
  },
  "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": named("cloudwatch", "alarm-mute-rule:", () => ({
    lastUpdatedTimestamp: CREATED,
    muteType: "SCHEDULED",
    status: "SCHEDULED",
  })),
  "aws:cloudwatch/dashboard:Dashboard": (r) => {
    const dashboardName = r.physicalName("dashboardName", 255);
    return {
      id: dashboardName,
      dashboardArn: r.arn("cloudwatch", `dashboard/${dashboardName}`, GLOBAL),
      dashboardName,
    };
  },
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": (r) => {
    const ruleName = r.physicalName("ruleName", 128);
    return { id: ruleName, resourceArn: r.arn("cloudwatch", `insight-rule/${ruleName}`), ruleName };
  },
  "aws:cloudwatch/eventBus:EventBus": named("events", "event-bus/"),
  "aws:cloudwatch/eventRule:EventRule": (r) => {
    const name = r.physicalName("name", 64);
    const bus = r.text("eventBusName");
    const path = bus === "" || bus === "default" ? name : `${bus}/${name}`;
    return { id: path, arn: r.arn("events", `rule/${path}`), name };
  },
  "aws:cloudwatch/eventTarget:EventTarget": (r) => {
    const targetId = r.text("targetId") || `${r.name}-${r.hex(7)}`;
    return { id: `${r.text("rule")}-${targetId}`, targetId };
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": named("scheduler", "schedule-group/", () => ({
    creationDate: CREATED,
    lastModificationDate: CREATED,
    state: "ACTIVE",
  })),
  "aws:scheduler/schedule:Schedule": (r) => {
    const name = r.physicalName("name", 64);
    const path = `${r.text("groupName") || "default"}/${name}`;
    return { id: path, arn: r.arn("scheduler", `schedule/${path}`), name };
  },

  "aws:sns/topic:Topic": byArn("sns", "", (r) => ({
    beginningArchiveTime: "",
    owner: r.accountId,
  })),
  "aws:sns/topicPolicy:TopicPolicy": (r) => ({ id: r.text("arn"), owner: r.accountId }),
  "aws:sns/topicSubscription:TopicSubscription": (r) => {
    const arn = `${r.text("topic")}:${r.uuid()}`;
    return {
      id: arn,
      arn,
      confirmationWasAuthenticated: false,
      ownerId: r.accountId,
      pendingConfirmation: r.text("protocol").startsWith("email"),
    };
  },
  "aws:sqs/queue:Queue": (r) => {
    const name = r.physicalName("name", 80);
    const url = `https://sqs.${r.region}.amazonaws.com/${r.accountId}/${name}`;
    return { id: url, arn: r.arn("sqs", name), name, url };
  },
  "aws:sqs/queuePolicy:QueuePolicy": (r) => ({ id: r.text("queueUrl") }),

  "aws:cloudtrail/trail:Trail": byArn("cloudtrail", "trail/", (r) => ({
    homeRegion: r.region,
    snsTopicArn: "",
  })),
  "aws:cloudtrail/eventDataStore:EventDataStore": (r) => {
    const arn = r.arn("cloudtrail", `eventdatastore/${r.uuid()}`);
    return { id: arn, arn, name: r.physicalName() };
  },
  "aws:cfg/recorder:Recorder": nameOnly,
  "aws:cfg/rule:Rule": (r) => {
    const ruleId = `config-rule-${r.hex(6)}`;
    const name = r.physicalName();
    return { id: name, arn: r.arn("config", `config-rule/${ruleId}`), name, ruleId };
  },
  "aws:guardduty/detector:Detector": (r) => ({
    id: r.hex(32),
    accountId: r.accountId,
    arn: r.arn("guardduty", `detector/${r.hex(32)}`),
  }),
  "aws:accessanalyzer/analyzer:Analyzer": (r) => {
    const analyzerName = r.physicalName("analyzerName", 255);
    return {
      id: analyzerName,
      analyzerName,
      arn: r.arn("access-analyzer", `analyzer/${analyzerName}`),
    };
  },
  "aws:inspector2/enabler:Enabler": (r) => ({
    id: `${r.accountId}-${r.list("resourceTypes").map(String).join(":")}`,
  }),

  "aws:budgets/budget:Budget": (r) => {
    const name = r.physicalName("name", 100);
    return { id: `${r.accountId}:${name}`, arn: r.arn("budgets", `budget/${name}`, GLOBAL), name };
  },
  "aws:budgets/budgetAction:BudgetAction": (r) => ({
    id: `${r.accountId}:${r.uuid()}:${r.text("budgetName")}`,
    actionId: r.uuid(),
    arn: r.arn("budgets", `budget/${r.text("budgetName")}/action/${r.uuid()}`, GLOBAL),
    status: "STANDBY",
  }),
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": (r) => {
    const arn = r.arn("ce", `anomalymonitor/${r.uuid()}`, GLOBAL);
    return { id: arn, arn, name: r.physicalName() };
  },
  "aws:costexplorer/anomalySubscription:AnomalySubscription": (r) => {
    const arn = r.arn("ce", `anomalysubscription/${r.uuid()}`, GLOBAL);
    return { id: arn, arn, name: r.physicalName() };
  },
};
