import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../service-role.ts";
import {
  loggedActions,
  SECRET_HEADERS,
  visibility,
  wafAnswers,
  wafRules,
  type WafRulesArgs,
} from "./waf-rules.ts";

export interface WebAclArgs extends WafRulesArgs {
  /** Its region is the load balancer's, or CloudFront's. */
  account: { partition: string; region: string; accountId: string };
  /** Of project and stack: tells metrics, log group and policy from those of other stacks in the account. */
  stackName: string;
  /** @default - it is for CloudFront, whose distribution names it */
  loadBalancerArn?: pulumi.Input<string> | undefined;
  /** Retention of the log, in days. */
  logRetentionDays: number;
  /** Key that encrypts the log. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /** Keeps the log in AWS when the stack has none any more. */
  retainLog: boolean;
}

/**
 * Web ACL (AWS WAF) that every request passes before the load balancer routes it or CloudFront hands it on, and the log of what it blocked.
 * Cost: 5 USD a month and 1 USD for each rule or group, 0.60 USD per million requests; CloudWatch Logs about 0.57 USD a GB.
 */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Name of the web ACL in the dimensions of its metrics. */
  readonly metricName: string;
  /** Region of its metrics, and whether that is one of their dimensions. */
  readonly metrics: { region: string; regional: boolean };
  /** Names of its rules in the dimensions of their metrics. */
  readonly ruleNames: readonly string[];

  constructor(name: string, args: WebAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:load-balancer:WebAcl", name, {}, opts);

    const rules = wafRules(args);
    const { loadBalancerArn } = args;
    const regional = loadBalancerArn !== undefined;
    // Where it is the provider's own, the region is left out.
    const region = regional ? {} : { region: args.account.region };
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        ...region,
        scope: regional ? "REGIONAL" : "CLOUDFRONT",
        defaultAction: { allow: {} },
        rules,
        customResponseBodies: wafAnswers(args),
        visibilityConfig: visibility(args.stackName),
        // Redaction covers the headers that a log lists; this covers what a rule found in them, too.
        dataProtectionConfig: {
          dataProtections: [
            {
              action: "SUBSTITUTION",
              field: { fieldType: "SINGLE_HEADER", fieldKeys: [...SECRET_HEADERS] },
            },
          ],
        },
      },
      { parent: this },
    );
    if (loadBalancerArn !== undefined)
      new aws.wafv2.WebAclAssociation(
        name,
        { resourceArn: loadBalancerArn, webAclArn: acl.arn },
        // A load balancer has one web ACL: deleted after its successor was made, this would take that one away.
        { parent: this, deleteBeforeReplace: true },
      );
    this.arn = this.log(name, acl, args, region);
    this.metricName = args.stackName;
    this.metrics = { region: args.account.region, regional };
    this.ruleNames = rules.map((rule) => rule.name);
    this.registerOutputs({});
  }

  private log(
    name: string,
    acl: aws.wafv2.WebAcl,
    args: WebAclArgs,
    inRegion: { region?: string },
  ): pulumi.Output<string> {
    const group = new aws.cloudwatch.LogGroup(
      name,
      {
        ...inRegion,
        // WAF writes to no group whose name begins otherwise.
        namePrefix: `aws-waf-logs-${args.stackName}-`,
        retentionInDays: args.logRetentionDays,
        kmsKeyId: args.keyArn,
      },
      // Not protected: to switch a web ACL off that blocks the wrong callers must take one deployment.
      { parent: this, retainOnDelete: args.retainLog },
    );
    const { partition, region, accountId } = args.account;
    // Without one WAF adds to a policy that all web ACLs of the account share, until that is full. A stack's own goes with it;
    // a region takes 10. Source: AWS, "CloudWatch Logs quotas", CloudWatch Logs User Guide.
    const policy = new aws.cloudwatch.LogResourcePolicy(
      name,
      {
        ...inRegion,
        policyName: `${args.stackName}-web-acl`,
        policyDocument: policyDocument([
          {
            Effect: "Allow",
            Principal: { Service: "delivery.logs.amazonaws.com" },
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${group.arn}:*`,
            Condition: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": `arn:${partition}:logs:${region}:${accountId}:*` },
            },
          },
        ]),
      },
      { parent: this },
    );
    return new aws.wafv2.WebAclLoggingConfiguration(
      name,
      {
        ...inRegion,
        resourceArn: acl.arn,
        // Known once WAF may write there.
        logDestinationConfigs: [pulumi.all([group.arn, policy.id]).apply(([arn]) => arn)],
        redactedFields: SECRET_HEADERS.map((header) => ({ singleHeader: { name: header } })),
        loggingFilter: {
          defaultBehavior: "DROP",
          filters: [
            {
              behavior: "KEEP",
              requirement: "MEETS_ANY",
              conditions: loggedActions(args).map((action) => ({ actionCondition: { action } })),
            },
          ],
        },
      },
      // A web ACL has one: see the association.
      { parent: this, deleteBeforeReplace: true },
    ).resourceArn;
  }
}
