import { requiredReviewers, type Environment } from "../bootstrap/environment.ts";
import { APPROVED } from "../bootstrap/rules.ts";
import type { Merging } from "../../review/comment/types.ts";
import { gitHubFromEnvironment, type GitHub } from "./github.ts";

/** Stacks that deploy.yml deploys, in its order. */
const STACKS = ["dev", APPROVED];

/**
 * What a merge sets going, by the repository's variables and the rules of its environments.
 * @param env variables of the workflow: DELIVERY, STACKS, PROMOTION, and what the API is called with
 */
export async function mergingOf(
  env: NodeJS.ProcessEnv,
  gitHub: () => GitHub = gitHubFromEnvironment,
): Promise<Merging | "off" | undefined> {
  if (env["GITHUB_ACTIONS"] !== "true") return undefined;
  if (env["DELIVERY"] !== "on") return "off";
  const text = env["STACKS"] ?? "";
  const set = text === "" ? STACKS : (JSON.parse(text) as string[]);
  const byHand = env["PROMOTION"] === "by-hand";
  const on = set.filter((stack) => stack !== APPROVED || !byHand);
  const [atOnce, then] = [
    on.filter((stack) => stack !== APPROVED),
    on.filter((stack) => stack === APPROVED),
  ];
  const reviewers = then.length === 0 ? undefined : await approvers(gitHub);
  return {
    atOnce,
    then,
    ...(byHand ? { byHand: [APPROVED] } : {}),
    ...(reviewers === undefined ? {} : { reviewers }),
  };
}

/**
 * Who approves, by login or by name of a team; undefined where the token may not ask.
 * Source: GitHub Docs, REST API, Deployment environments, "Get an environment": needs `actions: read`.
 */
async function approvers(gitHub: () => GitHub): Promise<string[] | undefined> {
  try {
    const found = await gitHub().get<Environment>(`/environments/${APPROVED}`);
    return requiredReviewers(found).map(({ name }) => name);
  } catch {
    return undefined;
  }
}
