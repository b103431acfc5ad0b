import { resourcesIn, type StateResource } from "../../live/exported.ts";
import { text } from "../../plan/plan-reader.ts";
import {
  CommandError,
  lastLines,
  succeed,
  type CommandResult,
  type RunCommand,
} from "../../lib/command.ts";

/** Exit codes of the Pulumi CLI. Source: pulumi/pulumi, sdk/go/common/util/cmdutil/exit.go. */
export const EXIT = { stackNotFound: 6, changesUnexpected: 7 } as const;

export const QUIET = ["--non-interactive", "--color=never"] as const;

/** What `pulumi stack output` shows of a stack, by name; secrets stay hidden. */
export type Outputs = Readonly<Record<string, string>>;

export interface PulumiProject {
  run: RunCommand;
  /** Folder of Pulumi.yaml. @default the current folder */
  cwd?: string;
}

/**
 * Outputs of the last deployment.
 * @returns undefined where the stack does not exist yet
 * @throws CommandError when the backend cannot be read
 */
export async function stackOutputs(
  { run, cwd }: PulumiProject,
  stack: string,
): Promise<Outputs | undefined> {
  const args = ["stack", "output", "--json", "--stack", stack, ...QUIET];
  const { code, stdout, stderr } = await run("pulumi", args, { cwd });
  if (code === 0) return JSON.parse(stdout) as Outputs;
  if (code === EXIT.stackNotFound) return undefined;
  throw new CommandError(
    `The outputs of stack ${stack} cannot be read: ${lastLines(stderr)}`,
    code,
  );
}

/** What the state of a stack has. */
export const stateResources = async (
  { run, cwd }: PulumiProject,
  stack: string,
): Promise<StateResource[]> =>
  resourcesIn(
    await succeed(run, "pulumi", ["stack", "export", "--stack", stack, ...QUIET], { cwd }),
  );

/**
 * Address of the stack's ECR repository, from the state itself: outputs are missing after a deployment that stopped
 * half-way.
 * @returns undefined where the stack has none yet
 */
export async function repositoryUrl(
  project: PulumiProject,
  stack: string,
): Promise<string | undefined> {
  const resources = await stateResources(project, stack);
  const repository = resources.find(({ type }) => type === "aws:ecr/repository:Repository");
  return text(repository?.outputs?.["repositoryUrl"]);
}

export interface UpOptions {
  /** Configuration in place of the stack file's. */
  config?: Readonly<Record<string, string>>;
  /** URNs of the only resources to touch. @default all */
  targets?: readonly string[];
  /** Interrupts a deployment that takes longer: Pulumi then gives its lock back. @default waits */
  minutes?: number | undefined;
  /** What the record of the stack says of it. @default the title of the commit */
  message?: string | undefined;
}

/**
 * `pulumi up` without a question, and with its preview: a change that would delete or replace a protected resource is
 * then refused before anything changes, and not in the middle. Outputs are suppressed: they would end up in a log that everyone may read.
 * @returns the CLI's exit code and output
 */
export async function up(
  { run, cwd }: PulumiProject,
  stack: string,
  { config = {}, targets = [], minutes, message }: UpOptions = {},
): Promise<CommandResult> {
  const args = [
    ...["up", "--stack", stack, "--yes", "--suppress-outputs", ...QUIET],
    ...configArgs(config),
    ...targets.flatMap((urn) => ["--target", urn]),
    ...(message === undefined ? [] : ["--message", message]),
  ];
  const interruptAfterMs = minutes === undefined ? undefined : minutes * 60_000;
  return run("pulumi", args, { cwd, show: true, interruptAfterMs });
}

/** `--config` also writes the value into Pulumi.<stack>.yaml, which a runner throws away with its checkout. */
export function configArgs(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
}

/** What `pulumi preview` found for one stack; the file that travels to the job that comments. */
export interface StackPreview {
  stack: string;
  /** Exit code of the CLI; 0 for a preview that worked. */
  exitCode: number;
  /** Why it failed; empty otherwise. */
  error: string;
  /** `pulumi preview --json`; null where the CLI printed none. */
  preview: PreviewDocument | null;
  /** Full hash of the commit that the stack was last deployed from, where its history tells. */
  deployed?: string;
}

/** With `--json` the CLI reports errors inside the document. */
interface PreviewDocument {
  /** Resources by what happens to them, such as `same` and `update`. */
  changeSummary?: Readonly<Record<string, number>>;
  diagnostics?: { severity?: string; message?: string }[];
}

/** Places in the source that each resource came from: most of the document, and paths of the machine that ran it. */
const NOISE = ["stackTrace", "sourcePosition"];

/**
 * Previews a stack. A failure is part of the result: the comment has to show it in place of an older success.
 * @param config configuration in place of the stack file's
 */
export async function previewStack(
  { run, cwd }: PulumiProject,
  stack: string,
  config: Readonly<Record<string, string>>,
): Promise<StackPreview> {
  const args = ["preview", "--json", "--stack", stack, ...QUIET, ...configArgs(config)];
  const { code, stdout, stderr } = await run("pulumi", args, { cwd });
  const preview = parse(stdout);
  const errors = (preview?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message = "" }) => message.trim());
  const error = code === 0 ? "" : lastLines([...errors, stderr].join("\n"));
  return { stack, exitCode: code, error, preview };
}

/** Whether a deployment would do anything; a preview that does not say counts as one that would. */
export function changesAnything({ preview }: StackPreview): boolean {
  const summary = preview?.changeSummary;
  return (
    summary === undefined ||
    Object.entries(summary).some(([op, resources]) => op !== "same" && resources > 0)
  );
}

function parse(text: string): PreviewDocument | null {
  try {
    const quiet = (key: string, value: unknown) => (NOISE.includes(key) ? undefined : value);
    return JSON.parse(text, quiet) as PreviewDocument;
  } catch {
    return null;
  }
}

/**
 * The image that a stack would get if the change was merged: the one that its repository holds under this content
 * already, else the one that was built to check the change.
 * @returns no configuration for a stack that has no repository yet: its preview builds the image itself
 */
export function previewImage(
  repositoryUrl: string | undefined,
  present: string | undefined,
  built: string,
): string | undefined {
  return repositoryUrl === undefined ? undefined : `${repositoryUrl}@${present ?? built}`;
}
