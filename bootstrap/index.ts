import { execFileSync } from "node:child_process";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "./config.ts";
import {
  environmentName,
  secretsProvider,
  stateBackendUrl,
  stateBucketName,
} from "@koa-fargate/workbench/pipeline/bootstrap/names.ts";
import {
  inAccount,
  withFormer,
  type ServiceGraph,
} from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { PipelineRoles } from "./pipeline-roles.ts";
import { StateBackend } from "./state-backend.ts";
import { GITHUB_ISSUER } from "./trust.ts";

export interface Options {
  /** True in the offline plan: placeholders of the template are accepted. */
  offline?: boolean;
  /** What the stacks are made of. @default their offline plans */
  graphs?: readonly ServiceGraph[];
}

/** What the stacks of this account are deployed by: state backend, identity provider, roles. */
export default async function program(options: Options = {}): Promise<Record<string, unknown>> {
  const config = readConfig(options.offline === true);
  const { accountId, arn } = await aws.getCallerIdentity();
  if (options.offline !== true && accountId !== config.accountId)
    throw new pulumi.RunError(
      `The credentials are for account ${accountId}, but allowedAccountIds names ${config.accountId}. Switch the credentials.`,
    );
  const partition = arn.split(":")[1] ?? "aws";
  const bucketName = stateBucketName(accountId, config.region);
  const backendUrl = stateBackendUrl(accountId, config.region);

  const backend = new StateBackend("state", { bucketName, stacks: config.stacks });
  const providerArn =
    config.oidcProviderArn === ""
      ? new aws.iam.OpenIdConnectProvider(
          "github",
          { url: `https://${GITHUB_ISSUER}`, clientIdLists: ["sts.amazonaws.com"] },
          { protect: true },
        ).arn
      : pulumi.output(config.oidcProviderArn);

  // Of the whole account, and refused until Billing has seen the tag, which takes up to a day. To delete one would switch it off.
  // Source: AWS, UpdateCostAllocationTagsStatus, and "Activating user-defined cost allocation tags", AWS Billing.
  for (const tagKey of config.costAllocationTags)
    new aws.costexplorer.CostAllocationTag(
      `cost-by-${tagKey}`,
      { tagKey, status: "Active" },
      { retainOnDelete: true },
    );

  const environments: Record<string, unknown> = {};
  const secretsProviders: Record<string, string> = {};
  const serviceBoundaries: Record<string, pulumi.Output<string>> = {};
  const graphs = options.graphs ?? serviceGraphs(config.stacks);
  for (const planned of graphs) {
    const { stack } = planned;
    const graph = withFormer(inAccount(planned, partition, accountId), config.formerArns[stack]);
    const roles = new PipelineRoles(`pipeline-${stack}`, {
      graph,
      subjectPrefix: config.githubSubjectPrefix,
      providerArn,
      account: { partition, accountId },
      backend,
      region: config.region,
    });
    const variables = (role: pulumi.Output<string>) =>
      role.apply((AWS_ROLE_ARN) => ({
        ...{ AWS_ACCOUNT_ID: accountId, AWS_REGION: graph.region, AWS_ROLE_ARN },
        PULUMI_BACKEND_URL: backendUrl,
      }));
    environments[environmentName("preview", stack)] = variables(roles.previewRoleArn);
    environments[environmentName("deploy", stack)] = variables(roles.deployRoleArn);
    secretsProviders[stack] = secretsProvider(stack, config.region);
    serviceBoundaries[stack] = roles.serviceBoundaryArn;
  }
  return { backendUrl, environments, secretsProviders, serviceBoundaries };
}

/**
 * Plans the service's stacks offline. In a process of its own: this one is a Pulumi program, and evaluates another.
 * @throws Error with what the plan says when a stack cannot be planned
 */
function serviceGraphs(stacks: readonly string[]): ServiceGraph[] {
  const text = execFileSync(
    process.execPath,
    ["packages/workbench/src/pipeline/bootstrap/graphs.ts", ...stacks],
    {
      cwd: path.resolve(import.meta.dirname, ".."),
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      // The plan must see neither the engine nor the stack of this program.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return JSON.parse(text) as ServiceGraph[];
}
