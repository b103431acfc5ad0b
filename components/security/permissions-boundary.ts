import * as pulumi from "@pulumi/pulumi";

/**
 * Puts a permissions boundary on every role of the stack, whichever component makes it: a role may do what its policies
 * and the boundary both allow.
 * @param boundaryArn - IAM policy; empty for no boundary
 */
export function boundRoles(boundaryArn: string): void {
  if (boundaryArn === "") return;
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type === "aws:iam/role:Role"
      ? { props: { ...(props as object), permissionsBoundary: boundaryArn }, opts }
      : undefined,
  );
}
