import { digest, type Rows } from "./resource.ts";
import { row } from "./rows.ts";

const CREATED = "2026-01-01T00:00:00Z";

export const identity: Rows = {
  "iam/Role": row("{name<64}", "iam:role{path|/}{name<64}", {
    createDate: CREATED,
    uniqueId: "AROA{HEX17}",
  }),
  "iam/ServiceLinkedRole": (r) => {
    const service = r.text("awsServiceName");
    const [name, path] = [service.split(".")[0] ?? "", `/aws-service-role/${service}/`];
    return row("{arn}", "iam:role{path}{name}", {
      createDate: CREATED,
      name: `AWSServiceRoleFor${name}`,
      path,
      uniqueId: "AROA{HEX17}",
    })(r);
  },
  "iam/Policy": row("{arn}", "iam:policy{path|/}{name<128}", {
    attachmentCount: 0,
    policyId: "ANPA{HEX17}",
  }),
  "iam/RolePolicy": row("{role}:{name<128}"),
  "iam/RolePolicyAttachment": row("{role}/{policyArn}"),
  "iam/RolePolicyAttachmentsExclusive": row("{roleName}"),
  "iam/OpenIdConnectProvider": (r) =>
    row("{arn}", `iam:oidc-provider/${r.text("url").replace(/^https:\/\//, "")}`)(r),
  "kms/Key": row("{uuid}", "kms:key/{id}", { keyId: "{id}" }),
  "kms/Alias": (r) => {
    const name = r.physicalName().replace(/^(?:alias\/)?/, "alias/");
    const key = r.text("targetKeyId");
    const targetKeyArn = key.startsWith("arn:") ? key : r.arn(`kms:key/${key}`);
    return { id: name, arn: r.arn(`kms:${name}`), name, targetKeyArn };
  },
  "kms/KeyPolicy": row("{keyId}"),
  "secretsmanager/Secret": row("{arn}", "secretsmanager:secret:{name<512}-{hex6:suffix}"),
  "secretsmanager/SecretVersion": row("{secretId}|{uuid}", "", {
    arn: "{secretId}",
    hasSecretStringWo: false,
    secretArn: "{secretId}",
    versionId: "{uuid}",
  }),
  "secretsmanager/SecretPolicy": row("{secretArn}"),
  "secretsmanager/SecretRotation": row("{secretId}"),
  "ssm/Parameter": (r) => {
    const name = r.physicalName("name", 1011);
    const arn = r.arn(`ssm:parameter/${name.replace(/^\//, "")}`);
    return { id: name, arn, hasValueWo: false, name, version: 1 };
  },
  "acm/Certificate": row("{arn}", "acm:certificate/{uuid}", (r) => {
    const names = [r.text("domainName"), ...r.list("subjectAlternativeNames").map(String)];
    // By account and name, whatever the certificate. Source: AWS, "DNS validation", AWS Certificate Manager User Guide.
    const proof = (text: string): string => `_${digest(`${r.accountId}#${text}`).slice(0, 32)}`;
    return {
      domainValidationOptions: [...new Set(names)].map((domainName) => ({
        domainName,
        resourceRecordName: `${proof(domainName)}.${domainName.replace(/^\*\./, "")}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `${proof(`${domainName} value`)}.acm-validations.aws.`,
      })),
      ...{ notAfter: "", notBefore: "", pendingRenewal: false, validationEmails: [] },
      ...{ renewalEligibility: "INELIGIBLE", renewalSummaries: [] },
      ...{ status: "PENDING_VALIDATION", type: "AMAZON_ISSUED" },
    };
  }),
  // The time of issue.
  "acm/CertificateValidation": (r) =>
    row(CREATED.replace("00Z", `${String(Number(r.digits(3)) % 60).padStart(2, "0")}Z`))(r),
  "accessanalyzer/Analyzer": row(
    "{analyzerName<255}",
    "access-analyzer:analyzer/{analyzerName<255}",
  ),
  "chatbot/SlackChannelConfiguration": row("{chatConfigurationArn}", "", {
    chatConfigurationArn: "@chatbot:chat-configuration/slack-channel/{configurationName}",
    slackChannelName: "alarms",
    slackTeamName: "team",
  }),
  "ssmcontacts/Contact": row("{arn}", "ssm-contacts:contact/{alias}"),
  "ssmincidents/ResponsePlan": row("{arn}", "ssm-incidents:response-plan/{name<200}"),
};
