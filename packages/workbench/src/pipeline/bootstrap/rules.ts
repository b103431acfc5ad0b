import { placedName, type Place } from "../delivery/placed.ts";

/** Environment behind whose approval deploy.yml deploys. */
export const APPROVED = "prod";

/**
 * What a commit has to pass before it is on main: jobs of pr.yml as GitHub names their checks. Not those that a fork's pull
 * request skips.
 */
export const REQUIRED_CHECKS: readonly string[] = [
  "check",
  ...[1, 2, 3, 4].map((shard) => `parts (${shard}/4)`),
  ...["plan (dev)", "plan (prod)", "image"],
];

/**
 * The same as they are called where the project is a folder of a repository. That GitHub adds a matrix's values to a job's own
 * name is assumed.
 */
export const requiredChecks = (place: Place | undefined): string[] =>
  REQUIRED_CHECKS.map((check) => placedName(place, check));

/** A rule, as GitHub's API shows those of a branch and takes those of a ruleset. */
export interface Rule {
  type: string;
  parameters?: Readonly<Record<string, unknown>>;
}

/** Of the app GitHub Actions: no other app can report these checks. */
const ACTIONS = 15368;

/** The name of the ruleset on GitHub's page. */
export const RULESET = "What is on main passed its checks";

/**
 * The rules that a branch lacks, as the whole ruleset that has them. The checks are repeated on the newest main: by a merge
 * queue where GitHub has one, else by a branch that has to be up to date.
 * Source: GitHub Docs, "REST API endpoints for rules", Create a repository ruleset.
 * @param found the rules that apply to main now, from any ruleset
 * @param queue whether GitHub has merge queues here
 * @param required the checks
 * @returns undefined where nothing is missing
 */
export function missingRules(
  found: readonly Rule[],
  queue: boolean,
  required: readonly string[] = REQUIRED_CHECKS,
): Rule[] | undefined {
  const of = (type: string) => found.find((rule) => rule.type === type);
  const checks = found
    .filter(({ type }) => type === "required_status_checks")
    .flatMap(({ parameters }) => parameters?.["required_status_checks"] as { context: string }[]);
  const contexts = new Set(checks.map(({ context }) => context));
  const types = ["deletion", "non_fast_forward", "pull_request"];
  if (
    types.every((type) => of(type) !== undefined) &&
    required.every((context) => contexts.has(context))
  )
    return undefined;
  return [
    { type: "deletion" },
    { type: "non_fast_forward" },
    {
      type: "pull_request",
      // What somebody asked for by hand stays. Alone, nobody can approve.
      parameters: of("pull_request")?.parameters ?? {
        required_approving_review_count: 0,
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
    {
      type: "required_status_checks",
      parameters: {
        strict_required_status_checks_policy: !queue,
        required_status_checks: [
          ...required.map((context) => ({ context, integration_id: ACTIONS })),
          ...checks.filter(({ context }) => !required.includes(context)),
        ],
      },
    },
    ...(queue
      ? [
          of("merge_queue") ?? {
            type: "merge_queue",
            parameters: {
              check_response_timeout_minutes: 60,
              grouping_strategy: "ALLGREEN",
              max_entries_to_build: 5,
              max_entries_to_merge: 5,
              merge_method: "MERGE",
              min_entries_to_merge: 1,
              min_entries_to_merge_wait_minutes: 5,
            },
          },
        ]
      : []),
  ];
}
