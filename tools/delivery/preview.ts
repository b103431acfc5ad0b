import { lastLines } from "./command.ts";
import { configArgs, QUIET, type PulumiProject } from "./pulumi.ts";

/** What `pulumi preview` found for one stack; the file that travels to the job that comments. */
export interface StackPreview {
  stack: string;
  /** Exit code of the CLI; 0 for a preview that worked. */
  exitCode: number;
  /** Why it failed; empty otherwise. */
  error: string;
  /** `pulumi preview --json`; null where the CLI printed none. */
  preview: PreviewDocument | null;
}

/** With `--json` the CLI reports errors inside the document. */
interface PreviewDocument {
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
