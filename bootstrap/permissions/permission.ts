/** What a role has to be allowed so that Pulumi can look after one resource type. */
export interface Permission {
  /** Actions of a preview and of a drift check. They return settings, never data or secret values. */
  readonly read: readonly string[];
  /** Actions of a deployment and of a destroy, besides `read`. */
  readonly write: readonly string[];
  readonly on: Scope;
  /** Writing actions that AWS checks against no resource, so that `on` would refuse them. @default none */
  readonly onNone?: readonly string[];
}

/**
 * Where the writing actions apply:
 * - `region`: every resource of the stack's region, for identities that AWS invents, such as those of EC2;
 * - `global`: every resource of a service without regions;
 * - `own`: resources that carry the stack's tags, for what is too dear to reach by mistake;
 * - `arnsOf`: resources whose ARN begins as those that the stack creates of this type, plus each of `suffixes`.
 */
export type Scope =
  "region" | "global" | "own" | { readonly arnsOf: string; readonly suffixes?: readonly string[] };

/** Permissions by type token. */
export type Permissions = Readonly<Record<string, Permission>>;

/** `of("ec2", "CreateVpc DeleteVpc")` -> `["ec2:CreateVpc", "ec2:DeleteVpc"]`. */
export function of(service: string, names: string): string[] {
  return names.split(/\s+/).map((name) => `${service}:${name}`);
}
