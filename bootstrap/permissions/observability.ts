import { of, type Permission, type Permissions, type Scope } from "./permission.ts";

const LOG_GROUP: Scope = { arnsOf: "aws:cloudwatch/logGroup:LogGroup", suffixes: ["", ":*"] };
const TOPIC: Scope = { arnsOf: "aws:sns/topic:Topic" };

const logs = (read: string, write: string, on: Scope = LOG_GROUP): Permission => ({
  read: of("logs", read),
  write: of("logs", write),
  on,
});
const alarms: Permission = {
  read: of("cloudwatch", "DescribeAlarms ListTagsForResource"),
  write: of(
    "cloudwatch",
    "PutMetricAlarm PutCompositeAlarm DeleteAlarms TagResource UntagResource",
  ),
  on: "region",
};
const events: Permission = {
  read: of("events", "DescribeRule ListTargetsByRule ListTagsForResource"),
  write: of("events", "PutRule DeleteRule PutTargets RemoveTargets TagResource UntagResource"),
  on: "region",
};
const costs: Permission = {
  read: of("ce", "GetAnomalyMonitors GetAnomalySubscriptions ListTagsForResource"),
  write: of(
    "ce",
    "CreateAnomalyMonitor UpdateAnomalyMonitor DeleteAnomalyMonitor CreateAnomalySubscription UpdateAnomalySubscription DeleteAnomalySubscription TagResource UntagResource",
  ),
  on: "global",
};

export const observability: Permissions = {
  "aws:athena/namedQuery:NamedQuery": {
    read: of("athena", "GetNamedQuery"),
    write: of("athena", "CreateNamedQuery UpdateNamedQuery DeleteNamedQuery"),
    on: "region",
  },
  "aws:athena/workgroup:Workgroup": {
    read: of("athena", "GetWorkGroup ListTagsForResource"),
    write: of(
      "athena",
      "CreateWorkGroup UpdateWorkGroup DeleteWorkGroup TagResource UntagResource",
    ),
    on: "region",
  },
  "aws:budgets/budget:Budget": {
    read: of("budgets", "ViewBudget ListTagsForResource"),
    write: of("budgets", "ModifyBudget TagResource UntagResource"),
    on: "global",
  },
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": {
    read: of("chatbot", "DescribeSlackChannelConfigurations ListTagsForResource"),
    write: of(
      "chatbot",
      "CreateSlackChannelConfiguration UpdateSlackChannelConfiguration DeleteSlackChannelConfiguration TagResource UntagResource",
    ),
    on: "global",
  },
  "aws:cloudtrail/trail:Trail": {
    read: of(
      "cloudtrail",
      "DescribeTrails GetTrail GetTrailStatus GetEventSelectors GetInsightSelectors ListTags",
    ),
    write: of(
      "cloudtrail",
      "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging PutEventSelectors PutInsightSelectors AddTags RemoveTags",
    ),
    on: { arnsOf: "aws:cloudtrail/trail:Trail" },
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": alarms,
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": {
    read: of("cloudwatch", "DescribeInsightRules ListTagsForResource"),
    write: of(
      "cloudwatch",
      "PutInsightRule DeleteInsightRules EnableInsightRules DisableInsightRules TagResource UntagResource",
    ),
    on: "region",
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    read: of("cloudwatch", "GetDashboard"),
    write: of("cloudwatch", "PutDashboard DeleteDashboards"),
    // A dashboard belongs to the account, in no region.
    on: "global",
  },
  "aws:cloudwatch/eventRule:EventRule": events,
  "aws:cloudwatch/eventTarget:EventTarget": events,
  "aws:cloudwatch/logAnomalyDetector:LogAnomalyDetector": logs(
    "GetLogAnomalyDetector ListTagsForResource",
    "CreateLogAnomalyDetector UpdateLogAnomalyDetector DeleteLogAnomalyDetector TagResource UntagResource",
    "region",
  ),
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": logs(
    "GetDataProtectionPolicy",
    "PutDataProtectionPolicy DeleteDataProtectionPolicy",
  ),
  "aws:cloudwatch/logGroup:LogGroup": logs(
    "DescribeLogGroups ListTagsForResource",
    "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey TagResource UntagResource",
  ),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": logs(
    "DescribeMetricFilters",
    "PutMetricFilter DeleteMetricFilter",
  ),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": logs(
    "DescribeResourcePolicies",
    "PutResourcePolicy DeleteResourcePolicy",
    "region",
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarms,
  "aws:cloudwatch/queryDefinition:QueryDefinition": logs(
    "DescribeQueryDefinitions",
    "PutQueryDefinition DeleteQueryDefinition",
    "region",
  ),
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": costs,
  "aws:costexplorer/anomalySubscription:AnomalySubscription": costs,
  "aws:glue/catalogDatabase:CatalogDatabase": {
    read: of("glue", "GetDatabase GetTags"),
    write: of("glue", "CreateDatabase UpdateDatabase DeleteDatabase TagResource UntagResource"),
    on: "region",
  },
  "aws:glue/catalogTable:CatalogTable": {
    read: of("glue", "GetTable GetPartitionIndexes"),
    write: of("glue", "CreateTable UpdateTable DeleteTable"),
    on: "region",
  },
  "aws:sns/topic:Topic": {
    read: of("sns", "GetTopicAttributes ListTagsForResource"),
    write: of("sns", "CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource"),
    on: TOPIC,
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    read: of("sns", "GetTopicAttributes"),
    write: of("sns", "SetTopicAttributes"),
    on: TOPIC,
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    read: of("sns", "GetSubscriptionAttributes"),
    write: of("sns", "Subscribe"),
    on: TOPIC,
    // Source: AWS, Service Authorization Reference, Amazon SNS.
    onNone: of("sns", "SetSubscriptionAttributes Unsubscribe"),
  },
};
