/** Host of the tokens that GitHub gives to a workflow. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/**
 * Who may assume a role: jobs of one repository that run in one environment.
 * The subject is compared as a whole: a pattern would let other repositories in.
 * @param environment of the job; GitHub puts it into the subject in place of branch or event
 */
export const trustPolicy = (providerArn: string, subjectPrefix: string, environment: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Condition: {
        StringEquals: {
          [`${GITHUB_ISSUER}:aud`]: "sts.amazonaws.com",
          [`${GITHUB_ISSUER}:sub`]: `${subjectPrefix}:environment:${environment}`,
        },
      },
    },
  ],
});

/**
 * `repo:ORG/REPO`, or `repo:ORG@ID/REPO@ID` (also with `-` before the number): GitHub added the numbers in 2026, so that a
 * repository of the same name made later is another subject. What a repository gets, its own tokens say.
 */
const SUBJECT_PREFIX = /^repo:[A-Za-z0-9][A-Za-z0-9-]*(@\d+)?\/[A-Za-z0-9._-]+(@\d+)?$/;

/** What is wrong with a prefix; undefined when nothing is. */
export function wrongSubjectPrefix(prefix: string): string | undefined {
  return SUBJECT_PREFIX.test(prefix)
    ? undefined
    : `githubSubjectPrefix is ${JSON.stringify(prefix)}, but it has to be repo:ORG@ID/REPO@ID or repo:ORG/REPO, without patterns. docs/getting-started.md says how to read it from a token.`;
}
