import type * as aws from "@pulumi/aws";

/** What ACM wants to find in DNS before it believes that a name is ours. */
export type ValidationOption = aws.types.output.acm.CertificateDomainValidationOption;

/**
 * The record that proves one name. The provider hands the names over as a set, in no order of ours.
 * Source: Terraform AWS provider, internal/service/acm/certificate.go, `domain_validation_options`.
 * @throws Error where ACM does not ask for that name
 */
export function validationRecord(
  options: readonly ValidationOption[],
  domainName: string,
): ValidationOption {
  const option = options.find((candidate) => candidate.domainName === domainName);
  if (option !== undefined) return option;
  const names = options.map((candidate) => candidate.domainName).join(", ");
  throw new Error(`The certificate names ${names}, but not ${domainName}.`);
}
