import type { Problem } from "@koa-fargate/workbench/project";
import type { StackValues } from "./keys.ts";

export type { Problem };

/** Why a key is refused: a sentence that begins with the key, without it. False or empty where nothing is wrong. */
export type Reason = string | false | undefined;

/** What is wrong with each key. */
export type Reasons = Readonly<Record<string, Reason | readonly Reason[]>>;

export const problemsOf = (reasons: Reasons): Problem[] =>
  Object.entries(reasons).flatMap(([key, ofKey]) =>
    [ofKey].flat().flatMap((reason) => (reason ? [{ key, reason }] : [])),
  );

/**
 * A rule between keys: what breaks it.
 * @param region - `aws:region`; undefined where it is not set, which is a problem of its own
 */
export type Rule = (values: StackValues, region: string | undefined) => Reasons;
