import type { Verb } from "./verb.ts";
import { approveVerb, rejectVerb } from "./verbs/approve.ts";
import { logsVerb } from "./verbs/logs.ts";
import { promoteVerb } from "./verbs/promote.ts";
import { rollbackVerb } from "./verbs/rollback.ts";
import { runTaskVerb } from "./verbs/run-task.ts";
import { scaleVerb } from "./verbs/scale.ts";
import { statusVerb } from "./verbs/status.ts";
import { verifyVerb } from "./verbs/verify.ts";

/** In the order of the overview. */
export const VERBS: readonly Verb[] = [
  verifyVerb,
  statusVerb,
  logsVerb,
  runTaskVerb,
  rollbackVerb,
  promoteVerb,
  approveVerb,
  rejectVerb,
  scaleVerb,
];
