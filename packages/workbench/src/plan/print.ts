// Prints the plan that is asked for in JSON as its last line: for own-process.ts, and for another folder's program.
import { planAny } from "./general/any.ts";
import type { PrintRequest, PrintedPlan } from "./own-process.ts";
import { unpinned } from "./pinned-images.ts";

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Problems that the program words itself come as Error or as a class of its own; the rest are defects.
  const defect = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  return defect ? (error.stack ?? error.message) : error.message;
}

try {
  const request = JSON.parse(process.argv[2] ?? "") as PrintRequest;
  const { fromSource = false, ...asked } = { root: process.cwd(), ...request };
  let plan: PrintedPlan = await planAny(asked);
  const { overrides, pinnedImage } = (fromSource ? unpinned(plan) : undefined) ?? {};
  if (overrides !== undefined) {
    const built = { ...asked, overrides: { ...asked.overrides, ...overrides } };
    plan = { ...(await planAny(built)), pinnedImage };
  }
  process.stdout.write(`\n${JSON.stringify(plan)}\n`, () => process.exit());
} catch (error) {
  process.stderr.write(`${describe(error)}\n`, () => process.exit(1));
}
