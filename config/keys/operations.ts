import { choice, integer, key, list, text } from "../kinds.ts";

const MAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Keys of storage, security and observability. */

export const storage = {
  table: key(
    choice("none", "on-demand"),
    "on-demand",
    "The app's DynamoDB table, whose name reaches it as TABLE_NAME.",
  ),
  tableName: key(
    text("the name of a DynamoDB table", /^[A-Za-z0-9_.-]{3,255}$/, true),
    "",
    "A table of the stack's account and region that somebody else looks after, such as the replica of another stack's; the stack then makes none.",
  ),
  tableReplicas: key(
    list("regions such as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d$/),
    [],
    "Further regions that the table is in, each with all items, which its writes reach within seconds: a DynamoDB global table. Stacks there name it as tableName. examples/two-regions says what that means for the data.",
  ),
  pointInTimeRecoveryDays: key(
    integer(0, 35),
    0,
    "How far back the table can be restored; 0 turns that off.",
  ),
  backupIntervalDays: key(
    integer(0, 6),
    0,
    "Days between two exports of the table into the backups bucket, for about 0.10 USD a GB each; 0 for none. Needs point-in-time recovery. Alarms call where an export is refused or does not arrive.",
  ),
  backupRetentionDays: key(
    integer(1, 3650),
    30,
    "How long the backups bucket keeps an object. From 120 days on, large ones move to Glacier Instant Retrieval after 30.",
  ),
  restoreFrom: key(
    text(
      "a time such as 2026-11-30T12:00:00Z, or the name of an export such as 01695353076000-06e2188f",
      /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{14}-[0-9a-f]{8})$/,
      true,
    ),
    "",
    "Makes a new table as the stack's own was at that time, or as that export in the backups bucket has it, and gives it to the app in its place. The own table stays as it is, and the app returns to it without the key. `npm run restore` sets it.",
  ),
};

export const security = {
  encryption: key(
    choice("aws-managed", "customer-managed"),
    "aws-managed",
    "Who owns the keys of logs, table, registry and topic. A customer-managed key costs about 1 USD a month and adds control and audit.",
  ),
  auditTrail: key(
    choice("none", "account"),
    "none",
    "Whether this stack keeps a CloudTrail trail of the account; often the organisation has one.",
  ),
  threatDetection: key(
    choice("none", "guardduty"),
    "none",
    "Whether this stack turns GuardDuty on in its account and region, which has one detector at most. A finding of high severity raises an alarm, with monitoring full. About 4 USD for a million calls of AWS's API in the account, and 1 USD a GB of flow and DNS logs.",
  ),
  logMasking: key(
    choice("none", "secrets"),
    "none",
    "Whether CloudWatch masks keys that the app logs by mistake: AWS secret keys and private keys. About 0.12 USD a GB.",
  ),
  permissionsBoundaryArn: key(
    text("the ARN of an IAM policy", /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/, true),
    "",
    "IAM policy that bounds every role of the stack, so that who deploys it cannot give a role more; the roles then have the path `/<project>/<stack>/`. `npm run bootstrap` makes one per stack and writes it here, and the pipeline can deploy no stack without.",
  ),
};

export const observability = {
  monitoring: key(
    choice("essential", "full"),
    "essential",
    "What alarms there are. Full adds an availability objective whose loss pages, tasks that are missing, disk, NAT, certificate, what AWS tells by events, what the trail shows, what is not as in other weeks, and the metrics of the app: about 11 USD a month.",
  ),
  availabilityObjectivePercent: key(
    text("a percentage from 95 to 99.99, in quotes", /^9[5-9](\.\d{1,2})?$/),
    "99.9",
    "Of the requests of 30 days, those that have to succeed. With monitoring full, an error budget that burns too fast pages.",
  ),
  pageEndpoints: key(
    list("https addresses", /^https:\/\/[^\s/@]+(\/\S*)?$/),
    [],
    "HTTPS endpoints that pages are posted to, such as an on-call service's; each confirms its subscription by itself.",
  ),
  escalationEmails: key(
    list("mail addresses", MAIL),
    [],
    "Addresses that are mailed when a page goes on for escalateAfterMinutes and nobody said that they are on it.",
  ),
  escalateAfterMinutes: key(
    integer(1, 120),
    15,
    "How long a page goes on before escalationEmails are mailed.",
  ),
  slackChannel: key(
    text(
      "workspace and channel of Slack, such as T0123ABCD/C0123ABCD",
      /^T[A-Z0-9]{5,}\/[CG][A-Z0-9]{5,}$/,
      true,
    ),
    "",
    "Slack channel that alarms are posted to; the workspace is authorized once in the console of Amazon Q Developer in chat applications.",
  ),
  alarmEmails: key(
    list("mail addresses", MAIL),
    [],
    "Addresses that alarms are mailed to; each confirms its subscription once.",
  ),
  maxErrorPercent: key(
    integer(1, 100),
    5,
    "Share of failed requests that raises an alarm: 5xx, or no answer of a task.",
  ),
  maxLatencyMilliseconds: key(
    integer(10, 60000),
    1000,
    "99th percentile of the answer time that raises an alarm; the 90th while there are few requests.",
  ),
  monthlyBudgetUsd: key(
    integer(0, 1_000_000),
    0,
    "The plan of the stack fails where its idle cost, by list prices, is above so many US dollars a month, and an AWS budget of that amount tells when 80 and 100 % are spent or 100 % are expected, once costAllocationTags of bootstrap/Pulumi.account.yaml names the tags project and stack; 0 for neither.",
  ),
};
