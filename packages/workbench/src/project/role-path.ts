/**
 * IAM path of the roles that are bounded. It is what tells the roles of two stacks apart for who passes them or changes whom
 * they trust: AWS heeds neither tags nor boundary there, and their names are the same but for what Pulumi makes up.
 * Source: AWS, "Grant a user permissions to pass a role to an AWS service", IAM User Guide.
 */
export const rolePath = (project: string, stack: string): string => `/${project}/${stack}/`;

/**
 * Longest `<project>-<stack>` that names begin with. Of 32 characters in the name of a load balancer or target group; a hyphen and
 * seven digits tell one from the next.
 */
export const LONGEST_START = 32 - 8;
