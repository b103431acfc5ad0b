import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** A source map as esbuild writes it, decoded. */
export interface SourceMap {
  sources: string[];
  names: string[];
  /** By line of the bundle. */
  segments: SourceMapSegment[][];
}

export function decoded(map: string): SourceMap {
  const { mappings, ...rest } = JSON.parse(map) as Omit<SourceMap, "segments"> & {
    mappings: string;
  };
  return { ...rest, segments: decode(mappings) };
}

/** A place in a bundle. Zero-based. */
interface Place {
  line: number;
  column: number;
}

/** A piece of one line of a bundle that another one stands for. Zero-based; both columns are those before. */
export interface Edit {
  line: number;
  start: number;
  end: number;
  /** Length of what stands there now. */
  length: number;
}

/** What to replace, and by what; `undefined` leaves a match as it is. */
export type Replacement = readonly [
  RegExp,
  (match: RegExpMatchArray, place: Place) => string | undefined,
];

/** Replaces every match of these patterns, which do not overlap. */
export function edited(
  text: string,
  replacements: readonly Replacement[],
): { text: string; edits: Edit[] } {
  const matches = replacements
    .flatMap(([pattern, by]) => Array.from(text.matchAll(pattern), (match) => ({ match, by })))
    .sort((a, b) => a.match.index - b.match.index);
  const edits: Edit[] = [];
  let result = "";
  let done = 0;
  let line = 0;
  let lineStart = 0;
  for (const { match, by } of matches) {
    for (;;) {
      const next = text.indexOf("\n", lineStart) + 1;
      if (next === 0 || next > match.index) break;
      line += 1;
      lineStart = next;
    }
    const start = match.index - lineStart;
    const replacement = by(match, { line, column: start });
    if (replacement === undefined) continue;
    edits.push({ line, start, end: start + match[0].length, length: replacement.length });
    result += text.slice(done, match.index) + replacement;
    done = match.index + match[0].length;
  }
  return { text: result + text.slice(done), edits };
}

/** What the source calls what a bundle calls otherwise, by its place in the bundle. */
export function sourceNames({
  names,
  segments: lines,
}: SourceMap): (place: Place) => string | undefined {
  const found = new Map<string, string>();
  for (const [line, segments] of lines.entries())
    for (const [column, , , , name] of segments)
      if (name !== undefined) found.set(`${line}:${column}`, names[name] ?? "");
  return ({ line, column }) => found.get(`${line}:${column}`);
}

/** An error that nobody caught is printed with the line that threw it: no more of a bundle than a line of a terminal or two. */
const LINE = 160;

/** Where a line may end: whatever follows, no statement ends or begins by it. */
const BREAKS = /[;{,(]/;

/**
 * A bundle in lines, and its map for the image: of the app's own files, named as they lie in the app, whatever lies where on
 * this machine. Packages are left out: they are most of a bundle, and reading their lines would hold a task up when it fails.
 * @param bundle - after the edits, which are in order
 * @param map - as esbuild wrote it, before them
 * @param folder - of the app, absolute; esbuild's names are relative to it
 */
export function laidOut(
  bundle: { text: string; edits: readonly Edit[] },
  { sources, segments }: SourceMap,
  folder: string,
): { code: string; map: string } {
  const modules = linkedModules(folder);
  const names = sources.map((source) => ownName(folder, source, modules));
  const made = mapped(bundle, segments, names);
  return {
    code: made.lines.join("\n"),
    map: JSON.stringify({
      version: 3,
      // The bundle lies in a folder of the app's.
      sources: made.sources.map((source) => `../${source}`),
      names: [],
      mappings: made.mappings,
    }),
  };
}

/** `src/server.ts`; undefined for what is a package's, or no file. */
function ownName(folder: string, source: string, modules: readonly string[]): string | undefined {
  const file = path.resolve(folder, source);
  if (!existsSync(file)) return undefined;
  // Of a thousand files: the other one reads each folder above each of them.
  const real = realpathSync.native(file);
  if (modules.some((one) => real.startsWith(`${one}${path.sep}`))) return undefined;
  const name = path.relative(realpathSync.native(folder), real).split(path.sep).join("/");
  return /(?:^|\/)node_modules\//.test(name) ? undefined : name;
}

/** Where the folders of packages that an app finds really lie. */
function linkedModules(folder: string): string[] {
  const modules = path.join(folder, "node_modules");
  const parent = path.dirname(folder);
  return [
    ...(existsSync(modules) ? [realpathSync.native(modules)] : []),
    ...(parent === folder ? [] : linkedModules(parent)),
  ];
}

/**
 * The lines of a bundle, and the mappings of the sources that have a name. A column alone ends what is mapped. Source: ECMA-426,
 * Source map format, Mappings structure.
 */
function mapped(
  { text, edits }: { text: string; edits: readonly Edit[] },
  segmentsByLine: SourceMap["segments"],
  names: readonly (string | undefined)[],
): { lines: string[]; mappings: string; sources: string[] } {
  const editsByLine = Map.groupBy(edits, ({ line }) => line);
  const lines: string[] = [];
  const written: SourceMapSegment[][] = [];
  const sources = new Map<string, number>();
  for (const [number, line] of text.split("\n").entries()) {
    const moved = mover(editsByLine.get(number) ?? []);
    let segments: SourceMapSegment[] = [];
    let start = 0;
    for (const segment of segmentsByLine[number] ?? []) {
      if (segment.length === 1) continue;
      const [column, source, sourceLine, sourceColumn] = segment;
      const now = moved(column);
      if (now - start > LINE && BREAKS.test(line[now - 1] ?? "")) {
        lines.push(line.slice(start, now));
        written.push(segments);
        segments = [];
        start = now;
      }
      const name = names[source];
      if (name !== undefined) {
        const index = sources.get(name) ?? sources.size;
        sources.set(name, index);
        segments.push([now - start, index, sourceLine, sourceColumn]);
      } else if ((segments.at(-1)?.length ?? 1) > 1) segments.push([now - start]);
    }
    lines.push(line.slice(start));
    written.push(segments);
  }
  return { lines, mappings: encode(written), sources: [...sources.keys()] };
}

/** Where a column of a line is after its edits. Asked from left to right. */
function mover(edits: readonly Edit[]): (column: number) => number {
  const left = [...edits];
  let by = 0;
  return (column) => {
    while (left[0] !== undefined && left[0].end <= column) {
      by += left[0].length - (left[0].end - left[0].start);
      left.shift();
    }
    // What stood within a piece stands where it begins.
    return by + Math.min(column, left[0]?.start ?? Infinity);
  };
}
