import * as pulumi from "@pulumi/pulumi";

/**
 * IAM path of the roles that are bounded. It is what tells the roles of two stacks apart for who passes them or changes whom
 * they trust: AWS heeds neither tags nor boundary there, and their names are the same but for what Pulumi makes up.
 * Source: AWS, "Grant a user permissions to pass a role to an AWS service", IAM User Guide.
 */
export const rolePath = (project: string, stack: string): string => `/${project}/${stack}/`;

/**
 * Puts a permissions boundary on every role of the stack, whichever component makes it, and the role under the stack's path:
 * a role may do what its policies and the boundary both allow.
 * @param boundaryArn - IAM policy; empty for no boundary, and no path
 */
export function boundRoles(boundaryArn: string, path: string): void {
  if (boundaryArn === "") return;
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type === "aws:iam/role:Role"
      ? { props: { ...(props as object), permissionsBoundary: boundaryArn, path }, opts }
      : undefined,
  );
}
