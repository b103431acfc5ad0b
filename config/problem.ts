import type { Problem } from "@koa-fargate/workbench/project";
import type { StackValues } from "./keys.ts";

export type { Problem };

/**
 * A rule between keys: what breaks it.
 * @param region - `aws:region`; undefined where it is not set, which is a problem of its own
 */
export type Rule = (values: StackValues, region: string | undefined) => (Problem | false)[];
