/** Longest text that is shown of one name or value, in characters. */
const LONGEST = 300;

/** Characters that are invisible, or make text read in another order than it is written (bidirectional controls). */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with invisible characters as their codes and half characters as `\ufffd`. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(
      INVISIBLE,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** The text on one line, cut in its middle where it is long: digests and ARNs differ at their ends. */
export function oneLine(text: string, longest = LONGEST): string {
  const line = visible(text.replace(/\s+/g, " "));
  if (line.length <= longest) return line;
  const half = Math.floor((longest - 3) / 2);
  return `${line.slice(0, half)} … ${line.slice(line.length - half)}`.toWellFormed();
}

/** Backticks in the longest row of them. */
export function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/**
 * A code span: nothing in it is Markdown, HTML, a mention or a reference to an issue. `|` is escaped, since a table's
 * cells are cut before spans are read.
 */
export function code(text: string, longest = LONGEST): string {
  const line = oneLine(text, longest).trim();
  if (line === "") return "` `";
  const fence = "`".repeat(1 + longestRun(line));
  const padding = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${padding}${line.replaceAll("|", "\\|")}${padding}${fence}`;
}

/** Plain text that no Markdown, HTML or mention can be made of. */
export function plainText(text: string, longest = LONGEST): string {
  return oneLine(text, longest)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]#!|~$@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A fenced block of whole lines; longer fences than any in the text keep it closed. */
export function fenced(language: string, lines: readonly string[]): string {
  const text = lines.map(visible).join("\n");
  const fence = "`".repeat(Math.max(3, 1 + longestRun(text)));
  return `${fence}${language}\n${text}\n${fence}`;
}

/**
 * A quoted label of a Mermaid diagram. Whatever could end it, or be read as Markdown or HTML, goes by its code
 * (`#35;`), as Mermaid has it.
 */
export function label(text: string, longest = 60): string {
  const escaped = oneLine(text, longest).replace(
    /[^\w .,:/%+()'…→±×·-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
  return `"${escaped}"`;
}
