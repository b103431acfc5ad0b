import type { Computed } from "./resource.ts";

/** IAM is global: no region in its ARNs. */
const GLOBAL = { region: "" } as const;
const CREATED = "2026-01-01T00:00:00Z";

export const identity: Record<string, Computed> = {
  "aws:iam/role:Role": (r) => {
    const name = r.physicalName("name", 64);
    return {
      id: name,
      arn: r.arn("iam", `role${r.text("path") || "/"}${name}`, GLOBAL),
      createDate: CREATED,
      name,
      uniqueId: `AROA${r.hex(17).toUpperCase()}`,
    };
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": (r) => {
    const service = r.text("awsServiceName");
    const name = `AWSServiceRoleFor${service.split(".")[0] ?? ""}`;
    const path = `/aws-service-role/${service}/`;
    const arn = r.arn("iam", `role${path}${name}`, GLOBAL);
    return {
      id: arn,
      arn,
      createDate: CREATED,
      name,
      path,
      uniqueId: `AROA${r.hex(17).toUpperCase()}`,
    };
  },
  "aws:iam/policy:Policy": (r) => {
    const name = r.physicalName("name", 128);
    const arn = r.arn("iam", `policy${r.text("path") || "/"}${name}`, GLOBAL);
    return { id: arn, arn, attachmentCount: 0, name, policyId: `ANPA${r.hex(17).toUpperCase()}` };
  },
  "aws:iam/rolePolicy:RolePolicy": (r) => {
    const name = r.physicalName("name", 128);
    return { id: `${r.text("role")}:${name}`, name };
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (r) => ({
    id: `${r.text("role")}/${r.text("policyArn")}`,
  }),
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": (r) => ({
    id: r.text("roleName"),
  }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (r) => {
    const arn = r.arn("iam", `oidc-provider/${r.text("url").replace(/^https:\/\//, "")}`, GLOBAL);
    return { id: arn, arn };
  },

  "aws:kms/key:Key": (r) => {
    const keyId = r.uuid();
    return { id: keyId, arn: r.arn("kms", `key/${keyId}`), keyId };
  },
  "aws:kms/alias:Alias": (r) => {
    const name = r.text("name") || `alias/${r.name}-${r.hex(7)}`;
    const key = r.text("targetKeyId");
    return {
      id: name,
      arn: r.arn("kms", name),
      name,
      targetKeyArn: key.startsWith("arn:") ? key : r.arn("kms", `key/${key}`),
    };
  },
  "aws:kms/keyPolicy:KeyPolicy": (r) => ({ id: r.text("keyId") }),

  "aws:secretsmanager/secret:Secret": (r) => {
    const name = r.physicalName("name", 512);
    const arn = r.arn("secretsmanager", `secret:${name}-${r.hex(6, "suffix")}`);
    return { id: arn, arn, name };
  },
  "aws:secretsmanager/secretVersion:SecretVersion": (r) => {
    const secret = r.text("secretId");
    const versionId = r.uuid();
    return {
      id: `${secret}|${versionId}`,
      arn: secret,
      hasSecretStringWo: false,
      secretArn: secret,
      versionId,
    };
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": (r) => ({ id: r.text("secretArn") }),
  "aws:secretsmanager/secretRotation:SecretRotation": (r) => ({ id: r.text("secretId") }),
  "aws:ssm/parameter:Parameter": (r) => {
    const name = r.physicalName("name", 1011);
    return {
      id: name,
      arn: r.arn("ssm", `parameter/${name.replace(/^\//, "")}`),
      hasValueWo: false,
      name,
      version: 1,
    };
  },

  "aws:acm/certificate:Certificate": (r) => {
    const arn = r.arn("acm", `certificate/${r.uuid()}`);
    const names = [r.text("domainName"), ...r.list("subjectAlternativeNames").map(String)];
    return {
      id: arn,
      arn,
      domainValidationOptions: [...new Set(names)].map((domainName) => ({
        domainName,
        resourceRecordName: `_${r.hex(32, domainName)}.${domainName.replace(/^\*\./, "")}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_${r.hex(32, `${domainName} value`)}.acm-validations.aws.`,
      })),
      notAfter: "",
      notBefore: "",
      pendingRenewal: false,
      renewalEligibility: "INELIGIBLE",
      renewalSummaries: [],
      status: "PENDING_VALIDATION",
      type: "AMAZON_ISSUED",
      validationEmails: [],
    };
  },
  "aws:acm/certificateValidation:CertificateValidation": () => ({ id: CREATED }),
};
