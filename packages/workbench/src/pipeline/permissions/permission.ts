import { actions } from "./policy.ts";

/** What a role has to be allowed so that Pulumi can look after one resource type. */
export interface Permission {
  /**
   * File of the Terraform AWS provider, below internal/service, whose create, read, update and delete make these calls;
   * another source with its name in front. @default a row that the project declares
   */
  readonly source?: string;
  /** Actions of a preview and of a drift check. They return settings, never data or secret values. */
  readonly read: readonly string[];
  /** Actions of a deployment and of a destroy, besides `read`. */
  readonly write: readonly Write[];
  /** Actions that take away what holds data or traffic: of a resource that the program protects or leaves behind, nothing. */
  readonly remove: readonly Write[];
  /** Reading actions that name what a resource holds: on the stack's own, and on no other. @default none */
  readonly list?: { readonly on: Named; readonly actions: readonly string[] };
}

export interface Write {
  readonly on: Scope;
  readonly actions: readonly string[];
}

/** Where writing actions apply: by name wherever AWS names a resource as the program does, by the stack's tags elsewhere. */
export type Scope =
  | Named
  /** What carries the stack's tags. */
  | { readonly by: "tags" }
  /**
   * What is made with the stack's tags. AWS checks a request that makes something against that, which has none yet, and against
   * what it is made in. @param type such as `ec2:subnet`; empty where AWS checks no resource
   */
  | { readonly by: "new"; readonly type: string }
  /** Tags of what has none of a stack yet. @param type as above */
  | { readonly by: "untagged"; readonly type: string }
  /** Every resource of a type: the request names one of the stack's own besides. */
  | { readonly by: "type"; readonly type: string }
  /** What the configuration names, as `vpc/vpc-0a1b`. */
  | { readonly by: "shared"; readonly type: string }
  /** Records of the stack's host names, in whatever zone. */
  | { readonly by: "records" }
  /** Everything: `UNSCOPED` says why. */
  | { readonly by: "nothing"; readonly region: boolean };

/**
 * Resources whose ARN is as those that the stack creates of a type, in each of `forms`: `$&` is the ARN, `$1` to `$4` its partition
 * with `arn:` and `:`, service, region and account with their colons, type with what ends it, and the rest.
 */
export interface Named {
  readonly by: "name";
  readonly arnsOf: string;
  readonly forms: readonly string[];
}

/** Permissions by type token, or by its short form `ecs/Service` before `byToken`. */
export type Permissions = Readonly<Record<string, Permission>>;

export const named = (arnsOf: string, ...forms: readonly string[]): Named => ({
  ...{ by: "name", arnsOf, forms: forms.length === 0 ? ["$&"] : forms },
});
export const TAGGED: Scope = { by: "tags" };
export const made = (type = ""): Scope => ({ by: "new", type });
export const untagged = (type: string): Scope => ({ by: "untagged", type });
export const anyOf = (type: string): Scope => ({ by: "type", type });
export const shared = (type: string): Scope => ({ by: "shared", type });
export const RECORDS: Scope = { by: "records" };
/** In the stack's region. */
export const HERE: Scope = { by: "nothing", region: true };
/** Of a service without regions. */
export const ANYWHERE: Scope = { by: "nothing", region: false };

/** Writing actions in one or more scopes; actions are written as `actions` takes them. */
export type Writes = readonly (readonly [on: Scope, text: string])[];

const writes = (list: Writes): Write[] =>
  list.map(([on, text]) => ({ on, actions: actions(text) }));

/** A row of the table. */
export const row = (
  source: string,
  read: string,
  write: Writes,
  remove: Writes = [],
): Permission => ({
  ...{ source, read: actions(read), write: writes(write), remove: writes(remove) },
});

/** A row that a project declares: where it applies, only its owner knows. */
export const declaredRow = (read: string, write: string): Permission => ({
  ...{ read: actions(read), write: writes([[HERE, write]]), remove: [] },
});

/** All writing actions of a row. */
export const writing = ({ write, remove }: Permission): string[] =>
  [...write, ...remove].flatMap(({ actions }) => actions);
