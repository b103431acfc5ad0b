import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What a policy allows. */
export interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: pulumi.Input<string> | pulumi.Input<string>[];
  Condition?: object;
}

export const allow = (
  Action: string[],
  Resource: Statement["Resource"],
  Condition?: object,
): Statement => ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });

export interface ServiceRoleArgs {
  description: string;
  /** Who assumes it, such as `ecs-tasks.amazonaws.com`. */
  service: string;
  /** Keeps the service from using it for somebody else. @default - none, where the service does not say for whom it acts */
  condition?: object;
  /** @default - it may do nothing */
  statements: pulumi.Input<Statement[]>;
}

/** A policy as IAM and policies of resources have it. */
export const policyDocument = (Statement: pulumi.Input<object[]>): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement });

/** The policy by which a service assumes a role. */
export const trust = (Service: string, Condition?: object): pulumi.Output<string> =>
  policyDocument([
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service }, Condition },
  ]);

/**
 * A role for a service of AWS.
 * @param names - logical names of the role and of its policy
 * @returns its ARN, known once the policy is attached: whoever assumed it before would be refused
 */
export function serviceRole(
  names: { role: string; policy: string },
  { description, service, condition, statements }: ServiceRoleArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const role = new aws.iam.Role(
    names.role,
    { description, assumeRolePolicy: trust(service, condition) },
    { parent },
  );
  if (Array.isArray(statements) && statements.length === 0) return role.arn;
  const policy = new aws.iam.RolePolicy(
    names.policy,
    { role: role.id, policy: policyDocument(statements) },
    { parent },
  );
  return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
}
