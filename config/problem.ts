import type { Problem } from "@koa-fargate/workbench/project";
import type { StackValues } from "./keys.ts";

export type { Problem };

/** What breaks a rule, where it is broken: an entry of what a rule gives back. */
export const problem = (broken: boolean, key: string, reason: string): Problem | false =>
  broken && { key, reason };

/**
 * A rule between keys: what breaks it.
 * @param region - `aws:region`; undefined where it is not set, which is a problem of its own
 */
export type Rule = (values: StackValues, region: string | undefined) => (Problem | false)[];
