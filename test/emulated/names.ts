let made = 0;

/** A name as auto-naming makes it: no two are the same. */
export function physical(name: string): string {
  made += 1;
  return `${name}-${process.pid.toString(16)}${made.toString(16)}`.slice(-32).replace(/^-+/, "");
}
