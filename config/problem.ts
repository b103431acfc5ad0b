import type { StackValues } from "./keys.ts";

/** A refused value: the key, and the rest of the sentence that starts with it. */
export interface Problem {
  key: string;
  reason: string;
}

/**
 * A rule between keys: what breaks it.
 * @param region - `aws:region`; undefined where it is not set, which is a problem of its own
 */
export type Rule = (values: StackValues, region: string | undefined) => (Problem | false)[];
