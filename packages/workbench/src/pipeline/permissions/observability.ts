import { ANYWHERE, HERE, made, named, row, TAGGED, type Permissions } from "./permission.ts";

export const LOG_GROUP = named("aws:cloudwatch/logGroup:LogGroup", "$&", "$&:*");
const TOPIC = named("aws:sns/topic:Topic");
const RULE = named("aws:cloudwatch/eventRule:EventRule");
const DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery";
const DELIVERY_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource";
const DELIVERY_DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const BUDGET = named("aws:budgets/budget:Budget");
const SLACK = named("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration");
const TRAIL = named("aws:cloudtrail/trail:Trail");

export const observability: Permissions = {
  "budgets/Budget": row("budgets/budget.go", "budgets: ViewBudget ListTagsForResource", [
    [BUDGET, "budgets: ModifyBudget TagResource UntagResource"],
  ]),
  "chatbot/SlackChannelConfiguration": row(
    "chatbot/slack_channel_configuration.go",
    "chatbot: DescribeSlackChannelConfigurations ListTagsForResource",
    [
      [ANYWHERE, "chatbot: CreateSlackChannelConfiguration"],
      [
        SLACK,
        "chatbot: UpdateSlackChannelConfiguration DeleteSlackChannelConfiguration TagResource UntagResource",
      ],
    ],
  ),
  "cloudtrail/Trail": row(
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
  "cloudwatch/CompositeAlarm": row(
    "cloudwatch/composite_alarm.go",
    "cloudwatch: DescribeAlarms ListTagsForResource",
    [
      // AWS wants it on everything. Source: Amazon CloudWatch API Reference, PutCompositeAlarm.
      [HERE, "cloudwatch: PutCompositeAlarm"],
      [
        named("aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        "cloudwatch: DeleteAlarms TagResource UntagResource",
      ],
    ],
  ),
  // A dashboard belongs to the account, in no region.
  "cloudwatch/Dashboard": row("cloudwatch/dashboard.go", "cloudwatch: GetDashboard", [
    [named("aws:cloudwatch/dashboard:Dashboard"), "cloudwatch: PutDashboard DeleteDashboards"],
  ]),
  "cloudwatch/EventRule": row("events/rule.go", "events: DescribeRule ListTagsForResource", [
    [RULE, "events: PutRule DeleteRule TagResource UntagResource"],
  ]),
  // The three parts of a delivery name each other; CloudFront is asked whether the caller may log its distribution.
  // Source: AWS, "Logging that requires additional permissions [V2]", CloudWatch Logs User Guide.
  "cloudwatch/LogDelivery": row("logs/delivery.go", "logs: GetDelivery ListTagsForResource", [
    ...[DELIVERY, DELIVERY_SOURCE, DELIVERY_DESTINATION].map(
      (type) => [named(type), "logs: CreateDelivery UpdateDeliveryConfiguration"] as const,
    ),
    [named(DELIVERY), "logs: TagResource UntagResource"],
    [TAGGED, "logs: DeleteDelivery"],
  ]),
  "cloudwatch/LogDeliverySource": row(
    "logs/delivery_source.go",
    "logs: GetDeliverySource ListTagsForResource",
    [
      [named(DELIVERY_SOURCE), "logs: PutDeliverySource TagResource UntagResource"],
      // AWS's reference names the destination there, which is called like its source.
      [named(DELIVERY_SOURCE, "$&", "$1$2$3delivery-destination:$5"), "logs: DeleteDeliverySource"],
      [named(DISTRIBUTION), "cloudfront: AllowVendedLogDeliveryForResource"],
    ],
  ),
  "cloudwatch/LogDeliveryDestination": row(
    "logs/delivery_destination.go",
    "logs: GetDeliveryDestination ListTagsForResource",
    [
      [
        named(DELIVERY_DESTINATION),
        "logs: PutDeliveryDestination DeleteDeliveryDestination TagResource UntagResource",
      ],
    ],
  ),
  "cloudwatch/LogDataProtectionPolicy": row(
    "logs/data_protection_policy.go",
    "logs: GetDataProtectionPolicy",
    [[LOG_GROUP, "logs: PutDataProtectionPolicy DeleteDataProtectionPolicy"]],
  ),
  "cloudwatch/LogGroup": row(
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
  "cloudwatch/LogMetricFilter": row("logs/metric_filter.go", "logs: DescribeMetricFilters", [
    [LOG_GROUP, "logs: PutMetricFilter DeleteMetricFilter"],
  ]),
  "cloudwatch/LogResourcePolicy": row("logs/resource_policy.go", "logs: DescribeResourcePolicies", [
    [HERE, "logs: PutResourcePolicy DeleteResourcePolicy"],
  ]),
  "cloudwatch/MetricAlarm": row(
    "cloudwatch/metric_alarm.go",
    "cloudwatch: DescribeAlarms ListTagsForResource",
    [
      [
        named("aws:cloudwatch/metricAlarm:MetricAlarm"),
        "cloudwatch: PutMetricAlarm DeleteAlarms TagResource UntagResource",
      ],
    ],
  ),
  "cloudwatch/QueryDefinition": row("logs/query_definition.go", "logs: DescribeQueryDefinitions", [
    [HERE, "logs: PutQueryDefinition DeleteQueryDefinition"],
  ]),
  "guardduty/Detector": row("guardduty/detector.go", "guardduty: GetDetector ListTagsForResource", [
    [made(), "guardduty: CreateDetector"],
    [TAGGED, "guardduty: UpdateDetector DeleteDetector TagResource UntagResource"],
  ]),
  "sns/Topic": row("sns/topic.go", "sns: GetTopicAttributes ListTagsForResource", [
    [TOPIC, "sns: CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource"],
  ]),
  "sns/TopicPolicy": row("sns/topic_policy.go", "sns: GetTopicAttributes", [
    [TOPIC, "sns: SetTopicAttributes"],
  ]),
  "sns/TopicSubscription": row("sns/topic_subscription.go", "sns: GetSubscriptionAttributes", [
    // A subscription is checked by its topic. Source: AWS, Service Authorization Reference, Amazon SNS.
    [TOPIC, "sns: Subscribe SetSubscriptionAttributes Unsubscribe"],
  ]),
};
