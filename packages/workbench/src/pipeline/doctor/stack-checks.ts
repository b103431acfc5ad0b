import { EXIT, QUIET } from "../delivery/pulumi.ts";
import { invocation } from "../../lib/beside.ts";
import { messageOf } from "../../lib/words.ts";
import { ofType } from "../../plan/plan-reader.ts";
import type { Json, Plan } from "../../plan/types.ts";
import { planGaps } from "../permissions/rows.ts";
import { about, type Finding, type Dependencies } from "./checks.ts";

/** Looks at one stack. */
export async function checkStack(
  dependencies: Dependencies,
  stack: string,
  offline: boolean,
): Promise<Finding[]> {
  const { findings, plan } = await checkConfiguration(dependencies, stack);
  if (!offline) findings.push(await checkPresence(dependencies, stack));
  if (plan === undefined) return findings;
  // Another program has a pipeline of its own.
  if ("permissionsBoundaryArn" in plan.config)
    findings.push(checkBoundary(plan), ...checkPermissions(dependencies, plan));
  findings.push(...checkQuotas(plan), checkRegion(dependencies, plan));
  if (!offline)
    findings.push(
      await checkAccount(dependencies, plan),
      await checkLoadBalancers(dependencies, plan),
    );
  return findings;
}

/** Whether the stack's configuration is right and complete. */
async function checkConfiguration(
  dependencies: Dependencies,
  stack: string,
): Promise<{ findings: Finding[]; plan?: Plan }> {
  const { ok, warn, fail } = about(`${stack}: configuration`);
  try {
    const plan = await dependencies.plan(stack);
    const warnings = plan.warnings.map((text) => warn(text, `Edit Pulumi.${stack}.yaml.`));
    const fine = ok("It is complete, and the plan works.");
    return { plan, findings: warnings.length > 0 ? warnings : [fine] };
  } catch (error) {
    return { findings: [fail(messageOf(error), `${invocation("plan")} ${stack} tells the same.`)] };
  }
}

/** Whether the backend knows the stack. */
async function checkPresence({ run }: Dependencies, stack: string): Promise<Finding> {
  const { ok, warn, fail } = about(`${stack}: stack`);
  const args = ["stack", "output", "--json", "--stack", stack, ...QUIET];
  // Without a CLI nothing can be told; another finding says so.
  const code = await run("pulumi", args).then(
    (result) => result.code,
    () => undefined,
  );
  if (code === 0) return ok("It is in the backend.");
  if (code === EXIT.stackNotFound)
    return fail(
      "It is not in the backend.",
      "npm run bootstrap makes it, with its own key for secrets. Look first whether PULUMI_BACKEND_URL is the right one.",
    );
  return warn("The backend does not tell whether it is there.", "Fix the backend first.");
}

/** Whether the pipeline can deploy the stack's roles. */
function checkBoundary({ stack, config }: Plan): Finding {
  const { ok, warn } = about(`${stack}: boundary of roles`);
  const [boundary = ""] = texts(config["permissionsBoundaryArn"]);
  if (boundary !== "") return ok(`${boundary} bounds the roles of the stack.`);
  return warn(
    "permissionsBoundaryArn is empty, and the pipeline may only create roles that carry it: its deployments will fail.",
    `npm run bootstrap writes it into Pulumi.${stack}.yaml: commit that. Who deploys as an administrator alone needs none.`,
  );
}

/** Whether the roles that bootstrap makes may do what the plan asks for. */
function checkPermissions({ declared = {} }: Dependencies, plan: Plan): Finding[] {
  const { ok, warn } = about(`${plan.stack}: permissions`);
  const gaps = planGaps(plan, declared);
  if (gaps.length === 0) return [ok("The pipeline's roles have a row for everything in the plan.")];
  return gaps.map((gap) =>
    warn(`${capitalised(gap)}.`, "CONTRIBUTING.md lists what a new component needs."),
  );
}

/**
 * Quotas that a new account meets first, in a region. What is in use, only AWS knows: the advice says how to ask.
 * Sources: AWS, "Amazon VPC quotas" and "Amazon ECS service quotas" (Fargate On-Demand vCPU resource count).
 */
const QUOTAS = [
  {
    ...{ name: "Elastic IP addresses", unit: "", limit: 5, service: "ec2", code: "L-0263D0A3" },
    need: (plan: Plan) => inputsOf(plan, "aws:ec2/eip:Eip").length,
    used: "aws ec2 describe-addresses --query 'length(Addresses)'",
  },
  {
    ...{ name: "VPCs", unit: "", limit: 5, service: "vpc", code: "L-F678F1CE" },
    need: (plan: Plan) => inputsOf(plan, "aws:ec2/vpc:Vpc").length,
    used: "aws ec2 describe-vpcs --query 'length(Vpcs)'",
  },
  {
    ...{ name: "Fargate vCPUs", unit: " vCPU", limit: 6, service: "fargate", code: "L-3032A538" },
    need: vcpus,
    used: "Service Quotas shows it in the console, AWS Fargate",
  },
];

/** What the plan asks for against the quotas of a new account. */
function checkQuotas(plan: Plan): Finding[] {
  return QUOTAS.map(({ name, need, unit, limit, service, code, used }) => {
    const { ok, warn } = about(`${plan.stack}: ${name}`);
    const wanted = need(plan);
    const text = `The plan asks for ${wanted}${unit}; a new account may have ${limit} in a region.`;
    // Half of it: the account may hold others, and a second stack is to fit.
    if (wanted <= limit / 2) return ok(text);
    return warn(
      text,
      `Yours: aws service-quotas get-service-quota --service-code ${service} --quota-code ${code} --query Quota.Value; in use: ${used}`,
    );
  });
}

/** Of all tasks that may run at once: as many as autoscaling allows, old and new side by side during a deployment. */
function vcpus(plan: Plan): number {
  const most = (type: string, input: string): number =>
    Math.max(0, ...inputsOf(plan, type).map((inputs) => Number(inputs[input] ?? 0)));
  const tasks = Math.max(
    most("aws:ecs/service:Service", "desiredCount"),
    most("aws:appautoscaling/target:Target", "maxCapacity"),
  );
  return (most("aws:ecs/taskDefinition:TaskDefinition", "cpu") * tasks * 2) / 1024;
}

const inputsOf = (plan: Plan, type: string) => ofType(plan, type).map(({ inputs }) => inputs);

/** The command line's region is not the stack's: AWS's own tools would look elsewhere. */
function checkRegion({ env }: Dependencies, plan: Plan): Finding {
  const { ok, warn } = about(`${plan.stack}: region`);
  const other = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? region(plan);
  if (other === region(plan)) return ok(`${other}, from Pulumi.${plan.stack}.yaml.`);
  return warn(
    `${region(plan)} in Pulumi.${plan.stack}.yaml, but AWS_REGION is ${other}.`,
    "Pulumi follows the file; the aws CLI follows the variable.",
  );
}

/** Whether the credentials are for an account that the stack allows. */
async function checkAccount({ account }: Dependencies, plan: Plan): Promise<Finding> {
  const { ok, warn, fail } = about(`${plan.stack}: account`);
  let id: string;
  try {
    id = await account(region(plan));
  } catch (error) {
    return fail(messageOf(error), "");
  }
  const allowed = texts(plan.config["allowedAccountIds"]).filter((entry) => /^\d{12}$/.test(entry));
  if (allowed.length === 0)
    return warn(
      `The credentials are for ${id}, and the stack allows any account.`,
      `pulumi config set --path 'allowedAccountIds[0]' ${id} --stack ${plan.stack}`,
    );
  if (allowed.includes(id)) return ok(`The credentials are for ${id}, in ${region(plan)}.`);
  return fail(
    `The credentials are for ${id}, but allowedAccountIds allows ${allowed.join(", ")}.`,
    "Switch the credentials.",
  );
}

async function checkLoadBalancers({ loadBalancers }: Dependencies, plan: Plan): Promise<Finding> {
  const { ok, warn, fail } = about(`${plan.stack}: load balancers`);
  try {
    const { used, limit } = await loadBalancers(region(plan));
    const text = `${used} of ${limit} are in use in ${region(plan)}.`;
    if (used < limit) return ok(text);
    return fail(text, "Ask for more in Service Quotas before you deploy a new stack.");
  } catch (error) {
    return warn(`Their number could not be read: ${messageOf(error)}`, "");
  }
}

const region = (plan: Plan): string => texts(plan.config["aws:region"])[0] ?? "";

const texts = (value: Json | undefined): string[] =>
  [value].flat().filter((entry) => typeof entry === "string");

const capitalised = (sentence: string): string =>
  sentence.charAt(0).toUpperCase() + sentence.slice(1);
