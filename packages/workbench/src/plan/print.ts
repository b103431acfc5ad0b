// Prints the plan that is asked for in JSON as its last line: for own-process.ts, and for another folder's program.
import { planAny } from "./general/any.ts";
import type { ProgramRequest } from "./general/channel.ts";

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Problems that the program words itself come as Error or as a class of its own; the rest are defects.
  const defect = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return defect ? (error.stack ?? error.message) : error.message;
}

try {
  const request = JSON.parse(process.argv[2] ?? "") as Partial<ProgramRequest>;
  const plan = await planAny({ root: process.cwd(), stack: "", ...request });
  process.stdout.write(`\n${JSON.stringify(plan)}\n`, () => process.exit());
} catch (error) {
  process.stderr.write(`${describe(error)}\n`, () => process.exit(1));
}
