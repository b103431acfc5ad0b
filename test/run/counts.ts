/** What a test run counted. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

/** The line that scripts read. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

const CLOSING_LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

/** How runners close their report, by what they count: mocha, and Node's own by `spec` and `tap`. */
const WORDS: Readonly<Record<keyof Counts, RegExp>> = {
  passed: /^\s*(?:(\d+) passing\b.*|[ℹ#] pass (\d+))$/gm,
  failed: /^\s*(?:(\d+) failing|[ℹ#] fail (\d+))$/gm,
  skipped: /^\s*(?:(\d+) pending|[ℹ#] (?:skipped|todo) (\d+))$/gm,
};

/**
 * Reads what a test run counted out of what it printed. A runner of another kind counts as one test, which passed if it
 * ended with 0.
 */
export function countsOf(output: string, code: number): Counts {
  // The last one: a test may have printed another run's.
  const [closing, ...numbers] = [...output.matchAll(CLOSING_LINE)].at(-1) ?? [];
  const [passed = 0, failed = 0, skipped = 0] = numbers.map(Number);
  const counts =
    closing === undefined
      ? {
          passed: sum(output, "passed"),
          failed: sum(output, "failed"),
          skipped: sum(output, "skipped"),
        }
      : { passed, failed, skipped };
  const counted = Object.values(counts).some((number) => number > 0);
  return counted || code !== 0 ? checked(counts, code) : { passed: 1, failed: 0, skipped: 0 };
}

/** A run that broke off before, between or after its tests is a failure, too. */
export const checked = (counts: Counts, code: number): Counts =>
  code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

function sum(output: string, what: keyof Counts): number {
  return [...output.matchAll(WORDS[what])].reduce((all, [, a, b]) => all + Number(a ?? b ?? 0), 0);
}

/** The sum. */
export const together = (all: readonly Counts[]): Counts =>
  all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    NOTHING,
  );
