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

/**
 * The image that an update ran; undefined where its configuration names none.
 * @param key of the image in the stack's configuration
 */
export const imageOf = ({ config }: Update, key: string): string | undefined =>
  config?.[key]?.value;

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
 * @param key of the image in the stack's configuration
 */
export function fates(
  updates: readonly Update[],
  key: string,
): ("kept" | "taken back" | "way back")[] {
  const images = updates.map((update) => imageOf(update, key));
  // The image before is not the one right before: failed ones lie between.
  const isWayBack = (index: number): boolean => {
    const [own, failed, before] = images.slice(index, index + 3);
    const [commit, other] = updates.slice(index, index + 2).map(commitOf);
    return (
      own !== undefined &&
      own !== failed &&
      own === before &&
      commit !== undefined &&
      commit === other
    );
  };
  return updates.map((_, index) =>
    isWayBack(index) ? "way back" : index > 0 && isWayBack(index - 1) ? "taken back" : "kept",
  );
}
