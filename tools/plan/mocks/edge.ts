import type { Computed, MockResource } from "./resource.ts";

const GLOBAL = { region: "" } as const;
const NOWHERE = { region: "", accountId: "" } as const;

/** A WAF resource: `regional` and in the stack's region unless its scope is CLOUDFRONT. */
function waf(kind: string, more: object = {}): Computed {
  return (r) => {
    const id = r.uuid();
    const name = r.physicalName("name", 128);
    const scope = r.text("scope") === "CLOUDFRONT" ? "global" : "regional";
    return {
      id,
      arn: r.arn("wafv2", `${scope}/${kind}/${name}/${id}`),
      lockToken: r.uuid("lock"),
      name,
      ...more,
    };
  };
}

function group(r: MockResource): string {
  return r.arn("synthetics", `group:${r.text("groupName")}`);
}

export const edge: Record<string, Computed> = {
  "aws:route53/zone:Zone": (r) => {
    const zoneId = `Z${r.hex(20).toUpperCase()}`;
    const nameServers = [1, 2, 3, 4].map((n) => `ns-${r.digits(3, String(n))}.awsdns-${n}.com`);
    return {
      id: zoneId,
      arn: r.arn("route53", `hostedzone/${zoneId}`, NOWHERE),
      name: r.physicalName(),
      nameServers,
      primaryNameServer: nameServers[0] ?? "",
      zoneId,
    };
  },
  "aws:route53/record:Record": (r) => {
    const name = r.text("name");
    const set = r.text("setIdentifier");
    return {
      id: `${r.text("zoneId")}_${name}_${r.text("type")}${set === "" ? "" : `_${set}`}`,
      fqdn: name.replace(/\.$/, ""),
    };
  },
  "aws:route53/healthCheck:HealthCheck": (r) => {
    const id = r.uuid();
    return { id, arn: r.arn("route53", `healthcheck/${id}`, NOWHERE) };
  },

  "aws:wafv2/webAcl:WebAcl": waf("webacl", { applicationIntegrationUrl: "", capacity: 0 }),
  "aws:wafv2/ipSet:IpSet": waf("ipset"),
  "aws:wafv2/ruleGroup:RuleGroup": waf("rulegroup"),
  "aws:wafv2/regexPatternSet:RegexPatternSet": waf("regexpatternset"),
  "aws:wafv2/webAclAssociation:WebAclAssociation": (r) => ({
    id: `${r.text("webAclArn")},${r.text("resourceArn")}`,
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (r) => ({
    id: r.text("resourceArn"),
  }),

  "aws:lambda/function:Function": (r) => {
    const name = r.physicalName("name", 64);
    const arn = r.arn("lambda", `function:${name}`);
    const invoke = (target: string, version: string) =>
      `arn:aws:apigateway:${r.region}:lambda:path/${version}/functions/${target}/invocations`;
    return {
      id: name,
      arn,
      invokeArn: invoke(arn, "2015-03-31"),
      lastModified: "2026-01-01T00:00:00.000+0000",
      name,
      qualifiedArn: `${arn}:$LATEST`,
      qualifiedInvokeArn: invoke(`${arn}:$LATEST`, "2015-03-31"),
      responseStreamingInvokeArn: invoke(arn, "2021-11-15"),
      signingJobArn: "",
      signingProfileVersionArn: "",
      sourceCodeSize: 0,
      version: "$LATEST",
    };
  },
  "aws:lambda/permission:Permission": (r) => ({
    id: r.text("statementId") || `${r.name}-${r.hex(7)}`,
  }),

  "aws:synthetics/canary:Canary": (r) => {
    const name = r.physicalName("name", 255);
    return {
      id: name,
      arn: r.arn("synthetics", `canary:${name}`),
      engineArn: r.arn("lambda", `function:cwsyn-${name}-${r.uuid()}:1`),
      name,
      sourceLocationArn: r.arn("lambda", `layer:cwsyn-${name}-${r.uuid()}:1`),
      status: "READY",
      timelines: [],
    };
  },
  "aws:synthetics/group:Group": (r) => {
    const name = r.physicalName("name", 64);
    return { id: name, arn: r.arn("synthetics", `group:${r.hex(8)}`), groupId: r.hex(8), name };
  },
  "aws:synthetics/groupAssociation:GroupAssociation": (r) => ({
    id: `${r.text("groupName")},${r.text("canaryArn")}`,
    groupArn: group(r),
    groupId: r.hex(8),
  }),

  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (r) => {
    const name = r.physicalName("name", 64);
    const arn = r.arn("firehose", `deliverystream/${name}`);
    return { id: arn, arn, name };
  },
  "aws:athena/workgroup:Workgroup": (r) => {
    const name = r.physicalName("name", 128);
    return { id: name, arn: r.arn("athena", `workgroup/${name}`), name };
  },
  "aws:athena/namedQuery:NamedQuery": (r) => ({ id: r.uuid(), name: r.physicalName("name", 128) }),
  "aws:glue/catalogDatabase:CatalogDatabase": (r) => {
    const name = r.physicalName("name", 255);
    return { id: `${r.accountId}:${name}`, arn: r.arn("glue", `database/${name}`), name };
  },
  "aws:glue/catalogTable:CatalogTable": (r) => {
    const name = r.physicalName("name", 255);
    const database = r.text("databaseName");
    return {
      id: `${r.accountId}:${database}:${name}`,
      arn: r.arn("glue", `table/${database}/${name}`),
      name,
    };
  },

  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": (r) => {
    const arn = r.arn(
      "chatbot",
      `chat-configuration/slack-channel/${r.text("configurationName")}`,
      GLOBAL,
    );
    return {
      id: arn,
      chatConfigurationArn: arn,
      slackChannelName: "alarms",
      slackTeamName: "team",
    };
  },
  "aws:ssmcontacts/contact:Contact": (r) => {
    const arn = r.arn("ssm-contacts", `contact/${r.text("alias")}`);
    return { id: arn, arn };
  },
  "aws:ssmincidents/responsePlan:ResponsePlan": (r) => {
    const name = r.physicalName("name", 200);
    const arn = r.arn("ssm-incidents", `response-plan/${name}`, GLOBAL);
    return { id: arn, arn, name };
  },
};
