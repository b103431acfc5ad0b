let made = 0;

/** The name that a resource is given, else one as auto-naming makes it: no two are the same. */
export function physical(name: string, given: unknown): string {
  if (typeof given === "string") return given;
  made += 1;
  return `${name}-${process.pid.toString(16)}${made.toString(16)}`.slice(-32).replace(/^-+/, "");
}
