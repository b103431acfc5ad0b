import path from "node:path";

/** Where a file belongs: the program is changed, the app is replaced, the workbench is upgraded, not read. */
export type Room = "program" | "app" | "workbench" | "bootstrap" | "bench" | "tests";

/** Most source lines that a room may have: the field `rooms` of package.json, which its owner may raise. The app's own test counts the app. */
export type Bars = Readonly<Partial<Record<Room, number>>>;

/** Most lines of a file outside of the tests and the app, of any kind. */
export const FILE_BAR = 300;

export function roomOf(file: string): Room {
  if (/(^|\/)test\//.test(file)) return "tests";
  if (/(^|\/)bench\//.test(file)) return "bench";
  if (file.startsWith("app/")) return "app";
  if (file.startsWith("packages/")) return "workbench";
  return file.startsWith("bootstrap/") ? "bootstrap" : "program";
}

/** Lines that are neither blank nor comment alone. */
export function sourceLines(text: string): number {
  let inComment = false;
  let count = 0;
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    const rest: string = inComment
      ? line.replace(/^.*?\*\/|^.*$/, (end) => (end.endsWith("*/") ? "" : "/*"))
      : line;
    const code: string = rest.replace(/^(?:\/\*.*?\*\/\s*)+/, "").trim();
    inComment = code.startsWith("/*");
    if (code !== "" && !inComment && !code.startsWith("//")) count += 1;
  }
  return count;
}

/** Lines as an editor counts them. */
export const allLines = (text: string): number => text.replace(/\n$/, "").split("\n").length;

export interface Size {
  files: number;
  source: number;
  all: number;
}

/** Sizes by room. @param files text by path from the root */
export function sizes(files: ReadonlyMap<string, string>): Map<Room, Size> {
  const found = new Map<Room, Size>();
  for (const [file, text] of files) {
    const { files, source, all } = found.get(roomOf(file)) ?? { files: 0, source: 0, all: 0 };
    const size = {
      files: files + 1,
      source: source + sourceLines(text),
      all: all + allLines(text),
    };
    found.set(roomOf(file), size);
  }
  return found;
}

/** What is above a bar, in sentences. */
export function excesses(files: ReadonlyMap<string, string>, bars: Bars): string[] {
  const rooms = [...sizes(files)].flatMap(([room, { source }]) => {
    const bar = bars[room] ?? Infinity;
    return source > bar
      ? [
          `${room} has ${source} source lines, ${source - bar} more than its ${bar}: take something out, or raise rooms.${room} in package.json.`,
        ]
      : [];
  });
  const long = [...files]
    .map(([file, text]) => [file, allLines(text)] as const)
    .filter(([file, lines]) => !["tests", "app"].includes(roomOf(file)) && lines > FILE_BAR)
    .map(([file, lines]) => `${file} has ${lines} lines, more than ${FILE_BAR}: split it.`);
  return [...rooms, ...long];
}

const PACKAGE = "@koa-fargate/workbench/";
/** Imports that the running program makes, which those of types alone are not. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)[^;]*?\bfrom\s+"([^"]+)";|^import\s+"([^"]+)";/gm;

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(IMPORTS)].flatMap(([, from = "", bare = ""]) => {
    const name = from || bare;
    if (name.startsWith(".")) return [path.posix.join(path.posix.dirname(file), name)];
    if (!name.startsWith(PACKAGE)) return [];
    const inner = name.slice(PACKAGE.length);
    return [`packages/workbench/src/${inner.endsWith(".ts") ? inner : `${inner}/index.ts`}`];
  });
}

/** Circles of imports: each the files on its way, the first one again at its end. */
export function circles(files: ReadonlyMap<string, string>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at !== -1) found.push([...way.slice(at), file]);
    if (at !== -1 || done.has(file)) return;
    for (const next of importsOf(file, files.get(file) ?? "")) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return found;
}
