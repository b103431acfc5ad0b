import { actions } from "./policy.ts";

/** What a role has to be allowed so that Pulumi can look after one resource type. */
export interface Permission {
  /** Actions of a preview and of a drift check. They return settings, never data or secret values. */
  readonly read: readonly string[];
  /** Actions of a deployment and of a destroy, besides `read`. */
  readonly write: readonly string[];
  readonly on: Scope;
  /** Reading actions that name what a resource holds: on those that `on` names by their ARNs, and on no other. @default none */
  readonly list?: readonly string[];
  /** Writing actions that AWS checks against no resource, so that `on` would refuse them. @default none */
  readonly onNone?: readonly string[];
}

/**
 * Where the writing actions apply:
 * - `region`: every resource of the stack's region, for identities that AWS invents, such as those of EC2;
 * - `global`: every resource of a service without regions;
 * - `own`: resources that carry the stack's tags, for what is too dear to reach by mistake;
 * - `arnsOf`: resources whose ARN begins as those that the stack creates of this type, plus each of `suffixes`, and those that
 *   AWS makes below them and calls `below`: `service/C/S` has `service-deployment/C/S/ID`.
 */
export type Scope = "region" | "global" | "own" | ArnScope;

export interface ArnScope {
  readonly arnsOf: string;
  /** @default the ARN alone */
  readonly suffixes?: readonly string[];
  /** @default none */
  readonly below?: string;
}

/** Permissions by type token. */
export type Permissions = Readonly<Record<string, Permission>>;

/** A row of the table; reading and writing actions are written as `actions` takes them. */
export const row = (read: string, write: string, on: Scope = "region"): Permission => ({
  ...{ read: actions(read), write: actions(write), on },
});
