import type { Json, Plan } from "../plan/types.ts";
import { ok, warn, type Finding } from "./checks.ts";

/** A quota that a new account meets first. What is in use, only AWS knows: the advice says how to ask. */
interface Quota {
  name: string;
  /** What the stack needs at most. */
  need: (plan: Plan) => number;
  unit: string;
  /** Of a new account, in a region. */
  limit: number;
  /** As Service Quotas calls it. */
  service: string;
  code: string;
  /** Command that tells how many are in use. */
  used: string;
}

/** A deployment runs the old and the new tasks side by side. */
const DEPLOYING = 2;
const CPU_UNITS = 1024;

/** Sources: AWS, "Amazon VPC quotas" and "Amazon ECS service quotas" (Fargate On-Demand vCPU resource count). */
const QUOTAS: readonly Quota[] = [
  {
    ...{ name: "Elastic IP addresses", unit: "", limit: 5, service: "ec2", code: "L-0263D0A3" },
    need: (plan) => ofType(plan, "aws:ec2/eip:Eip").length,
    used: "aws ec2 describe-addresses --query 'length(Addresses)'",
  },
  {
    ...{ name: "VPCs", unit: "", limit: 5, service: "vpc", code: "L-F678F1CE" },
    need: (plan) => ofType(plan, "aws:ec2/vpc:Vpc").length,
    used: "aws ec2 describe-vpcs --query 'length(Vpcs)'",
  },
  {
    ...{ name: "Fargate vCPUs", unit: " vCPU", limit: 6, service: "fargate", code: "L-3032A538" },
    need: vcpus,
    used: "Service Quotas shows it in the console, AWS Fargate",
  },
];

/** What the plan asks for against the quotas of a new account; needs no network. */
export function checkQuotas(plan: Plan): Finding[] {
  return QUOTAS.map(({ name, need, unit, limit, service, code, used }) => {
    const title = `${plan.stack}: ${name}`;
    const wanted = need(plan);
    const text = `The plan asks for ${wanted}${unit}; a new account may have ${limit} in a region.`;
    // Half of it: the account may hold others, and a second stack is to fit.
    return wanted > limit / 2
      ? warn(
          title,
          text,
          `Yours: aws service-quotas get-service-quota --service-code ${service} --quota-code ${code} --query Quota.Value; in use: ${used}`,
        )
      : ok(title, text);
  });
}

/** Of all tasks that may run at once: as many as autoscaling allows, old and new during a deployment. */
function vcpus(plan: Plan): number {
  const units = ofType(plan, "aws:ecs/taskDefinition:TaskDefinition").map((inputs) =>
    Number(inputs["cpu"] ?? 0),
  );
  const tasks = [
    ...ofType(plan, "aws:ecs/service:Service").map((inputs) => inputs["desiredCount"]),
    ...ofType(plan, "aws:appautoscaling/target:Target").map((inputs) => inputs["maxCapacity"]),
  ].map((count) => Number(count ?? 0));
  return (Math.max(0, ...units) * Math.max(0, ...tasks) * DEPLOYING) / CPU_UNITS;
}

const ofType = (plan: Plan, wanted: string): Record<string, Json>[] =>
  plan.resources.filter(({ type }) => type === wanted).map(({ inputs }) => inputs);
