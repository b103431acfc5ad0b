/** One entry of `pulumi stack history --json`, as far as it is read. Source: pulumi/pulumi, updateInfoJSON. */
export interface Update {
  kind: string;
  /** `succeeded`, `failed` or `in-progress`. */
  result: string;
  /** Of `pulumi up --message`; by default the title of the commit. */
  message?: string;
  /** Such as `2026-11-22T12:03:44.000Z`; absent while it goes on. */
  endTime?: string;
  /** What the CLI noted of its surroundings; `git.head` where the project is a repository. */
  environment?: Readonly<Record<string, string>>;
  /** Configuration that it ran with, by full key; a secret has no value here. */
  config?: Readonly<Record<string, { value?: string }>>;
  /** Resources by what happened to them, such as `same` and `update`. */
  resourceChanges?: Readonly<Record<string, number>>;
}

export const commitOf = ({ environment }: Update): string | undefined => environment?.["git.head"];

/** Updates since the stack was last destroyed, newest first, as the CLI prints them. */
export function sinceDestroyed(history: readonly Update[]): Update[] {
  const gone = history.findIndex(
    ({ kind, result }) => kind === "destroy" && result === "succeeded",
  );
  return history.slice(0, gone === -1 ? undefined : gone).filter(({ kind }) => kind === "update");
}

/**
 * What became of each update: the pipeline takes one back whose smoke test fails, which shows as the same commit with the
 * image before.
 * @param updates that succeeded, newest first
 * @param imageOf its image; undefined where the configuration names none
 */
export function fates(
  updates: readonly Update[],
  imageOf: (update: Update) => string | undefined,
): ("kept" | "taken back" | "way back")[] {
  const images = updates.map(imageOf);
  // The image before is not the one right before: failed ones lie between.
  const isWayBack = (index: number): boolean => {
    const [own, failed, before] = [images[index], images[index + 1], images[index + 2]];
    const [update, other] = [updates[index], updates[index + 1]];
    return (
      own !== undefined &&
      update !== undefined &&
      other !== undefined &&
      commitOf(update) !== undefined &&
      commitOf(update) === commitOf(other) &&
      own !== failed &&
      own === before
    );
  };
  return updates.map((_, index) =>
    isWayBack(index) ? "way back" : index > 0 && isWayBack(index - 1) ? "taken back" : "kept",
  );
}
