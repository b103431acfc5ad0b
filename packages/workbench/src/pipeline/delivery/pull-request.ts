import type { GitHub } from "./github.ts";

/** As GitHub Docs, REST API, "List pull requests", has it; the head's repository is null once it is deleted. */
interface PullRequest {
  number: number;
  user: { login: string } | null;
  head: { sha: string; repo: { full_name: string } | null };
}

/**
 * The open pull request that a run was about, where that run may not comment itself: from a fork, or of Dependabot. What
 * started this run says nothing of it for a fork, whose commit may also be overtaken.
 * @param repository where it is to be merged
 * @param head `owner:branch`
 */
export async function pullRequestOf(
  gitHub: GitHub,
  repository: string,
  head: string,
  commit: string,
): Promise<number | undefined> {
  const path = `/pulls?state=open&head=${encodeURIComponent(head)}`;
  const found = (await gitHub.list<PullRequest>(path)).find(
    ({ head: { sha, repo }, user }) =>
      sha === commit && (repo?.full_name !== repository || user?.login === "dependabot[bot]"),
  );
  return found?.number;
}
