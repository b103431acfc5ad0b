import type { MockResource, Rows } from "./resource.ts";
import { byArn, byId, byInventedArn, byName, ofInputs } from "./rows.ts";

const CREATED = "2026-01-01T00:00:00Z";

/** Identity number of IAM: `AROA...` for a role, `ANPA...` for a policy. */
const iamId = (prefix: string, r: MockResource): string => prefix + r.hex(17).toUpperCase();

export const identity: Rows = {
  "iam/Role": (r) => {
    const name = r.physicalName("name", 64);
    return {
      id: name,
      arn: r.arn(`iam:role${r.text("path") || "/"}${name}`),
      createDate: CREATED,
      name,
      uniqueId: iamId("AROA", r),
    };
  },
  "iam/ServiceLinkedRole": (r) => {
    const service = r.text("awsServiceName");
    const name = `AWSServiceRoleFor${service.split(".")[0] ?? ""}`;
    const path = `/aws-service-role/${service}/`;
    const arn = r.arn(`iam:role${path}${name}`);
    return { id: arn, arn, createDate: CREATED, name, path, uniqueId: iamId("AROA", r) };
  },
  "iam/Policy": (r) => {
    const name = r.physicalName("name", 128);
    const arn = r.arn(`iam:policy${r.text("path") || "/"}${name}`);
    return { id: arn, arn, attachmentCount: 0, name, policyId: iamId("ANPA", r) };
  },
  "iam/RolePolicy": (r) => {
    const name = r.physicalName("name", 128);
    return { id: `${r.text("role")}:${name}`, name };
  },
  "iam/RolePolicyAttachment": ofInputs("{role}/{policyArn}"),
  "iam/RolePolicyAttachmentsExclusive": ofInputs("{roleName}"),
  "iam/OpenIdConnectProvider": (r) => {
    const arn = r.arn(`iam:oidc-provider/${r.text("url").replace(/^https:\/\//, "")}`);
    return { id: arn, arn };
  },
  "kms/Key": byId(
    "kms:key/",
    (r) => r.uuid(),
    (_, keyId) => ({ keyId }),
  ),
  "kms/Alias": (r) => {
    const name = r.text("name") || `alias/${r.name}-${r.hex(7)}`;
    const key = r.text("targetKeyId");
    const targetKeyArn = key.startsWith("arn:") ? key : r.arn(`kms:key/${key}`);
    return { id: name, arn: r.arn(`kms:${name}`), name, targetKeyArn };
  },
  "kms/KeyPolicy": ofInputs("{keyId}"),
  "secretsmanager/Secret": (r) => {
    const name = r.physicalName("name", 512);
    const arn = r.arn(`secretsmanager:secret:${name}-${r.hex(6, "suffix")}`);
    return { id: arn, arn, name };
  },
  "secretsmanager/SecretVersion": (r) => {
    const secret = r.text("secretId");
    return {
      id: `${secret}|${r.uuid()}`,
      arn: secret,
      hasSecretStringWo: false,
      secretArn: secret,
      versionId: r.uuid(),
    };
  },
  "secretsmanager/SecretPolicy": ofInputs("{secretArn}"),
  "secretsmanager/SecretRotation": ofInputs("{secretId}"),
  "ssm/Parameter": (r) => {
    const name = r.physicalName("name", 1011);
    const arn = r.arn(`ssm:parameter/${name.replace(/^\//, "")}`);
    return { id: name, arn, hasValueWo: false, name, version: 1 };
  },
  "acm/Certificate": byInventedArn("acm:certificate/", (r) => {
    const names = [r.text("domainName"), ...r.list("subjectAlternativeNames").map(String)];
    return {
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
  }),
  "acm/CertificateValidation": () => ({ id: CREATED }),
  "accessanalyzer/Analyzer": byName("access-analyzer:analyzer/", { key: "analyzerName", max: 255 }),
  "chatbot/SlackChannelConfiguration": (r) => {
    const arn = r.arn(`chatbot:chat-configuration/slack-channel/${r.text("configurationName")}`);
    return {
      id: arn,
      chatConfigurationArn: arn,
      slackChannelName: "alarms",
      slackTeamName: "team",
    };
  },
  "ssmcontacts/Contact": (r) => {
    const arn = r.arn(`ssm-contacts:contact/${r.text("alias")}`);
    return { id: arn, arn };
  },
  "ssmincidents/ResponsePlan": byArn("ssm-incidents:response-plan/", { max: 200 }),
};
