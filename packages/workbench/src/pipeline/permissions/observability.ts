import { HERE, named, row, type Permissions } from "./permission.ts";

const LOG_GROUP = named("aws:cloudwatch/logGroup:LogGroup", "$&", "$&:*");
const TOPIC = named("aws:sns/topic:Topic");
const RULE = named("aws:cloudwatch/eventRule:EventRule");
const TRAIL = named("aws:cloudtrail/trail:Trail");

export const observability: Permissions = {
  "aws:cloudtrail/trail:Trail": row(
    "cloudtrail/trail.go",
    "cloudtrail: DescribeTrails GetTrail GetTrailStatus GetEventSelectors GetInsightSelectors ListTags",
    [
      [
        TRAIL,
        "cloudtrail: CreateTrail UpdateTrail StartLogging PutEventSelectors PutInsightSelectors AddTags RemoveTags",
      ],
    ],
    [[TRAIL, "cloudtrail: DeleteTrail StopLogging"]],
  ),
  // A dashboard belongs to the account, in no region.
  "aws:cloudwatch/dashboard:Dashboard": row("cloudwatch/dashboard.go", "cloudwatch: GetDashboard", [
    [named("aws:cloudwatch/dashboard:Dashboard"), "cloudwatch: PutDashboard DeleteDashboards"],
  ]),
  "aws:cloudwatch/eventRule:EventRule": row(
    "events/rule.go",
    "events: DescribeRule ListTagsForResource",
    [[RULE, "events: PutRule DeleteRule TagResource UntagResource"]],
  ),
  "aws:cloudwatch/logGroup:LogGroup": row(
    "logs/group.go",
    "logs: DescribeLogGroups ListTagsForResource",
    [
      [
        LOG_GROUP,
        "logs: CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey TagResource UntagResource",
      ],
    ],
    [[LOG_GROUP, "logs: DeleteLogGroup"]],
  ),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": row(
    "logs/resource_policy.go",
    "logs: DescribeResourcePolicies",
    [[HERE, "logs: PutResourcePolicy DeleteResourcePolicy"]],
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": row(
    "cloudwatch/metric_alarm.go",
    "cloudwatch: DescribeAlarms ListTagsForResource",
    [
      [
        named("aws:cloudwatch/metricAlarm:MetricAlarm"),
        "cloudwatch: PutMetricAlarm DeleteAlarms TagResource UntagResource",
      ],
    ],
  ),
  "aws:cloudwatch/queryDefinition:QueryDefinition": row(
    "logs/query_definition.go",
    "logs: DescribeQueryDefinitions",
    [[HERE, "logs: PutQueryDefinition DeleteQueryDefinition"]],
  ),
  "aws:sns/topic:Topic": row("sns/topic.go", "sns: GetTopicAttributes ListTagsForResource", [
    [TOPIC, "sns: CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource"],
  ]),
  "aws:sns/topicSubscription:TopicSubscription": row(
    "sns/topic_subscription.go",
    "sns: GetSubscriptionAttributes",
    [
      // A subscription is checked by its topic. Source: AWS, Service Authorization Reference, Amazon SNS.
      [TOPIC, "sns: Subscribe SetSubscriptionAttributes Unsubscribe"],
    ],
  ),
};
