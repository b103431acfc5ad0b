import { existsSync } from "node:fs";
import path from "node:path";
import { projectName } from "../../project/namespaces.ts";

/** Names that have to be known before the resources exist: to a backend URL, a dry run, and the conditions of policies. */

/** The service whose account this is: all that it has here begins with its name, so that another service may stand beside it. */
const SERVICE = projectName(serviceFolder(process.cwd()));

/** The folder that holds bootstrap/: that is a project of its own, which Pulumi runs in its own folder. */
export function serviceFolder(folder: string): string {
  return existsSync(path.join(folder, "bootstrap/Pulumi.yaml")) ? folder : path.dirname(folder);
}

/** Path of the roles and policies of the pipeline, such as `/koa-fargate-ci/`: what the boundary forbids to touch. */
export const PIPELINE_PATH = `/${SERVICE}-ci/`;

export interface Account {
  partition: string;
  accountId: string;
}

/** Physical name of the bucket: people type it, and a second run has to find it. */
export const stateBucketName = (accountId: string, region: string): string =>
  `${SERVICE}-state-${accountId}-${region}`;

export const stateBackendUrl = (accountId: string, region: string): string =>
  `s3://${stateBucketName(accountId, region)}?region=${region}`;

/** Name by which the key of a stack's secrets is configured. */
export const secretsKeyAlias = (stack: string): string => `alias/${SERVICE}-${stack}-state`;

export const secretsProvider = (stack: string, region: string): string =>
  `awskms://${secretsKeyAlias(stack)}?region=${region}`;

export type Access = "preview" | "deploy";

/** GitHub environment whose jobs assume a role. */
export const environmentName = (access: Access, stack: string): string =>
  access === "preview" ? `preview-${stack}` : stack;

export const pipelineRoleName = (access: Access, stack: string): string =>
  `${SERVICE}-${access}-${stack}`;

export const pipelineRoleArn = (
  { partition, accountId }: Account,
  access: Access,
  stack: string,
): string =>
  `arn:${partition}:iam::${accountId}:role${PIPELINE_PATH}${pipelineRoleName(access, stack)}`;

/** Logical name, which the policy's own name ends with. */
export const serviceBoundaryName = (stack: string): string => `service-boundary-${stack}`;

/** Physical name of a policy of the pipeline. */
export const policyName = (name: string): string => `${SERVICE}-${name}`;

/** Policy that bounds every role of a stack. */
export const serviceBoundaryArn = ({ partition, accountId }: Account, stack: string): string =>
  `arn:${partition}:iam::${accountId}:policy${PIPELINE_PATH}${policyName(serviceBoundaryName(stack))}`;
