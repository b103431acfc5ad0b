import type { StackValues } from "./keys.ts";

/** A refused value: the key, and the rest of the sentence that starts with it. */
export interface Problem {
  key: string;
  reason: string;
}

/** A rule between keys: what breaks it. */
export type Rule = (values: StackValues) => (Problem | false)[];
