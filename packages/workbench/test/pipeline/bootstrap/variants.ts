import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Overrides } from "../../../src/plan/stack-config.ts";
import type { Plan } from "../../../src/plan/types.ts";

/** Everything that watches a stack. */
export const WATCHED: Overrides = {
  ...{ monitoring: "full", auditTrail: "account", monthlyBudgetUsd: "400" },
  ...{ threatDetection: "guardduty", logMasking: "secrets" },
  slackChannel: "T0123ABCD/C0123ABCD",
  ...{ alarmEmails: ["a@example.com"], escalationEmails: ["b@example.com"] },
};

/** What a stack may become by configuration alone. */
const VARIANTS: readonly Overrides[] = [
  {},
  { deploymentStrategy: "blue-green", onDemandBase: "1" },
  { deploymentStrategy: "canary", onDemandBase: "1" },
  { deploymentStrategy: "rolling", serviceDiscovery: "dns" },
  { serviceDiscovery: "connect", taskCpu: "512", taskMemoryMiB: "1024" },
  { encryption: "customer-managed", auditTrail: "account", flowLogs: "all" },
  { natStrategy: "single", taskSubnets: "private", awakeHours: "always" },
  { waf: "standard", wafCountedRules: ["GenericRFI_BODY"] },
  {
    ...{ edge: "cloudfront", waf: "standard", hostedZone: "example.com", certificateArn: "" },
    domainName: "api.example.com",
  },
  WATCHED,
];

const planned = new Map<string, Promise<readonly Plan[]>>();

/** Plans of a stack in all its variants, made once. */
export function variants(stack: string): Promise<readonly Plan[]> {
  const plans = planned.get(stack) ?? planAll(stack);
  planned.set(stack, plans);
  return plans;
}

/** One after another: an evaluation of the program is the only one of its process. */
async function planAll(stack: string): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const overrides of VARIANTS) plans.push(await planFrozen({ stack, overrides }));
  return plans;
}
