import { ToolError } from "../../lib/command-line.ts";
import type { RunCommand } from "../../lib/command.ts";
import { lastLines } from "../../lib/command.ts";
import { defined } from "../../lib/defined.ts";
import { placeOf, type Place } from "../delivery/placed.ts";

/** What there is to build on: a repository, and what GitHub has for it. */
export interface Ground {
  /** `owner/name` */
  repository: string;
  isPrivate: boolean;
  /** `free`, `pro`, `team`, `enterprise`; undefined where only the organization's owners see it. */
  plan: string | undefined;
  has: Features;
  /** How the subject of the repository's tokens begins. */
  subjectPrefix: string;
  /** The folder that the project is. @default the whole repository */
  place?: Place;
}

interface Features {
  environments: boolean;
  /** Required reviewers of an environment. */
  reviewers: boolean;
  attestations: boolean;
}

interface Repository {
  id: number;
  name: string;
  created_at: string;
  visibility: string;
  owner: { login: string; id: number; type: string };
  permissions?: { admin?: boolean };
}

/**
 * What a private repository has by its owner's plan; a public one has all. An unknown plan counts as one that has it.
 * Sources: GitHub Docs, "Managing environments for deployment", Who can use this feature; "Using artifact attestations",
 * the same.
 */
const OF_PLAN: Readonly<Record<string, Features>> = {
  free: { environments: false, reviewers: false, attestations: false },
  pro: { environments: true, reviewers: false, attestations: false },
  team: { environments: true, reviewers: false, attestations: false },
};
const ALL: Features = { environments: true, reviewers: true, attestations: true };

/** Since then subjects carry numbers by default. Source: GitHub changelog 2026-04-23, "Immutable subject claims". */
const NUMBERED_SINCE = "2026-07-15";

/**
 * Looks at a repository before anything is changed.
 * @param repository such as `octo-org/octo-repo`
 * @throws ToolError in one sentence, where gh is not signed in, or may not administer the repository
 */
export async function readGround(run: RunCommand, repository: string): Promise<Ground> {
  const gh = async <T>(...args: string[]): Promise<T | undefined> => {
    const { code, stdout } = await run("gh", args);
    return code === 0 ? (JSON.parse(stdout === "" ? "null" : stdout) as T) : undefined;
  };
  const { code, stderr } = await run("gh", ["auth", "status"]);
  if (code !== 0)
    throw new ToolError(
      `gh is not signed in to GitHub: gh auth login. It says: ${lastLines(stderr, 2)}`,
    );
  const found = await gh<Repository>("api", `repos/${repository}`);
  if (found === undefined)
    throw new ToolError(
      `GitHub knows no repository ${repository}, or not for this login: gh auth status says which it is.`,
    );
  if (found.permissions?.admin !== true)
    throw new ToolError(
      `This login may not administer ${repository}, which environments, variables and rules need: ask one of its administrators for the role, or to run this.`,
    );
  const { owner } = found;
  const isPrivate = found.visibility !== "public";
  const account = owner.type === "Organization" ? `orgs/${owner.login}` : "user";
  const plan = isPrivate
    ? (await gh<{ login: string; plan?: { name?: string } }>("api", account))?.plan?.name
    : undefined;
  const numbered = found.created_at >= NUMBERED_SINCE;
  return {
    ...{ repository, isPrivate, plan },
    has: (isPrivate ? OF_PLAN[plan ?? ""] : undefined) ?? ALL,
    subjectPrefix: numbered
      ? `repo:${owner.login}@${owner.id}/${found.name}@${found.id}`
      : `repo:${owner.login}/${found.name}`,
    ...defined({ place: await placeOf(run, process.cwd()) }),
  };
}

/** Who is asked for prod, by the command line. */
export interface Approval {
  reviewers: readonly string[];
  /** Prod deploys with every merge. */
  unreviewed: boolean;
  /** Prod changes by control.yml alone. */
  byHand: boolean;
}

/**
 * Refuses what GitHub does not have for this repository, before anything is changed.
 * @throws ToolError in one sentence, with what can be done instead
 */
export function refuseLacking({ repository, plan = "", has }: Ground, approval: Approval): void {
  if (!has.environments)
    throw new ToolError(
      `${repository} is private, and GitHub has no environments for private repositories on the plan ${plan}, by which the workflows are told from each other: make it public, or move to GitHub Pro or Team. Nothing was changed.`,
    );
  const { reviewers, unreviewed, byHand } = approval;
  if (!has.reviewers && (reviewers.length > 0 || (!unreviewed && !byHand)))
    throw new ToolError(
      `${repository} is private, and GitHub asks nobody for an approval there on the plan ${plan}: run again ${reviewers.length > 0 ? "without --reviewer, " : ""}with --promote-by-hand, so that prod changes by the workflow control alone, or with --no-reviewer, so that every merge deploys it. Nothing was changed.`,
    );
}
