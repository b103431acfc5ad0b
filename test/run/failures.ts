/** A test that failed, as its runner tells it. */
export interface Failure {
  /** The test's file, as far as it is known. */
  file?: string;
  /** With the suites that it lies in. */
  title: string;
  /** What went wrong: message, difference, stack. */
  text: string;
}

/** The line that begins the list of what failed: `.ci/run` repeats all that stands below it. */
export const HEADING = "What failed:";

/** Longer errors are cut: they stand whole further up. */
const ERROR_LINES = 14;

/** Lines of a stack that say nothing about the test. */
const OF_OTHERS = /^\s*at .*(?:node:internal|node_modules\/mocha)\b/;

const indented = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

function shortened(text: string): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .filter((line) => !OF_OTHERS.test(line));
  const more = lines.length - ERROR_LINES;
  return more <= 1
    ? lines.join("\n")
    : [...lines.slice(0, ERROR_LINES), `... ${more} more lines above`].join("\n");
}

/** One failure, to be read at the end of a log. */
export const told = ({ file, title, text }: Failure): string =>
  [...(file === undefined ? [] : [file]), indented(title, "  "), indented(shortened(text), "    ")]
    .filter((part) => part !== "")
    .join("\n");

const ENTRY = /^ {2}\d+\) /m;

/** Reads the list with which mocha closes its report, as an app's own tests may print it; empty where there is none. */
export function failuresOf(output: string): Failure[] {
  const list = /^ +\d+ failing$([^]*)/m.exec(output)?.[1] ?? "";
  return list
    .split(ENTRY)
    .slice(1)
    .map((entry) => {
      // The title ends at the first colon that ends a line; below it, less deep, stands what went wrong.
      const [, title = "", text = ""] = /^([^]*?):\n([^]*)$/.exec(entry) ?? [entry, entry];
      const words = title.split("\n").map((line) => line.trim());
      return { title: words.join(" > "), text: text.replaceAll(/^ {5}/gm, "").trim() };
    });
}

/** What a process wrote that names no failure: from its first error on, or else its last lines. */
export function complaint(output: string): string {
  if (output.trim() === "") return "It ended before its tests did, and wrote nothing.";
  const lines = output.trim().split("\n");
  const error = lines.findIndex((line) => /^\s*(?:\w*Error\b|Exception\b)/.test(line));
  return (error === -1 ? lines.slice(-ERROR_LINES) : lines.slice(error)).join("\n");
}
