/** What ACM wants to find in DNS before it believes that a name is ours. */
export interface ValidationOption {
  domainName: string;
  resourceRecordName: string;
  resourceRecordType: string;
  resourceRecordValue: string;
}

/**
 * The record that proves one name. The provider hands the names over as a set, in no order of ours.
 * Source: Terraform AWS provider, internal/service/acm/certificate.go, `domain_validation_options`.
 * @throws Error where ACM does not ask for that name
 */
export function validationRecord(
  options: readonly ValidationOption[],
  domainName: string,
): { name: string; type: string; value: string } {
  const option = options.find((candidate) => candidate.domainName === domainName);
  if (option === undefined)
    throw new Error(
      `The certificate names ${options.map((candidate) => candidate.domainName).join(", ")}, but not ${domainName}.`,
    );
  return {
    name: option.resourceRecordName,
    type: option.resourceRecordType,
    value: option.resourceRecordValue,
  };
}
