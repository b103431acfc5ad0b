import type { Commands } from "./command.ts";
import { DEPLOY_COMMANDS } from "./deploy-commands.ts";
import { REPORT_COMMANDS } from "./report-commands.ts";

export const COMMANDS: Commands = { ...DEPLOY_COMMANDS, ...REPORT_COMMANDS };
