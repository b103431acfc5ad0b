import type { Command } from "./command.ts";
import { approveCommand, rejectCommand } from "./commands/approve.ts";
import { logsCommand } from "./commands/logs.ts";
import { promoteCommand } from "./commands/promote.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { runTaskCommand } from "./commands/run-task.ts";
import { scaleCommand } from "./commands/scale.ts";
import { statusCommand } from "./commands/status.ts";
import { verifyCommand } from "./commands/verify.ts";

/** In the order of the overview. */
export const COMMANDS: readonly Command[] = [
  verifyCommand,
  statusCommand,
  logsCommand,
  runTaskCommand,
  rollbackCommand,
  promoteCommand,
  approveCommand,
  rejectCommand,
  scaleCommand,
  restoreCommand,
];
