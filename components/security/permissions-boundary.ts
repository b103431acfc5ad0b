import * as pulumi from "@pulumi/pulumi";

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
