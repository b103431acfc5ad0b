import { looksSecret, secretName } from "@koa-fargate/workbench/project";
import { PLATFORM_VARIABLES } from "../components/service/environment.ts";
import { readSecretReference } from "../components/service/secret-reference.ts";
import { isPlaceholder } from "./kinds.ts";
import type { Reason, Rule } from "./problem.ts";

/** The variables of the container: none that somebody else sets, no secret in plain text, and references that ECS can read. */
export const environment: Rule = ({ app: { environment: plain, secrets } }) => ({
  environment: [
    ...Object.keys(plain).map(taken),
    ...Object.entries(plain).map(
      ([name, value]) =>
        !isPlaceholder(value) &&
        (secretName(name, value) || looksSecret(value)) &&
        `sets ${name}, which looks like a secret${secretName(name, value) ? "" : " by its value"}, in plain text. Store it in Secrets Manager and name its ARN under secrets.`,
    ),
  ],
  secrets: [
    ...Object.keys(secrets).map(taken),
    ...Object.entries(secrets).map(([name, valueFrom]) => {
      if (name in plain) return `sets ${name}, which environment sets too. Remove one.`;
      const reference = isPlaceholder(valueFrom) ? undefined : readSecretReference(valueFrom);
      return typeof reference === "string" && `sets ${name} to ${valueFrom}, which ${reference}`;
    }),
  ],
});

/** Variables that ECS and its agent set in the container, and with which the app would act as somebody else. */
const OF_AWS: readonly [RegExp, string][] = [
  [
    /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE)$/,
    "which the AWS SDK takes in place of the task role: the app would act as somebody else, by credentials that nobody rotates. Remove it; what the app may do is the task role's.",
  ],
  [
    /^(AWS_CONTAINER_\w+|AWS_EXECUTION_ENV|AWS_DEFAULT_REGION|ECS_\w+)$/,
    "which ECS sets itself: another value would cut the app off its role or its metadata. Remove it.",
  ],
];

function taken(name: string): Reason {
  const [, why] = PLATFORM_VARIABLES.includes(name)
    ? ["", "which the platform sets itself. Remove it."]
    : (OF_AWS.find(([pattern]) => pattern.test(name)) ?? []);
  return why && `sets ${name}, ${why}`;
}
