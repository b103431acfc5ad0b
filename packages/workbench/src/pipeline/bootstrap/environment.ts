/** GitHub's environment as its API shows it, in the parts that protect it. */
export interface Environment {
  protection_rules?: readonly ProtectionRule[];
  /** Null where every branch may deploy. */
  deployment_branch_policy?: BranchPolicy | null;
}

interface ProtectionRule {
  type: string;
  wait_timer?: number;
  prevent_self_review?: boolean;
  reviewers?: readonly {
    type: Reviewer["type"];
    /** A user has a login, a team a name. */
    reviewer: { id: number; login?: string; name?: string };
  }[];
}

interface BranchPolicy {
  protected_branches: boolean;
  custom_branch_policies: boolean;
}

interface Reviewer {
  type: "User" | "Team";
  id: number;
}

/** Body of `PUT /repos/{owner}/{repo}/environments/{environment}`, complete: what it lacks, GitHub takes away. */
export interface EnvironmentSettings {
  wait_timer?: number;
  prevent_self_review?: boolean;
  reviewers: readonly Reviewer[] | null;
  deployment_branch_policy: BranchPolicy | null;
}

/** Branches by name, to which `main` is added. */
const BY_NAME: BranchPolicy = { protected_branches: false, custom_branch_policies: true };

/**
 * What to send so that an environment is protected as wanted, and keeps what somebody set by hand.
 * @param found undefined where the environment does not exist
 * @param wanted whether only `main` may deploy, and the users who have to be among the reviewers
 * @returns undefined where nothing is missing
 */
export function missingSettings(
  found: Environment | undefined,
  wanted: { deploys: boolean; reviewers: readonly number[] },
): EnvironmentSettings | undefined {
  const had = requiredReviewers(found).map(({ type, id }) => ({ type, id }));
  const added = wanted.reviewers
    .filter((id) => !had.some((one) => one.type === "User" && one.id === id))
    .map((id): Reviewer => ({ type: "User", id }));
  const policy = found?.deployment_branch_policy ?? null;
  const opened = wanted.deploys && policy === null;
  if (found !== undefined && added.length === 0 && !opened) return undefined;
  const all = [...had, ...added];
  const { wait_timer } = rule(found, "wait_timer");
  const { prevent_self_review } = rule(found, "required_reviewers");
  return {
    ...(wait_timer === undefined ? {} : { wait_timer }),
    ...(prevent_self_review === undefined ? {} : { prevent_self_review }),
    reviewers: all.length === 0 ? null : all,
    deployment_branch_policy: opened ? BY_NAME : policy,
  };
}

/** Who has to approve, each by what people call them. */
export function requiredReviewers(found: Environment | undefined): (Reviewer & { name: string })[] {
  const { reviewers = [] } = rule(found, "required_reviewers");
  return reviewers.map(({ type, reviewer: { id, login, name } }) => ({
    ...{ type, id },
    name: login ?? name ?? String(id),
  }));
}

const rule = (found: Environment | undefined, wanted: string): Partial<ProtectionRule> =>
  found?.protection_rules?.find(({ type }) => type === wanted) ?? {};
