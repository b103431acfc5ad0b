import { CommandError, lastLines } from "../../lib/command.ts";
import { cutLines, type Concern } from "./issues.ts";
import { EXIT, QUIET, type PulumiProject } from "./pulumi.ts";

/** Whether what runs is what the state says. */
export interface DriftReport {
  stack: string;
  drift: boolean;
  /** What changed behind Pulumi's back, a line each: `update aws:ecs/service:Service api`. */
  changes: string[];
}

/**
 * Compares the state with the cloud, and changes neither: without `--preview-only` the CLI would write the drift into the
 * state before it reports it.
 * @throws CommandError when the comparison itself fails, which says nothing about drift
 */
export async function findDrift({ run, cwd }: PulumiProject, stack: string): Promise<DriftReport> {
  const args = ["refresh", "--preview-only", "--expect-no-changes", "--json", "--stack", stack];
  const { code, stdout, stderr } = await run("pulumi", [...args, ...QUIET], { cwd });
  if (code === 0) return { stack, drift: false, changes: [] };
  if (code === EXIT.changesUnexpected) return { stack, drift: true, changes: changes(stdout) };
  throw new CommandError(
    `${stack}: pulumi refresh ended with exit code ${code}, so nothing is known about drift: ${lastLines(`${stdout}\n${stderr}`)}`,
    code,
  );
}

function changes(stdout: string): string[] {
  const { steps = [] } = JSON.parse(stdout) as { steps?: { op?: string; urn?: string }[] };
  return steps
    .filter(({ op }) => op !== undefined && op !== "same" && op !== "refresh")
    .map(({ op = "", urn = "" }) => {
      const [, , types = "", ...name] = urn.split("::");
      return `${op} ${types.split("$").at(-1) ?? ""} ${name.join("::")}`;
    })
    .sort();
}

/** The issue of a stack that drifts. */
export function driftOf(report: DriftReport, runUrl: string): Concern {
  const { stack, drift } = report;
  return {
    name: `drift ${stack}`,
    title: `Drift in ${stack}`,
    text: drift ? text(report, runUrl) : undefined,
    over: `${stack} is what its state says again: ${runUrl}`,
  };
}

function text({ stack, changes }: DriftReport, runUrl: string): string {
  const shown = changes.length === 0 ? ["(the CLI named no resource)"] : changes;
  return [
    `Something changed resources of **${stack}** behind Pulumi's back. Found by ${runUrl}`,
    "",
    ...cutLines(shown),
    "",
    `- To undo the change: \`pulumi up --refresh --stack ${stack}\`.`,
    `- To keep it: write it into the program or the stack's config, then \`pulumi up --refresh --stack ${stack}\`.`,
    "",
    "This issue closes itself when the next check finds no difference.",
  ].join("\n");
}
