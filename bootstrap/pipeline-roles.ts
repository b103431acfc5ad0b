import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  environmentName,
  PIPELINE_PATH,
  pipelineRoleName,
  policyName,
  serviceBoundaryName,
  type Access,
  type Account,
} from "@koa-fargate/workbench/pipeline/bootstrap/names.ts";
import {
  pipelineBoundary,
  serviceBoundary,
} from "@koa-fargate/workbench/pipeline/permissions/boundary.ts";
import type { ServiceGraph } from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import {
  pack,
  policy,
  type Statement,
} from "@koa-fargate/workbench/pipeline/permissions/policy.ts";
import {
  readStatements,
  writeStatements,
} from "@koa-fargate/workbench/pipeline/permissions/service-statements.ts";
import {
  readState,
  writeState,
} from "@koa-fargate/workbench/pipeline/permissions/state-statements.ts";
import type { StateBackend } from "./state-backend.ts";
import { trustPolicy } from "./trust.ts";

export interface PipelineRolesArgs {
  graph: ServiceGraph;
  subjectPrefix: string;
  providerArn: pulumi.Input<string>;
  account: Account;
  backend: StateBackend;
  /** Region of the backend. */
  region: string;
}

/** A deployment may wait for a canary. AWS's default is one hour. */
const DEPLOY_SESSION_SECONDS = 7200;

/** The two roles by which GitHub looks at a stack and deploys it, below a boundary that neither can change. */
export class PipelineRoles extends pulumi.ComponentResource {
  readonly previewRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;
  /** Boundary for the roles that the service creates. */
  readonly serviceBoundaryArn: pulumi.Output<string>;

  constructor(name: string, args: PipelineRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:bootstrap:PipelineRoles", name, {}, opts);
    const { graph, account, backend } = args;
    const { stack, project } = graph;
    const pipeline = pulumi.output({
      ...{ ...account, path: PIPELINE_PATH, stateBucketArn: backend.bucketArn },
      keyArns: [backend.keyArn, ...Object.values(backend.secretsKeyArns)],
    });
    const state = pulumi.output({
      ...{ project, stack, region: args.region },
      bucketArn: backend.bucketArn,
      bucketKeyArn: backend.keyArn,
      secretsKeyArn: backend.secretsKeyArns[stack] ?? "",
    });

    const boundary = this.policy(
      `boundary-${stack}`,
      pipeline.apply((known) => pipelineBoundary(graph, known)),
    );
    this.serviceBoundaryArn = this.policy(
      serviceBoundaryName(stack),
      pipeline.apply((known) => serviceBoundary(graph, known)),
    ).arn;
    this.previewRoleArn = this.role("preview", args, boundary, {
      service: readStatements(graph),
      state: state.apply(readState),
    });
    const service = pack([...readStatements(graph), ...writeStatements(graph, account)]);
    this.deployRoleArn = this.role("deploy", args, boundary, {
      ...Object.fromEntries(
        service.map(({ Statement }, index) => [`service-${index + 1}`, Statement]),
      ),
      state: state.apply(writeState),
    });
    const { previewRoleArn, deployRoleArn } = this;
    this.registerOutputs({ previewRoleArn, deployRoleArn });
  }

  private role(
    access: Access,
    { graph: { stack }, providerArn, subjectPrefix }: PipelineRolesArgs,
    boundary: aws.iam.Policy,
    policies: Readonly<Record<string, pulumi.Input<readonly Statement[]>>>,
  ): pulumi.Output<string> {
    const environment = environmentName(access, stack);
    const role = new aws.iam.Role(
      `${access}-${stack}`,
      {
        name: pipelineRoleName(access, stack),
        path: PIPELINE_PATH,
        description: `GitHub's jobs in the environment ${environment}`,
        maxSessionDuration: access === "deploy" ? DEPLOY_SESSION_SECONDS : 3600,
        permissionsBoundary: boundary.arn,
        assumeRolePolicy: pulumi
          .output(providerArn)
          .apply((arn) => JSON.stringify(trustPolicy(arn, subjectPrefix, environment))),
      },
      { parent: this },
    );
    for (const [part, statements] of Object.entries(policies)) {
      const name = `${access}-${stack}-${part}`;
      new aws.iam.RolePolicyAttachment(
        name,
        { role: role.name, policyArn: this.policy(name, statements).arn },
        { parent: this },
      );
    }
    return role.arn;
  }

  private policy(name: string, statements: pulumi.Input<readonly Statement[]>): aws.iam.Policy {
    const document = pulumi
      .output(statements)
      .apply((list) => JSON.stringify(policy(list as Statement[])));
    return new aws.iam.Policy(
      name,
      { name: policyName(name), path: PIPELINE_PATH, policy: document },
      { parent: this },
    );
  }
}
