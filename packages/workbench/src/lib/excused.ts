/** For `catch`: a failure that `fits` counts as this answer; any other stays a failure. */
export const excused =
  <T>(fits: (error: unknown) => boolean, answer: T) =>
  (error: unknown): T => {
    if (fits(error)) return answer;
    throw error;
  };

/** Whether an error is called so: the AWS SDK tells its errors by their names. */
export const isNamed =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;
