/** What this machine lacks, where tests are skipped for it: the reporter says it in its last lines. */
const LACKING = Symbol.for("what the tests lack");
const lacking = ((globalThis as Record<symbol, Set<string> | undefined>)[LACKING] ??= new Set());

/** Notes what is not there. @returns whether it is */
export function isHere(what: string, there: boolean): boolean {
  if (!there) lacking.add(what);
  return there;
}
