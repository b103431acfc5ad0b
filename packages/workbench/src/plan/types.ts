/** The offline plan: what the program would ask the Pulumi engine to create for one stack. */

import type { Json } from "../lib/json.ts";

/** Secrets are already replaced by {@link SECRET}. */
export type { Json };

/** What stands in a plan where a secret value would be. */
export const SECRET = "[secret]";

/** What stands in a plan where only the deployment will tell. */
export const NOT_KNOWN_YET = "[not known yet]";

/**
 * How sure a plan is of a value: the program said it, a table of the provider's ways computed it, `workbench.config.ts`
 * declares it, it is invented in the right shape, or only a deployment would tell.
 */
export type Grade = "known" | "table" | "declared" | "invented" | "unknown";

/** Resource options that the program set, as the engine receives them. Absent means not set. */
export interface PlannedOptions {
  protect?: boolean;
  retainOnDelete?: boolean;
  deleteBeforeReplace?: boolean;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  additionalSecretOutputs?: string[];
  /** Former URNs, or the parts of the URN that changed, such as `name=old`. Without the type names that the SDK adds by itself. */
  aliases?: string[];
  /** URN of the resource whose deletion makes deleting this one unnecessary. */
  deletedWith?: string;
  /** Durations as Pulumi writes them, such as `"30m"`. */
  customTimeouts?: { create?: string; update?: string; delete?: string };
  /** The provider reference `urn::id`, when the program passed a provider. */
  provider?: string;
}

export interface PlannedResource {
  /** Unique in the plan; carries the full chain of parent types, as in the engine. */
  urn: string;
  /** Type token, such as `aws:ecs/service:Service` or `koa-fargate:network:Network`. */
  type: string;
  /** Logical name. */
  name: string;
  /** URN of the parent; absent on the stack itself. */
  parent?: string;
  /** Custom resources have a provider; components do not. */
  custom: boolean;
  inputs: Record<string, Json>;
  /** Inputs and realistic stand-ins for what the provider would compute. */
  outputs: Record<string, Json>;
  /** URNs, explicit and implicit, sorted. */
  dependencies: string[];
  /** Input property -> URNs that its value came from. */
  propertyDependencies: Record<string, string[]>;
  options: PlannedOptions;
  /** Paths of the secret values in `inputs`, such as `registry.password`. */
  secretPaths: string[];
  /** True where the plan expanded a remote component into what it will create. */
  expanded: boolean;
  /** True on a remote component whose contents are not in the plan. */
  opaque?: true;
  /** Output -> grade, without the known ones; an output that is not there at all is unknown. Absent in a strict plan. */
  outputGrades?: Record<string, Grade>;
  /** Path of an input -> the grade of what its value was made of, without the known ones. Absent in a strict plan. */
  inputGrades?: Record<string, Grade>;
  /** Container that `workbench.config.ts` says is the own one of this service or scheduled task. */
  ownContainer?: string;
  /** Box that `workbench.config.ts` puts it into. */
  box?: string;
  /** Where the program registers it: `components/service/roles.ts:41`, from the folder of Pulumi.yaml. */
  source?: string;
}

export interface PlannedInvoke {
  /** Function token, such as `aws:ecr/getAuthorizationToken:getAuthorizationToken`. */
  token: string;
  args: Record<string, Json>;
  /** Of the answer. Absent in a strict plan. */
  grade?: Grade;
}

export interface Plan {
  project: string;
  stack: string;
  /** Every declared key with its effective value (default or stack file), secrets as {@link SECRET}. Keys without namespace for the project's own. */
  config: Record<string, Json>;
  /** Sorted by URN. */
  resources: PlannedResource[];
  invokes: PlannedInvoke[];
  /** Stack outputs, secrets as {@link SECRET}. */
  outputs: Record<string, Json>;
  /** Warnings that the program logged, such as placeholders that a deployment would refuse. */
  warnings: string[];
  /** Path of a stack output -> the grade of what its value was made of, without the known ones. Absent in a strict plan. */
  outputGrades?: Record<string, Grade>;
  /** Keys of `config` whose value nobody set. Absent in a strict plan. */
  configGrades?: Record<string, Grade>;
  /** What a plan that guesses has to say of itself, a sentence each. Absent in a strict plan. */
  notes?: string[];
}
