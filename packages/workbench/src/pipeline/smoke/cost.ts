import type { Json, Plan } from "../../plan/types.ts";

/** List prices of us-east-1 in USD an hour. Source: AWS price pages of VPC, Elastic Load Balancing, WAF and Fargate, 2026. */
const HOURLY = {
  natGateway: 0.045,
  loadBalancer: 0.0225,
  /** Per zone. */
  interfaceEndpoint: 0.01,
  publicAddress: 0.005,
  /** 5 USD a month. */
  webAcl: 0.0068,
  /** 1 USD a month. */
  webAclRule: 0.0014,
  /** arm64; amd64 costs a quarter more. */
  vcpu: 0.03238,
  gigabyte: 0.00356,
} as const;

/**
 * What a stack costs an hour while it stands, without traffic and storage: for a walk of an hour these are cents.
 * @returns USD, from the things that are billed by the hour
 */
export function hourlyCost({ resources, config }: Plan): number {
  const inputs = (wanted: string) =>
    resources.filter(({ type }) => type === wanted).map((resource) => resource.inputs);
  const items = (all: readonly Record<string, Json>[], input: string): number =>
    all.reduce((sum, { [input]: list }) => sum + (Array.isArray(list) ? list.length : 0), 0);
  const setting = (key: string): number => Number(config[key] ?? 0);

  const webAcls = inputs("aws:wafv2/webAcl:WebAcl");
  const endpoints = inputs("aws:ec2/vpcEndpoint:VpcEndpoint").filter(
    ({ vpcEndpointType }) => vpcEndpointType === "Interface",
  );
  const balancers = inputs("aws:lb/loadBalancer:LoadBalancer").length;
  const tasks = setting("desiredCount");
  const addresses =
    inputs("aws:ec2/eip:Eip").length +
    balancers * setting("availabilityZoneCount") +
    (config["taskSubnets"] === "public" ? tasks : 0);
  return (
    inputs("aws:ec2/natGateway:NatGateway").length * HOURLY.natGateway +
    balancers * HOURLY.loadBalancer +
    webAcls.length * HOURLY.webAcl +
    items(webAcls, "rules") * HOURLY.webAclRule +
    items(endpoints, "subnetIds") * HOURLY.interfaceEndpoint +
    addresses * HOURLY.publicAddress +
    (tasks * setting("taskCpu") * HOURLY.vcpu) / 1024 +
    (tasks * setting("taskMemoryMiB") * HOURLY.gigabyte) / 1024
  );
}
