import { ToolError } from "../lib/command-line.ts";

/** What stands in the way of a plan, in sentences that need no stack trace: wrong files, values or stand-ins. */
export class PlanError extends ToolError {
  override readonly name = "PlanError";
}

/** One message for all problems of a stack, a line each. */
export function planError(stack: string, problems: readonly string[]): PlanError {
  const unique = [...new Set(problems)].sort();
  const [only] = unique;
  if (unique.length === 1 && only !== undefined) return new PlanError(`${stack}: ${only}`);
  return new PlanError(
    `${stack}: ${unique.length} problems\n${unique.map((problem) => `  ${problem}`).join("\n")}`,
  );
}
