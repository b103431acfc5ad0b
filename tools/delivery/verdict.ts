import { CommandError, lastLines, type RunCommand } from "./command.ts";

/** What became of a deployment, as `npm run verify` says. */
export interface Verdict {
  /** Such as `succeeded`, `asleep`, `awaiting-approval`, `rolled-back`. */
  state: string;
  message: string;
}

/** States in which the service is as the stack asked for, as far as it can be now. */
const GOOD = new Set(["succeeded", "asleep", "awaiting-approval"]);

/**
 * Asks for the verdict on the last deployment of a stack.
 * @param root folder of Pulumi.yaml
 * @throws CommandError when the deployment failed, or nothing can be said about it
 */
export async function verdict(run: RunCommand, root: string, stack: string): Promise<Verdict> {
  const args = ["tools/ops/cli.ts", "verify", stack, "--json"];
  const { code, stdout, stderr } = await run("node", args, { cwd: root });
  const found = parse(stdout);
  if (found !== undefined && GOOD.has(found.state)) return found;
  throw new CommandError(
    `${stack}: ${found?.message ?? `the deployment cannot be verified: ${lastLines(stderr)}`}`,
    code === 0 ? 1 : code,
  );
}

function parse(text: string): Verdict | undefined {
  try {
    const { state, message } = JSON.parse(text) as Partial<Record<keyof Verdict, unknown>>;
    return typeof state === "string" && typeof message === "string"
      ? { state, message }
      : undefined;
  } catch {
    return undefined;
  }
}
