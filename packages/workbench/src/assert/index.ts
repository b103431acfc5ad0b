/** Assertions on what a stack would create; docs/assertions.md has examples. */
export * as match from "./matchers.ts";
export { PlannedStack, planStack, type PlanOptions } from "./stack.ts";
