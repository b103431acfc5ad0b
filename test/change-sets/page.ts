import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../helpers/app.ts";

/** The commands in the page for users of CloudFormation: what stands in code and begins with a program. */
export function commandsOf(program: "npm run" | "pulumi"): string[] {
  const page = readFileSync(path.join(ROOT, "docs/change-sets.md"), "utf8");
  return [...page.matchAll(/`([^`]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => code.startsWith(`${program} `));
}

/** The long options of a command. */
export const optionsOf = (command: string): string[] => command.match(/--[a-z-]+/g) ?? [];
