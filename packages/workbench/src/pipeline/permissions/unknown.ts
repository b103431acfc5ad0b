/** A resource type or function that the table does not know, or a stack whose own it cannot tell. */
export class UnknownPermission extends Error {
  override readonly name = "UnknownPermission";
}

export function known<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new UnknownPermission(otherwise);
  return value;
}
