import { CommandError, lastLines, succeed, type RunCommand } from "./command.ts";

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

interface ExportedState {
  deployment?: { resources?: { type: string; outputs?: { repositoryUrl?: string } }[] };
}

/**
 * Address of the stack's ECR repository, from the state itself: outputs are missing after a deployment that stopped
 * half-way.
 * @returns undefined where the stack has none yet
 */
export async function repositoryUrl(
  { run, cwd }: PulumiProject,
  stack: string,
): Promise<string | undefined> {
  const text = await succeed(run, "pulumi", ["stack", "export", "--stack", stack, ...QUIET], {
    cwd,
  });
  const { deployment } = JSON.parse(text) as ExportedState;
  return deployment?.resources?.find(({ type }) => type === "aws:ecr/repository:Repository")
    ?.outputs?.repositoryUrl;
}

export interface UpOptions {
  /** Configuration in place of the stack file's. */
  config?: Readonly<Record<string, string>>;
  /** URNs of the only resources to touch. @default all */
  targets?: readonly string[];
  /** Interrupts a deployment that takes longer: Pulumi then gives its lock back. @default waits */
  minutes?: number | undefined;
}

/**
 * `pulumi up` without a question, and with its preview: a change that would delete or replace a protected resource is
 * then refused before anything changes, and not in the middle. Outputs are suppressed: they would end up in a log that everyone may read.
 * @returns the CLI's exit code
 */
export async function up(
  { run, cwd }: PulumiProject,
  stack: string,
  { config = {}, targets = [], minutes }: UpOptions = {},
): Promise<number> {
  const args = [
    ...["up", "--stack", stack, "--yes", "--suppress-outputs", ...QUIET],
    ...configArgs(config),
    ...targets.flatMap((urn) => ["--target", urn]),
  ];
  const interruptAfterMs = minutes === undefined ? undefined : minutes * 60_000;
  return (await run("pulumi", args, { cwd, show: true, interruptAfterMs })).code;
}

/** `--config` also writes the value into Pulumi.<stack>.yaml, which a runner throws away with its checkout. */
export function configArgs(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
}
