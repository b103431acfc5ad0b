import { OpsError } from "./errors.ts";
import type { PastDeployment, PastRevision } from "./history.ts";

/** What is known when somebody wants to go back. Revisions are numbers of task definitions. */
export interface Situation {
  stack: string;
  /** What the stack's state asks for. */
  asked: { revision: string; image: string | undefined };
  /** What the service is on. */
  running: { revision: string; image: string | undefined };
  /** Newest first. */
  history: readonly PastDeployment[];
  /** What stands in for a history that ECS does not have. */
  revisionBefore: () => Promise<PastRevision | undefined>;
}

export interface RollbackTarget {
  image: string;
  /** Half a sentence: which one it is. */
  which: string;
}

/**
 * What to go back to where nobody said: what ECS went back to by itself, or else the last image that was deployed with
 * success before the present one. ECS remembers deployments for 90 days; before that it is the last revision with another image.
 * @throws OpsError when there is nothing, or when another image would not help
 */
export async function rollbackTarget({
  stack,
  asked,
  running,
  history,
  revisionBefore,
}: Situation): Promise<RollbackTarget> {
  const present = running.image;
  if (asked.revision !== running.revision && present !== undefined) {
    if (present === asked.image)
      throw new OpsError(
        `Revision ${asked.revision} has the same image as revision ${running.revision}, which runs: they differ in settings, not in the app. Take the change of the settings back and run pulumi up --stack ${stack}.`,
      );
    return {
      image: present,
      which: `revision ${running.revision}, which ECS rolled back to`,
    };
  }
  const before = history.find(
    ({ status, image }) => status === "SUCCESSFUL" && image !== undefined && image !== present,
  );
  if (before?.image !== undefined)
    return { image: before.image, which: `revision ${before.revision}, deployed before` };
  const revision = await revisionBefore();
  if (revision === undefined)
    throw new OpsError(
      `No deployment of the last 90 days and no earlier revision had another image than the one that runs. Name one: npm run rollback -- ${stack} --to REVISION`,
    );
  return {
    image: revision.image,
    which: `revision ${revision.revision} (ECS has no record of how its deployment went)`,
  };
}
