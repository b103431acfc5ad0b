import { row, type Permission, type Permissions, type Scope } from "./permission.ts";
import { actions } from "./policy.ts";

const LOG_GROUP = { arnsOf: "aws:cloudwatch/logGroup:LogGroup", suffixes: ["", ":*"] };
const topic = (read: string, write: string): Permission =>
  row(`sns: ${read}`, `sns: ${write}`, { arnsOf: "aws:sns/topic:Topic" });
const logs = (read: string, write: string, on: Scope = LOG_GROUP): Permission =>
  row(`logs: ${read}`, `logs: ${write}`, on);
const alarms = row(
  "cloudwatch: DescribeAlarms ListTagsForResource",
  "cloudwatch: PutMetricAlarm PutCompositeAlarm DeleteAlarms TagResource UntagResource",
);
const events = row(
  "events: DescribeRule ListTargetsByRule ListTagsForResource",
  "events: PutRule DeleteRule PutTargets RemoveTargets TagResource UntagResource",
);
const costs = row(
  "ce: GetAnomalyMonitors GetAnomalySubscriptions ListTagsForResource",
  "ce: CreateAnomalyMonitor UpdateAnomalyMonitor DeleteAnomalyMonitor CreateAnomalySubscription UpdateAnomalySubscription DeleteAnomalySubscription TagResource UntagResource",
  "global",
);

export const observability: Permissions = {
  "aws:athena/namedQuery:NamedQuery": row(
    "athena: GetNamedQuery",
    "athena: CreateNamedQuery UpdateNamedQuery DeleteNamedQuery",
  ),
  "aws:athena/workgroup:Workgroup": row(
    "athena: GetWorkGroup ListTagsForResource",
    "athena: CreateWorkGroup UpdateWorkGroup DeleteWorkGroup TagResource UntagResource",
  ),
  "aws:budgets/budget:Budget": row(
    "budgets: ViewBudget ListTagsForResource",
    "budgets: ModifyBudget TagResource UntagResource",
    "global",
  ),
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": row(
    "chatbot: DescribeSlackChannelConfigurations ListTagsForResource",
    "chatbot: CreateSlackChannelConfiguration UpdateSlackChannelConfiguration DeleteSlackChannelConfiguration TagResource UntagResource",
    "global",
  ),
  "aws:cloudtrail/trail:Trail": row(
    "cloudtrail: DescribeTrails GetTrail GetTrailStatus GetEventSelectors GetInsightSelectors ListTags",
    "cloudtrail: CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging PutEventSelectors PutInsightSelectors AddTags RemoveTags",
    { arnsOf: "aws:cloudtrail/trail:Trail" },
  ),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": alarms,
  "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": row(
    "cloudwatch: DescribeInsightRules ListTagsForResource",
    "cloudwatch: PutInsightRule DeleteInsightRules EnableInsightRules DisableInsightRules TagResource UntagResource",
  ),
  // A dashboard belongs to the account, in no region.
  "aws:cloudwatch/dashboard:Dashboard": row(
    "cloudwatch: GetDashboard",
    "cloudwatch: PutDashboard DeleteDashboards",
    "global",
  ),
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
  "aws:glue/catalogDatabase:CatalogDatabase": row(
    "glue: GetDatabase GetTags",
    "glue: CreateDatabase UpdateDatabase DeleteDatabase TagResource UntagResource",
  ),
  "aws:glue/catalogTable:CatalogTable": row(
    "glue: GetTable GetPartitionIndexes",
    "glue: CreateTable UpdateTable DeleteTable",
  ),
  "aws:sns/topic:Topic": topic(
    "GetTopicAttributes ListTagsForResource",
    "CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource",
  ),
  "aws:sns/topicPolicy:TopicPolicy": topic("GetTopicAttributes", "SetTopicAttributes"),
  "aws:sns/topicSubscription:TopicSubscription": {
    ...topic("GetSubscriptionAttributes", "Subscribe"),
    // Source: AWS, Service Authorization Reference, Amazon SNS.
    onNone: actions("sns: SetSubscriptionAttributes Unsubscribe"),
  },
};
