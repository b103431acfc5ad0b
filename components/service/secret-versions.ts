import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readSecretReference } from "./secret-reference.ts";

/**
 * Id of the version that each reference to Secrets Manager reads now, by variable. As part of the task definition it makes a
 * changed secret a deployment: tasks read their secrets when they start, and no later. The values are not asked for.
 * A parameter's version is known only together with its value, so it is left out.
 * @throws pulumi.RunError where a secret is not there or may not be asked for
 */
export async function secretVersions(
  secrets: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(secrets).map(async ([name, valueFrom]): Promise<[string, string][]> => {
      const reference = readSecretReference(valueFrom);
      if (typeof reference === "string" || reference.service === "ssm") return [];
      const { arn: secretId, region, stage = "AWSCURRENT", versionId } = reference;
      if (versionId !== undefined) return [];
      const { versions } = await aws.secretsmanager
        .getSecretVersions({ secretId, region })
        .catch((error: unknown) => {
          const why = String(error)
            .replace(/^Error: /, "")
            .replaceAll(/\s*\n\s*/g, " ");
          throw new pulumi.RunError(
            `which version of the secret ${name} its tasks would read could not be asked: ${why}. The secret has to be there, and it needs secretsmanager:ListSecretVersionIds, which npm run bootstrap gives the pipeline.`,
          );
        });
      const current = versions.find(({ versionStages }) => versionStages.includes(stage));
      return current === undefined ? [] : [[name, current.versionId]];
    }),
  );
  return Object.fromEntries(found.flat());
}
