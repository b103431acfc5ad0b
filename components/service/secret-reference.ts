/** A reference under `secrets`, read as ECS reads it and granted as IAM compares it. */

export interface SecretReference {
  service: "secretsmanager" | "ssm";
  region: string;
  /** ARN without field, stage and version. */
  arn: string;
  /** With Secrets Manager: label of the version. @default AWSCURRENT, as Secrets Manager has it */
  stage?: string;
  /** With Secrets Manager: id of the one version that is read. */
  versionId?: string;
}

/**
 * What a reference names, or why ECS could not read it, as the end of a sentence.
 * Source: amazon-ecs-agent, agent/asm: after the secret's name there are no further parts, or three, each of which may be empty.
 */
export function readSecretReference(valueFrom: string): SecretReference | string {
  const parts = valueFrom.split(":");
  const [, , service = "", region = "", , kind = "", name = ""] = parts;
  if (service === "ssm")
    return parts.length === 6 && /^parameter(\/[\w.-]+)+$/.test(kind)
      ? { service, region, arn: valueFrom }
      : "is not the ARN of a parameter. Write it as arn:aws:ssm:<region>:<account>:parameter/<name>.";
  const arn = parts.slice(0, 7).join(":");
  if (service !== "secretsmanager" || kind !== "secret" || !/^[\w/+=.@-]+$/.test(name))
    return "is not the ARN of a secret. Write it as arn:aws:secretsmanager:<region>:<account>:secret:<name>.";
  if (parts.length !== 7 && parts.length !== 10)
    return `has ${parts.length - 7} of the parts <field>:<stage>:<version id> after the secret, but ECS reads all three or none; each may be empty. Write ${[arn, ...parts.slice(7, 10), "", ""].slice(0, 4).join(":")}.`;
  const [stage, versionId] = parts.slice(8);
  return {
    service,
    region,
    arn,
    ...(stage ? { stage } : {}),
    ...(versionId ? { versionId } : {}),
  };
}

/**
 * ARNs that a permission to read it has to name. Secrets Manager ends the ARN of a secret in six characters of its own, which a
 * reference may leave out but IAM compares. A name may end as they do, so where it cannot be told both are granted.
 * Source: AWS, "Secrets Manager ARN" in "Troubleshoot AWS Secrets Manager".
 */
export function grantedArns({ service, arn }: SecretReference): string[] {
  if (service === "ssm") return [arn];
  const suffix = /-([A-Za-z0-9]{6})$/.exec(arn)?.[1];
  if (suffix === undefined) return [`${arn}-??????`];
  return /^[a-z]+$/.test(suffix) ? [arn, `${arn}-??????`] : [arn];
}
