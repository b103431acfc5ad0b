// Begins every bundle: what esbuild calls otherwise has the source's name (bundle-code.ts, namesStay), and stack traces name
// files and lines of the source. `__bundle` is the bundle's path, `require` is Node's. The map is read when a trace is first
// asked for: Node's --enable-source-maps would read it when a task starts, and goes through every trace again.
const __named = (value, was, name) => {
  // A static member of that name is the app's own.
  if (Object.getOwnPropertyDescriptor(value, "name")?.value === was)
    Object.defineProperty(value, "name", { value: name, configurable: true });
};
{
  let map;
  const url = () => require("node:url").pathToFileURL(__bundle).href;
  const place = (line, column) => {
    const { readFileSync } = require("node:fs");
    const { SourceMap } = require("node:module");
    map ??= new SourceMap(JSON.parse(readFileSync(`${__bundle}.map`, "utf8")));
    const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
    if (originalSource === undefined) return undefined;
    const source = require("node:path").resolve(__bundle, "..", originalSource);
    return `${source}:${originalLine + 1}:${originalColumn + 1}`;
  };
  const shown = (frame) => {
    const text = String(frame);
    try {
      const [name, line, column] = [
        frame.getFileName(),
        frame.getLineNumber(),
        frame.getColumnNumber(),
      ];
      if (name !== __bundle && name !== url()) return text;
      const found = place(line, column);
      return found === undefined ? text : text.replace(`${name}:${line}:${column}`, () => found);
    } catch {
      return text;
    }
  };
  const title = (error) => {
    try {
      return Error.prototype.toString.call(error);
    } catch {
      return "Error";
    }
  };
  Error.prepareStackTrace = (error, frames) =>
    [title(error), ...frames.map((frame) => `    at ${shown(frame)}`)].join("\n");
}
