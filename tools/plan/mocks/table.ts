import type { Json } from "../types.ts";
import { containers } from "./containers.ts";
import { edge } from "./edge.ts";
import { identity } from "./identity.ts";
import { loadBalancing } from "./load-balancing.ts";
import { monitoring } from "./monitoring.ts";
import { network } from "./network.ts";
import { MockResource, type Computed, type MockResourceArgs } from "./resource.ts";
import { storage } from "./storage.ts";
import { UNTAGGED } from "./untagged.ts";

/** Every resource type that a plan can invent outputs for. */
export const COMPUTED: Readonly<Record<string, Computed>> = {
  ...network,
  ...loadBalancing,
  ...containers,
  ...identity,
  ...storage,
  ...monitoring,
  ...edge,
};

/** Services of one place for all regions: their resources have no `region`. */
const GLOBAL = /^aws:(?:budgets|costexplorer|iam|route53)\//;

export interface MockOutputs {
  id: string;
  /** Without `id` and `tagsAll`. */
  outputs: Record<string, Json>;
  /** Whether the provider adds its default tags and tells them as `tagsAll`. */
  taggable: boolean;
  /** Sentences about what AWS would refuse. */
  refusals: string[];
}

/** Outputs of a resource; `undefined` for a type that the table does not have. */
export function computeOutputs(type: string, args: MockResourceArgs): MockOutputs | undefined {
  const computed = COMPUTED[type];
  if (computed === undefined) return undefined;
  const resource = new MockResource(args);
  const { id, ...outputs } = computed(resource);
  const region = type.startsWith("aws:") && !GLOBAL.test(type) ? { region: resource.region } : {};
  return {
    id,
    outputs: { ...region, ...outputs },
    taggable: type.startsWith("aws:") && !UNTAGGED.has(type),
    refusals: resource.refusals,
  };
}
