import { isMap, parsed } from "../lib/json.ts";
import { joinPath } from "../plan/wire.ts";

/** What is expected of a value: a value, or a {@link Matcher} anywhere inside it. */
export type Expected = unknown;

/** One difference between what is expected and what is there. */
export interface Mismatch {
  /** Such as `loadBalancers[0].containerPort`; empty for the value itself. */
  path: string;
  /** In words, such as `3` or `a text that matches /^v/`. */
  expected: string;
  actual: unknown;
}

/** Decides on a value in a way of its own. */
export class Matcher {
  /** What it takes, in words. */
  readonly words: string;
  /** What is wrong with a value; empty where it fits. */
  readonly mismatches: (actual: unknown, path: string) => Mismatch[];

  constructor(words: string, mismatches: (actual: unknown, path: string) => Mismatch[]) {
    this.words = words;
    this.mismatches = mismatches;
  }
}

function when(words: string, fits: (actual: unknown) => boolean): Matcher {
  return new Matcher(words, (actual, path) =>
    fits(actual) ? [] : [{ path, expected: words, actual }],
  );
}

/** Any value that is there. */
export const any = (): Matcher =>
  when("any value", (actual) => actual !== undefined && actual !== null);

/** No value; `undefined` in an expected object says the same. */
export const absent = (): Matcher => when("no value", (actual) => actual === undefined);

/** A text that the expression finds something in. */
export const stringMatching = (pattern: RegExp): Matcher =>
  when(
    `a text that matches ${String(pattern)}`,
    (actual) => typeof actual === "string" && pattern.test(actual),
  );

/** An object with at least these keys; inside it, objects may have more keys as well, lists may not be longer. */
export const objectLike = (expected: Readonly<Record<string, Expected>>): Matcher =>
  new Matcher(show(expected), (actual, path) => differences(expected, actual, path, false));

/** The value and nothing more: no other keys at any depth, but for matchers inside. */
export const exact = (expected: Expected): Matcher =>
  new Matcher(`exactly ${show(expected)}`, (actual, path) =>
    differences(expected, actual, path, true),
  );

/** Text of JSON whose value fits, such as a policy. */
export const serializedJson = (expected: Expected): Matcher =>
  new Matcher(`JSON of ${show(expected)}`, (actual, path) => {
    const value = typeof actual === "string" ? parsed(actual) : undefined;
    return value === undefined
      ? [{ path, expected: "a text of JSON", actual }]
      : differences(expected, value, path, false);
  });

/** A list that holds all of these, each as an item of its own, in any order and with others between. */
export const arrayWith = (expected: readonly Expected[]): Matcher =>
  new Matcher(`a list with ${show(expected)}`, (actual, path) => {
    if (!Array.isArray(actual)) return [{ path, expected: "a list", actual }];
    const items = actual as unknown[];
    const found = expected.map((item) =>
      items.map((value, index) => differences(item, value, joinPath(path, index), false)),
    );
    if (assignable(found, new Set())) return [];
    const missing = found.find((candidates) => candidates.every(({ length }) => length > 0));
    // Each item is there, but not once for each that expects it.
    if (missing === undefined)
      return [
        { path, expected: `${expected.length} items of their own for ${show(expected)}`, actual },
      ];
    return (
      closest(missing) ?? [
        { path, expected: `an item ${show(expected[found.indexOf(missing)])}`, actual },
      ]
    );
  });

/** Whether each expected item, from the first on, can have a value that no other takes. */
function assignable(found: readonly Mismatch[][][], taken: ReadonlySet<number>): boolean {
  const [first, ...others] = found;
  if (first === undefined) return true;
  return first.some(
    ({ length }, index) =>
      length === 0 && !taken.has(index) && assignable(others, new Set([...taken, index])),
  );
}

/** The fewest differences among several attempts; undefined for none. */
export function closest(attempts: readonly Mismatch[][]): Mismatch[] | undefined {
  return attempts.toSorted((a, b) => a.length - b.length)[0];
}

/** How a value differs from what is expected. @param whole whether objects may have no other keys */
export function differences(
  expected: Expected,
  actual: unknown,
  path = "",
  whole = false,
): Mismatch[] {
  if (expected instanceof Matcher) return expected.mismatches(actual, path);
  if (expected === undefined) return absent().mismatches(actual, path);
  const mismatch = [{ path, expected: show(expected), actual }];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return mismatch;
    if (actual.length !== expected.length)
      return [{ path, expected: `${expected.length} items ${show(expected)}`, actual }];
    return expected.flatMap((item: unknown, index) =>
      differences(item, actual[index], joinPath(path, index), whole),
    );
  }
  if (!isMap(expected)) return Object.is(expected, actual) ? [] : mismatch;
  if (!isMap(actual)) return mismatch;
  const keys = new Set([...Object.keys(expected), ...(whole ? Object.keys(actual) : [])]);
  return [...keys].flatMap((key) =>
    differences(expected[key], actual[key], joinPath(path, key), whole),
  );
}

/** Longest value that a sentence shows whole. */
const LONGEST = 120;

/** A value in a sentence, matchers in words. */
export function show(value: unknown): string {
  const text = shown(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function shown(value: unknown): string {
  if (value instanceof Matcher) return value.words;
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (isMap(value))
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${shown(inner)}`)
      .join(", ")} }`;
  return value === undefined ? "nothing" : JSON.stringify(value);
}
