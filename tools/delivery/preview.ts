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
  preview: unknown;
}

/**
 * Previews a stack. A failure is part of the result: the comment has to show it in place of an older success.
 * @param config configuration in place of the stack file's
 */
export async function previewStack(
  project: PulumiProject,
  stack: string,
  config: Readonly<Record<string, string>>,
): Promise<StackPreview> {
  const args = ["preview", "--json", "--stack", stack, ...QUIET, ...configArgs(config)];
  const { code, stdout, stderr } = await project.run("pulumi", args, {
    ...(project.cwd === undefined ? {} : { cwd: project.cwd }),
  });
  const preview = parseJson(stdout);
  return {
    stack,
    exitCode: code,
    error: code === 0 ? "" : lastLines([...diagnostics(preview), stderr].join("\n")),
    preview: withoutNoise(preview),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** With `--json` the CLI reports errors inside the document. */
function diagnostics(preview: unknown): string[] {
  const { diagnostics: list } = (preview ?? {}) as {
    diagnostics?: { severity?: string; message?: string }[];
  };
  return (list ?? []).flatMap(({ severity, message }) =>
    severity === "error" && message !== undefined ? [message.trim()] : [],
  );
}

/** Places in the source that each resource came from: most of the document, and paths of the machine that ran it. */
const NOISE = new Set(["stackTrace", "sourcePosition"]);

function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !NOISE.has(key))
      .map(([key, inner]) => [key, withoutNoise(inner)]),
  );
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
