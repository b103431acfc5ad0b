// The other side of plan-process.ts: evaluates one plan, sends it and ends.
import { planStack } from "../plan/evaluate.ts";
import type { PlanInput, PlanMessage } from "./plan-process.ts";

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Problems that the program words itself come as Error or as a class of its own; the rest are defects.
  const defect = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return defect ? (error.stack ?? error.message) : error.message;
}

process.once("message", (input: PlanInput) => {
  const reply = (message: PlanMessage): void => {
    process.send?.(message, () => process.exit(0));
  };
  planStack(input).then(
    (plan) => {
      reply({ plan });
    },
    (error: unknown) => {
      reply({ error: describe(error) });
    },
  );
});
