import type { Json, Plan } from "../plan/types.ts";

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
export function hourlyCost(plan: Plan): number {
  const count = (type: string): number =>
    plan.resources.filter((resource) => resource.type === type).length;
  const subnets = plan.resources
    .filter(
      ({ type, inputs }) =>
        type === "aws:ec2/vpcEndpoint:VpcEndpoint" && inputs["vpcEndpointType"] === "Interface",
    )
    .reduce((sum, { inputs }) => sum + list(inputs["subnetIds"]).length, 0);
  const webAcls = plan.resources.filter(({ type }) => type === "aws:wafv2/webAcl:WebAcl");
  const rules = webAcls.reduce((sum, { inputs }) => sum + list(inputs["rules"]).length, 0);
  const zones = number(plan.config["availabilityZoneCount"]);
  const tasks = number(plan.config["desiredCount"]);
  const balancers = count("aws:lb/loadBalancer:LoadBalancer");
  const publicTasks = plan.config["taskSubnets"] === "public" ? tasks : 0;
  return (
    count("aws:ec2/natGateway:NatGateway") * HOURLY.natGateway +
    balancers * HOURLY.loadBalancer +
    webAcls.length * HOURLY.webAcl +
    rules * HOURLY.webAclRule +
    subnets * HOURLY.interfaceEndpoint +
    (count("aws:ec2/eip:Eip") + balancers * zones + publicTasks) * HOURLY.publicAddress +
    (tasks * number(plan.config["taskCpu"]) * HOURLY.vcpu) / 1024 +
    (tasks * number(plan.config["taskMemoryMiB"]) * HOURLY.gigabyte) / 1024
  );
}

const number = (value: Json | undefined): number => Number(value ?? 0);
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
