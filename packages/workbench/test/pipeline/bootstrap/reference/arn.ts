/**
 * Whether some ARN matches both a pattern of a policy (`*` stands for anything, as in IAM) and a resource type's format of
 * the service reference, such as `arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}`.
 */
export function couldBe(pattern: string, format: string): boolean {
  // One character that nobody knows is as good as any.
  const ours = tokens(pattern.replaceAll("?", "x"), /\*/, () => ANYTHING);
  const theirs = tokens(format, /\$\{[^}]+\}|\*/, (name) =>
    PATHS.test(name) ? ANYTHING : SEGMENT,
  );
  const seen = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    const state = i * (theirs.length + 1) + j;
    if (seen.has(state)) return false;
    seen.add(state);
    const a = ours[i];
    const b = theirs[j];
    if (a === undefined && b === undefined) return true;
    if (typeof a === "object" && meet(i + 1, j)) return true;
    if (typeof b === "object" && meet(i, j + 1)) return true;
    if (a === undefined || b === undefined) return false;
    if (typeof a === "object") return typeof b === "string" && a.test(b) && meet(i, j + 1);
    if (typeof b === "object") return b.test(a) && meet(i + 1, j);
    return a === b && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}

const ANYTHING = /./;
/** A name: were it more, `bucket/*` would be a bucket. */
const SEGMENT = /[^:/]/;
/** What AWS allows slashes in. */
const PATHS = /WithPath|ObjectName|LogGroupName|RepositoryName|LogStreamName|AlarmName/;

/** Characters, and what stands for several of them. */
function tokens(
  text: string,
  variable: RegExp,
  of: (variable: string) => RegExp,
): (string | RegExp)[] {
  const found: (string | RegExp)[] = [];
  for (let rest = text; rest !== "";) {
    const match = variable.exec(rest);
    found.push(...Array.from(rest.slice(0, match?.index)));
    if (match === null) return found;
    found.push(of(match[0]));
    rest = rest.slice(match.index + match[0].length);
  }
  return found;
}
