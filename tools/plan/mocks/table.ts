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

export interface MockOutputs {
  id: string;
  /** Without `id`. */
  outputs: Record<string, Json>;
  /** Sentences about what AWS would refuse. */
  refusals: string[];
}

/**
 * Outputs of a resource; `undefined` for a type that the table does not have.
 * @param defaultTags tags that the provider adds to each taggable resource
 */
export function computeOutputs(
  type: string,
  args: MockResourceArgs,
  defaultTags: Record<string, Json>,
): MockOutputs | undefined {
  const computed = COMPUTED[type];
  if (computed === undefined) return undefined;
  const resource = new MockResource(args);
  const { id, ...outputs } = computed(resource);
  const region = type.startsWith("aws:") ? { region: resource.region } : {};
  const tags = args.inputs["tags"];
  const tagsAll =
    type.startsWith("aws:") && !UNTAGGED.has(type)
      ? {
          tagsAll: {
            ...defaultTags,
            ...(typeof tags === "object" && !Array.isArray(tags) ? tags : {}),
          },
        }
      : {};
  return { id, outputs: { ...region, ...outputs, ...tagsAll }, refusals: resource.refusals };
}
