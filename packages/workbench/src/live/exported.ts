import type { Json } from "../lib/json.ts";

/** A resource in the state of a stack. */
export interface StateResource {
  type: string;
  urn: string;
  outputs?: Record<string, Json>;
}

/** @param exported - what `pulumi stack export` prints */
export const resourcesIn = (exported: string): StateResource[] => {
  const { deployment } = JSON.parse(exported) as { deployment?: { resources?: StateResource[] } };
  return deployment?.resources ?? [];
};
