import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  environmentName,
  pipelineRoleName,
  policyName,
  serviceBoundaryName,
  type Access,
  type Account,
} from "./names.ts";
import { pipelineBoundary, serviceBoundary, type Pipeline } from "./permissions/boundary.ts";
import type { ServiceGraph } from "./permissions/graph.ts";
import { pack, policy, type Statement } from "./permissions/policy.ts";
import { readStatements, writeStatements } from "./permissions/service-statements.ts";
import { readState, writeState, type StatePlace } from "./permissions/state-statements.ts";
import { trustPolicy } from "./trust.ts";

export interface PipelineRolesArgs {
  graph: ServiceGraph;
  subjectPrefix: string;
  providerArn: pulumi.Input<string>;
  account: Account;
  pipeline: pulumi.Output<Pipeline>;
  state: pulumi.Output<StatePlace>;
  /** Path of roles and policies: what the boundary forbids to touch. */
  path: string;
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
    const { graph, state } = args;
    const { stack } = graph;

    const boundary = this.policy(
      `boundary-${stack}`,
      args.path,
      args.pipeline.apply((pipeline) => pipelineBoundary(graph, pipeline)),
    );
    this.serviceBoundaryArn = this.policy(
      serviceBoundaryName(stack),
      args.path,
      args.pipeline.apply((pipeline) => serviceBoundary(graph, pipeline)),
    ).arn;
    this.previewRoleArn = this.role("preview", args, boundary, [
      ["service", readStatements(graph)],
      ["state", state.apply(readState)],
    ]);
    this.deployRoleArn = this.role("deploy", args, boundary, [
      ...pack([...readStatements(graph), ...writeStatements(graph, args.account)]).map(
        ({ Statement }, index): [string, readonly Statement[]] => [
          `service-${index + 1}`,
          Statement,
        ],
      ),
      ["state", state.apply(writeState)],
    ]);
    this.registerOutputs({
      previewRoleArn: this.previewRoleArn,
      deployRoleArn: this.deployRoleArn,
    });
  }

  private role(
    access: Access,
    args: PipelineRolesArgs,
    boundary: aws.iam.Policy,
    policies: readonly [string, pulumi.Input<readonly Statement[]>][],
  ): pulumi.Output<string> {
    const { stack } = args.graph;
    const environment = environmentName(access, stack);
    const role = new aws.iam.Role(
      `${access}-${stack}`,
      {
        name: pipelineRoleName(access, stack),
        path: args.path,
        description: `GitHub's jobs in the environment ${environment}`,
        maxSessionDuration: access === "deploy" ? DEPLOY_SESSION_SECONDS : 3600,
        permissionsBoundary: boundary.arn,
        assumeRolePolicy: pulumi
          .output(args.providerArn)
          .apply((providerArn) =>
            JSON.stringify(
              trustPolicy({ providerArn, subjectPrefix: args.subjectPrefix, environment }),
            ),
          ),
      },
      { parent: this },
    );
    for (const [part, statements] of policies) {
      const own = this.policy(`${access}-${stack}-${part}`, args.path, statements);
      new aws.iam.RolePolicyAttachment(
        `${access}-${stack}-${part}`,
        { role: role.name, policyArn: own.arn },
        { parent: this },
      );
    }
    return role.arn;
  }

  private policy(
    name: string,
    path: string,
    statements: pulumi.Input<readonly Statement[]>,
  ): aws.iam.Policy {
    return new aws.iam.Policy(
      name,
      {
        name: policyName(name),
        path,
        policy: pulumi
          .output(statements)
          .apply((list) => JSON.stringify(policy(list as Statement[]))),
      },
      { parent: this },
    );
  }
}
