import type { Json } from "../../plan/types.ts";

export type Operation = "create" | "update" | "replace" | "delete";

/** What stands in a change where a value is known only after the deployment. */
export const UNKNOWN = "known after deployment";

export interface PropertyChange {
  /** Path as Pulumi writes it; elements with a name go by it: `containerDefinitions[app].cpu`. */
  path: string;
  /** Absent where the property was not set. Secrets are the plan's `[secret]`. */
  before?: Json;
  /** Absent where the property is not set any more; {@link UNKNOWN} where only the deployment will tell. */
  after?: Json;
  /** True where this change makes the provider replace the resource. */
  replaces: boolean;
  /** Of a configuration value, where it is written: `Pulumi.prod.yaml:12`. */
  source?: string;
}

/** One resource that a deployment would touch. */
export interface ResourceChange {
  urn: string;
  /** Type token, such as `aws:ecs/service:Service`. */
  type: string;
  /** Logical name. */
  name: string;
  /** Box of the architecture: the folder under components/, or `stack`. */
  box: string;
  operation: Operation;
  /** Sorted by path; empty for create and delete. */
  properties: PropertyChange[];
  /** Inputs before; absent for create. */
  before?: Record<string, Json>;
  /** Inputs after, unknown values as {@link UNKNOWN}; absent for delete. */
  after?: Record<string, Json>;
  /** URNs that the resource depends on, after the change (before it, for delete). */
  dependencies: string[];
  /** The engine refuses to delete or replace it until the protection is gone. */
  protected: boolean;
  /** A delete leaves the resource in the account. */
  retained: boolean;
  /** True where the change takes the protection away. */
  unprotected: boolean;
  /** Where the program registers it after the change: `components/service/roles.ts:41`. */
  source?: string;
}

/** Where the changes come from. */
export type Source = "preview" | "plan";

/** All that a deployment of one stack would change. */
export interface StackChanges {
  project: string;
  stack: string;
  source: Source;
  /** Sorted by box, type and name. Components and providers are left out: no cloud holds them. */
  resources: ResourceChange[];
  /** Resources that stay as they are. */
  unchanged: number;
  /** Changed configuration values. Empty for a preview, which knows only the new ones. */
  config: PropertyChange[];
}
